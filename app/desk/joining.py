"""Which ticket a message joins: by thread on e-mail, by quote and conversation on WhatsApp, never by a bare number."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.desk.tokens import marked_ticket
from app.models.message import Direction, Message
from app.models.people import Identity
from app.models.place import TownHallWire, WireKind
from app.models.ticket import Status, Ticket
from channels.message import Inbound


@dataclass(slots=True)
class Threads:
    """What a batch needs to know of earlier messages: their tickets by external id, and who wrote the twins."""

    by_external_id: dict[str, int] = field(default_factory=dict)
    twins: dict[tuple[int, str], int | None] = field(default_factory=dict)
    tickets: dict[int, Ticket] = field(default_factory=dict)


def threads(session: Session, inbounds: Iterable[Inbound], *, keys: tuple[str, ...]) -> Threads:
    """Look up, in two queries for a whole batch, every earlier message and ticket that it may speak of."""
    inbounds = list(inbounds)
    named = {i for inbound in inbounds for i in _named(inbound)}
    found = Threads()
    if named:
        rows = session.execute(
            select(Message.external_id, Message.line_id, Message.ticket_id, Message.arrival_id).where(
                Message.external_id.in_(named)
            )
        )
        for external_id, line_id, ticket_id, arrival_id in rows:
            if external_id is None or line_id is None:
                continue
            found.by_external_id[external_id] = ticket_id
            found.twins[line_id, external_id] = arrival_id
    marked = {marked_ticket(i.ticket_token, keys) for i in inbounds if i.ticket_token} - {None}
    load(session, found, set(found.by_external_id.values()) | {m for m in marked if m is not None})
    return found


def load(session: Session, found: Threads, ids: set[int]) -> None:
    """Bring tickets into the batch, each replaced by the one it was merged into."""
    missing = ids - set(found.tickets)
    if not missing:
        return
    for ticket in session.scalars(select(Ticket).where(Ticket.id.in_(missing)).with_for_update()):
        found.tickets[ticket.id] = final(session, ticket)


def final(session: Session, ticket: Ticket) -> Ticket:
    """The ticket at the end of the chain of merges."""
    while ticket.merged_into_id is not None:
        ticket = session.get_one(Ticket, ticket.merged_into_id)
    return ticket


def by_thread(found: Threads, inbound: Inbound, *, keys: tuple[str, ...]) -> Ticket | None:
    """The ticket that an e-mail names: signed token of its address or subject first, then its references."""
    if inbound.ticket_token and (ticket := found.tickets.get(marked_ticket(inbound.ticket_token, keys) or 0)):
        return ticket
    for external_id in (inbound.in_reply_to, *reversed(inbound.references)):
        if external_id and (ticket_id := found.by_external_id.get(external_id)):
            return found.tickets.get(ticket_id)
    return None


def takes_part(session: Session, ticket: Ticket, identity_ids: Sequence[int], addresses: Sequence[str]) -> bool:
    """Whether the sender is on any message of the ticket, is its forwarder, or writes from the forwarder's domain."""
    if ticket.forwarder_address in addresses:
        return True
    on_it = session.scalar(
        select(Message.id).where(Message.ticket_id == ticket.id, Message.identity_id.in_(identity_ids)).limit(1)
    )
    mine = session.scalar(
        select(Identity.id).where(Identity.id.in_(identity_ids), Identity.contact_id == ticket.contact_id).limit(1)
    )
    if on_it or mine:
        return True
    if ticket.forwarder_town_hall_id is None:
        return False
    domains = {a.rpartition("@")[2] for a in addresses}
    return (
        session.scalar(
            select(TownHallWire.id)
            .where(
                TownHallWire.town_hall_id == ticket.forwarder_town_hall_id,
                TownHallWire.kind == WireKind.DOMAIN,
                TownHallWire.value.in_(domains),
            )
            .limit(1)
        )
        is not None
    )


def by_conversation(
    session: Session, found: Threads, inbound: Inbound, *, line_id: int, identity_ids: Sequence[int], contact_id: int
) -> Ticket | None:
    """The ticket a chat message goes to: of the quoted message, of our last one to this person here, the newest."""
    candidates: list[int | None] = [found.by_external_id.get(inbound.quoted) if inbound.quoted else None]
    candidates.append(
        session.scalar(
            select(Message.ticket_id)
            .where(
                Message.identity_id.in_(identity_ids),
                Message.line_id == line_id,
                Message.direction == Direction.OUT,
            )
            .order_by(Message.id.desc())
            .limit(1)
        )
    )
    candidates.append(
        session.scalar(
            select(Ticket.id)
            .where(Ticket.contact_id == contact_id, Ticket.channel == inbound.channel)
            .order_by(Ticket.id.desc())
            .limit(1)
        )
    )
    for ticket_id in candidates:
        if ticket_id is None:
            continue
        load(session, found, {ticket_id})
        if (ticket := found.tickets[ticket_id]).status is not Status.CLOSED:
            return ticket
    return None


def _named(inbound: Inbound) -> Iterable[str]:
    yield inbound.external_id
    yield from inbound.references
    for external_id in (inbound.in_reply_to, inbound.quoted, inbound.bounced_message_id):
        if external_id:
            yield external_id
