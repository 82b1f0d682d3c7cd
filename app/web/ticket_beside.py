"""What stands beside one ticket: others that it was made one with or has to do with, its incident, who had it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.desk import dossier, forwarder_register, incidents, merging, retyped_citizen
from app.desk.books import Books
from app.desk.numbers import number
from app.models.message import Direction, Message
from app.models.people import ContactKind
from app.models.ticket import Ticket
from app.models.work import Incident, LinkCode
from app.web.holding_times import Held, held
from app.web.say import _
from app.web.ticket_sheet import Rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Kin:
    """Another consulta that this one has to do with."""

    number: str
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """Other tickets, in words: `into` is the one that this was merged into, `merges` those merged into this.

    `clerk` is a sender who looks like a town hall's, with that town hall; `behalf` whom a clerk seems to write for.
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
    clerk: tuple[str, int] | None
    behalf: str
    code: LinkCode | None


def look(session: Session, ticket: Ticket, rows: Rows, books: Books, *, now: datetime) -> Beside:
    """Read what stands beside a ticket; its history, read already, tells what there is to look for."""
    told = {event.what for event in rows.events}
    cut = len(rows.events) >= dossier.MOST_EVENTS
    sought = cut or ticket.category in incidents.ABOUT or "incident_proposed" in told or "incident_joined" in told
    incident, joined = incidents.of(session, ticket) if sought else (None, False)
    first = next((one for one in rows.messages if one.direction is Direction.IN), None)
    times, ours = held(rows.hanging.hands, ticket, books.hours, books.hall_names, now=now)
    return Beside(
        into=number(ticket.merged_into_id) if ticket.merged_into_id else None,
        merges=tuple((merge_id, number(gone_id)) for merge_id, gone_id in rows.hanging.merges),
        kin=tuple(_kin(one) for one in rows.kin if one.id != ticket.merged_into_id),
        twins=tuple(_kin(one) for one in merging.twins(ticket, rows.earlier)),
        incident=incident,
        joined=joined,
        related=number(ticket.related_to_id) if ticket.related_to_id else "",
        held=tuple(times),
        ours=ours,
        clerk=forwarder_register.proposed(
            ticket, first.identity if first else None, books.hall_names, registered=rows.hanging.registered
        ),
        behalf=_behalf(ticket, first, books.province.phone_region) or "",
        code=rows.hanging.code,
        hall_mail=rows.hanging.hall_mail,
    )


def _behalf(ticket: Ticket, first: Message | None, region: str) -> str | None:
    """The citizen whose name or telephone a clerk wrote down herself."""
    if first is None or ticket.contact.kind is not ContactKind.STAFF or ticket.on_behalf_of or ticket.proposed_forward:
        return None
    own = ticket.town_hall.phone if ticket.town_hall else None
    return retyped_citizen.person(first.reply or first.text, own=own, region=region)


def _kin(ticket: Ticket) -> Kin:
    return Kin(number=number(ticket.id), subject=ticket.subject or _("Sin asunto"))
