"""Which ticket a message joins: by thread on e-mail, by quote and conversation on WhatsApp, never by a bare number."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from sqlalchemy import Select, bindparam, select, union_all
from sqlalchemy.orm import Session

from app.desk import events, link_code
from app.desk.letters import Place
from app.desk.tokens import marked_message, marked_ticket
from app.models.message import Direction, Message
from app.models.place import TownHallWire, WireKind
from app.models.ticket import Status, Ticket
from app.models.work import LinkCode
from channels.message import Inbound


@dataclass(slots=True)
class Threads:
    """What a batch needs to know of earlier messages: tickets by external id or token, and who wrote twins."""

    by_external_id: dict[str, int] = field(default_factory=dict)
    twins: dict[tuple[int, str], int | None] = field(default_factory=dict)
    tickets: dict[int, Ticket] = field(default_factory=dict)
    by_token: dict[str, int] = field(default_factory=dict)


def threads(session: Session, inbounds: Iterable[Inbound], *, keys: tuple[str, ...]) -> Threads:
    """Look up, in a few queries for a whole batch, every earlier message and ticket that it may speak of."""
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
    found.by_token = _by_token(session, {i.ticket_token for i in inbounds if i.ticket_token}, keys=keys)
    load(session, found, set(found.by_external_id.values()) | set(found.by_token.values()))
    return found


def _by_token(session: Session, tokens: set[str], *, keys: tuple[str, ...]) -> dict[str, int]:
    """The tickets that signed tokens name, by themselves or by a message of ours."""
    told = {token: ticket_id for token in tokens if (ticket_id := marked_ticket(token, keys)) is not None}
    sent = {token: number for token in tokens - told.keys() if (number := marked_message(token, keys)) is not None}
    if sent:
        ours = select(Message.id, Message.ticket_id).where(Message.id.in_(sent.values()))
        tickets = {row.id: row.ticket_id for row in session.execute(ours)}
        told |= {token: tickets[number] for token, number in sent.items() if number in tickets}
    return told


def load(session: Session, found: Threads, ids: set[int]) -> None:
    """Bring tickets into the batch, locked in the order of their ids, each replaced by the one it was merged into."""
    missing = ids - set(found.tickets)
    if not missing:
        return
    rows = session.scalars(select(Ticket).where(Ticket.id.in_(missing)).order_by(Ticket.id).with_for_update())
    for ticket in rows.all():
        found.tickets[ticket.id] = final(session, ticket)
    events.hold_all(session, {found.tickets[one].id for one in missing if one in found.tickets})


def final(session: Session, ticket: Ticket) -> Ticket:
    """The ticket at the end of the chain of merges, locked."""
    while ticket.merged_into_id is not None:
        ticket = session.get_one(Ticket, ticket.merged_into_id, with_for_update=True)
    return ticket


def by_thread(found: Threads, inbound: Inbound) -> Ticket | None:
    """The ticket that an e-mail names: signed token of its address or subject first, then its references."""
    if ticket := found.tickets.get(found.by_token.get(inbound.ticket_token or "", 0)):
        return ticket
    for external_id in (inbound.in_reply_to, *reversed(inbound.references)):
        if external_id and (ticket_id := found.by_external_id.get(external_id)):
            return found.tickets.get(ticket_id)
    return None


def bounced(found: Threads, inbound: Inbound) -> Ticket | None:
    """The ticket of the message that came back."""
    return found.tickets.get(found.by_external_id.get(inbound.bounced_message_id or "", 0))


def welcome(session: Session, ticket: Ticket, place: Place) -> bool:
    """Whether a letter that names a ticket may join it: not a closed one, not a stranger, not another's matter."""
    if ticket.status is Status.CLOSED:
        return False
    if ticket.contact_id == place.contact_id:
        return True
    return not place.accepted and takes_part(session, ticket, place)


def takes_part(session: Session, ticket: Ticket, place: Place) -> bool:
    """Whether the sender is on any message of the ticket, is its forwarder, or writes from the forwarder's domain."""
    addresses = [a.address for a in place.letter.inbound.addresses]
    if ticket.forwarder_address in addresses:
        return True
    on_it = select(Message.id).where(Message.ticket_id == ticket.id, Message.identity_id.in_(place.identity_ids))
    if session.scalar(on_it.limit(1)):
        return True
    if ticket.forwarder_town_hall_id is None:
        return False
    own = select(TownHallWire.id).where(
        TownHallWire.town_hall_id == ticket.forwarder_town_hall_id,
        TownHallWire.kind == WireKind.DOMAIN,
        TownHallWire.value.in_({a.rpartition("@")[2] for a in addresses}),
    )
    return session.scalar(own.limit(1)) is not None


def by_conversation(
    session: Session, found: Threads, place: Place, *, now: datetime
) -> tuple[Ticket | None, Ticket | None]:
    """The ticket a chat message goes to: of the quoted message, of our last one to this person here, the newest.

    A call whose code she has sent since we last wrote here comes before that.

    When that is closed: None, with the ticket that a new one is related to.
    """
    quoted = found.by_external_id.get(place.letter.inbound.quoted or "")
    if quoted is not None and (ticket := found.tickets.get(quoted)) is not None:
        return (None, ticket) if ticket.status is Status.CLOSED else (ticket, None)
    candidates = [one for one in (*_latest(session, place, now=now), _newest(session, place)) if one is not None]
    for ticket_id in candidates:
        load(session, found, {ticket_id})
        if (ticket := found.tickets[ticket_id]).status is not Status.CLOSED:
            return ticket, None
    return None, found.tickets[candidates[-1]] if candidates else None


def _latest(session: Session, place: Place, *, now: datetime) -> Sequence[int]:
    """The tickets of our last message to this person here and of the code she sent last, the later one first."""
    told = {
        "identities": place.identity_ids,
        "line": place.arrival.line_id,
        "contact": place.contact_id,
        "since": now - link_code.LASTS,
    }
    return session.scalars(_last_said(), told).all()


def _newest(session: Session, place: Place) -> int | None:
    told = {"contact": place.contact_id, "channel": place.letter.inbound.channel}
    return session.scalar(_last_opened(), told)


@cache
def _last_said() -> Select[int]:
    # Made once, as the next one: to make it for each message costs more than to ask it.
    said = select(Message.ticket_id, Message.created_at.label("at")).where(
        Message.identity_id.in_(bindparam("identities", expanding=True)),
        Message.line_id == bindparam("line"),
        Message.direction == Direction.OUT,
    )
    ours = said.order_by(Message.id.desc()).limit(1).subquery()
    ties = link_code.ties(bindparam("contact"), since=bindparam("since"))
    code = ties.order_by(LinkCode.id.desc()).limit(1).subquery()
    both = union_all(select(ours.c.ticket_id, ours.c.at), select(code.c.ticket_id, code.c.used_at)).subquery()
    return select(both.c.ticket_id).order_by(both.c.at.desc())


@cache
def _last_opened() -> Select[int]:
    hers = (Ticket.contact_id == bindparam("contact"), Ticket.channel == bindparam("channel"))
    return select(Ticket.id).where(*hers).order_by(Ticket.id.desc()).limit(1)


def _named(inbound: Inbound) -> Iterable[str]:
    yield inbound.external_id
    yield from inbound.references
    for external_id in (inbound.in_reply_to, inbound.quoted, inbound.bounced_message_id):
        if external_id:
            yield external_id
