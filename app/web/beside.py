"""What stands beside one ticket: those it was made one with or has to do with, and who had it in hand."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.desk import handing, merging
from app.desk.hours import Hours
from app.desk.numbers import number
from app.models.ticket import Ticket
from app.web.held import Held, held
from app.web.say import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Kin:
    """Another consulta that this one has to do with."""

    number: str
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """Other tickets, in words: `into` is the one that this was merged into, `merges` those merged into this."""

    into: str | None
    merges: tuple[tuple[int, str], ...]
    kin: tuple[Kin, ...]
    related: str
    held: tuple[Held, ...]
    ours: str
    hall_mail: str


def look(session: Session, ticket: Ticket, hours: Hours, *, now: datetime) -> Beside:
    """Read what stands beside a ticket."""
    times, ours = held(session, ticket, hours, now=now)
    return Beside(
        into=number(ticket.merged_into_id) if ticket.merged_into_id else None,
        merges=tuple((one.id, number(one.gone_id)) for one in merging.merges(session, ticket)),
        kin=tuple(
            Kin(number=number(one.id), subject=one.subject or _("Sin asunto"))
            for one in merging.kin(session, ticket)
            if one.id != ticket.merged_into_id
        ),
        related=number(ticket.related_to_id) if ticket.related_to_id else "",
        held=tuple(times),
        ours=ours,
        hall_mail=(handing.mail_of(session, ticket.town_hall) or "") if ticket.town_hall else "",
    )
