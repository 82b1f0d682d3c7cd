"""What stands beside one ticket: those it was made one with, those that it has to do with."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.desk import merging
from app.desk.numbers import number
from app.models.ticket import Ticket
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


def look(session: Session, ticket: Ticket) -> Beside:
    """Read what stands beside a ticket."""
    return Beside(
        into=number(ticket.merged_into_id) if ticket.merged_into_id else None,
        merges=tuple((one.id, number(one.gone_id)) for one in merging.merges(session, ticket)),
        kin=tuple(
            Kin(number=number(one.id), subject=one.subject or _("Sin asunto"))
            for one in merging.kin(session, ticket)
            if one.id != ticket.merged_into_id
        ),
        related=number(ticket.related_to_id) if ticket.related_to_id else "",
    )
