"""What stands beside one ticket: others that it was made one with or has to do with, its incident, who had it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.desk import dossier, handing, incidents, merging
from app.desk.hours import Hours
from app.desk.numbers import number
from app.models.ticket import Ticket
from app.models.work import Incident
from app.web.held import Held, held
from app.web.say import _
from app.web.sheet import Rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Kin:
    """Another consulta that this one has to do with."""

    number: str
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """Other tickets, in words: `into` is the one that this was merged into, `merges` those merged into this.

    `twins` may be the same question; `joined` says whether it is of the `incident` or only looks like it.
    """

    into: str | None
    merges: tuple[tuple[int, str], ...]
    kin: tuple[Kin, ...]
    twins: tuple[Kin, ...]
    incident: Incident | None
    joined: bool
    related: str
    held: tuple[Held, ...]
    ours: str
    hall_mail: str


def look(session: Session, ticket: Ticket, rows: Rows, hours: Hours, *, now: datetime) -> Beside:
    """Read what stands beside a ticket; its history, read already, tells what there is to look for."""
    told = {event.what for event in rows.events}
    cut = len(rows.events) >= dossier.MOST_EVENTS
    sought = cut or ticket.category in incidents.ABOUT or "incident_proposed" in told or "incident_joined" in told
    incident, joined = incidents.of(session, ticket) if sought else (None, False)
    times, ours = held(session, ticket, hours, now=now) if cut or "handed" in told else ([], "")
    return Beside(
        into=number(ticket.merged_into_id) if ticket.merged_into_id else None,
        merges=tuple((one.id, number(one.gone_id)) for one in merging.merges(session, ticket))
        if cut or "merged" in told
        else (),
        kin=tuple(_kin(one) for one in merging.kin(session, ticket) if one.id != ticket.merged_into_id),
        twins=tuple(_kin(one) for one in merging.twins(ticket, rows.earlier)),
        incident=incident,
        joined=joined,
        related=number(ticket.related_to_id) if ticket.related_to_id else "",
        held=tuple(times),
        ours=ours,
        hall_mail=(handing.mail_of(session, ticket.town_hall) or "") if ticket.town_hall else "",
    )


def _kin(ticket: Ticket) -> Kin:
    return Kin(number=number(ticket.id), subject=ticket.subject or _("Sin asunto"))
