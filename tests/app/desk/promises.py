"""What holds on every desk at every moment, whatever has happened to it."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.desk import badges, events
from app.desk.books import Books
from app.desk.queue_views import View
from app.house import House
from app.models.all import Base
from app.models.arrival import Arrival
from app.models.message import Direction, Message
from app.models.people import User
from app.models.ticket import LIVE, OPEN, OURS, Status, Ticket
from channels.message import Delivery
from tests.servers.smtp import Smtp
from tests.servers.twilio import Twilio

QUEUED, SENDING, UNCERTAIN = Delivery.QUEUED, Delivery.SENDING, Delivery.UNCERTAIN
ARRIVED = (Delivery.SENT, Delivery.DELIVERED, Delivery.READ)
# Which steps of a delivery there are, whatever comes between two looks; all others go back.
ONWARD: dict[Delivery | None, set[Delivery | None]] = {
    QUEUED: {SENDING, UNCERTAIN, Delivery.FAILED, Delivery.DROPPED, *ARRIVED},
    SENDING: {QUEUED, UNCERTAIN, Delivery.FAILED, *ARRIVED},
    UNCERTAIN: {QUEUED, Delivery.FAILED, *ARRIVED},
    Delivery.SENT: {Delivery.DELIVERED, Delivery.READ, Delivery.FAILED},
    Delivery.DELIVERED: {Delivery.READ},
    Delivery.READ: set(),
    Delivery.FAILED: {QUEUED},
    Delivery.PROPOSED: {QUEUED, Delivery.DROPPED},
    Delivery.DROPPED: set(),
}
# What the province is seeded with stays; all that a journey writes goes.
WRITTEN = ("message", "ticket", "arrival", "identity", "contact", "event")


@dataclass
class Seen:
    """What a journey remembers: what the wires handed over, how deliveries stood, what people chose to send again."""

    handed: set[str] = field(default_factory=set)
    stood: dict[int, Delivery | None] = field(default_factory=dict)
    retried: Counter[int] = field(default_factory=Counter)


def hold(session: Session, seen: Seen, user: User, books: Books, *, now: datetime) -> None:
    """No message lost or without a ticket, no delivery going back, no ticket out of sight, no history rewritten."""
    messages = session.scalars(select(Message)).all()
    tickets = {ticket.id: ticket for ticket in session.scalars(select(Ticket))}
    _everything_is_kept(session, seen, messages)
    for message in messages:
        ticket = tickets[message.ticket_id]
        assert ticket.merged_into_id is None, f"message {message.id} lies in a merged ticket"
        before = seen.stood.get(message.id, message.delivery)
        onward = message.delivery is before or message.delivery in ONWARD[before]
        retried = seen.retried[message.id] > 0 and before in {Delivery.FAILED, UNCERTAIN}
        assert onward or retried, f"message {message.id} went from {before} to {message.delivery}"
        seen.stood[message.id] = message.delivery
    by_id = {message.id: message for message in messages}
    inhabited = {message.ticket_id for message in messages}
    for ticket in tickets.values():
        assert ticket.merged_into_id is not None or ticket.id in inhabited, f"ticket {ticket.id} has lost its messages"
        _stands_right(ticket, by_id)
        assert events.broken(session, ticket.id) is None, f"the history of ticket {ticket.id} is broken"
    _badges_are_counts(session, user, books, tickets.values(), messages, now=now)


def _everything_is_kept(session: Session, seen: Seen, messages: Collection[Message]) -> None:
    kept = Counter(message.external_id for message in messages if message.direction is Direction.IN)
    assert max(kept.values(), default=1) == 1, "something is there twice"
    assert kept.keys() <= seen.handed
    if session.scalar(select(Arrival.id).where(Arrival.filed_at.is_(None)).limit(1)) is None:
        assert kept.keys() == seen.handed, "something was filed and is not there"


def _stands_right(ticket: Ticket, messages: dict[int, Message]) -> None:
    told = f"ticket {ticket.id} is {ticket.status}"
    if ticket.merged_into_id is not None:
        assert ticket.status is Status.CLOSED, f"{told} and nobody sees it: it was merged"
        return
    last = messages.get(ticket.last_message_id or 0)
    assert last is None or last.ticket_id == ticket.id, f"the last message of ticket {ticket.id} is another's"
    assert (ticket.status is Status.CLOSED) == (ticket.closed_at is not None), f"{told}, closed {ticket.closed_at}"
    assert ticket.status is not Status.SOLVED or ticket.solved_at is not None, f"{told} since never"
    assert ticket.due_at is None or ticket.status in OURS, f"{told} and due"


def _badges_are_counts(
    session: Session,
    user: User,
    books: Books,
    tickets: Collection[Ticket],
    messages: Collection[Message],
    *,
    now: datetime,
) -> None:
    """What the rail counts, counted once more by hand."""
    midnight = datetime.combine(now.astimezone(books.hours.zone) + timedelta(days=1), time(), books.hours.zone)
    whole = [one for one in tickets if one.merged_into_id is None]
    awake = [one for one in whole if one.snoozed_until is None or one.snoozed_until <= now]
    open_ = [one for one in awake if one.status in OPEN]
    asleep = [one for one in whole if one not in awake and one.status in LIVE]
    troubled = {one.ticket_id for one in messages if one.delivery in {Delivery.FAILED, UNCERTAIN}}
    expected = {
        View.MINE: [one for one in open_ if one.owner_id == user.id],
        View.UNASSIGNED: [one for one in open_ if one.owner_id is None],
        View.DUE_TODAY: [one for one in awake if one.status in OURS and one.due_at and one.due_at < midnight],
        View.FAILED: [one for one in awake if one.status in LIVE and one.id in troubled],
        View.ALL: open_,
        View.WAITING: {*asleep, *(one for one in whole if one.status is Status.WAITING)},
        View.HELD: [one for one in awake if one.status is Status.HELD],
    }
    counted = badges.count(session, user, books=books, now=now).views
    assert {view: counted[view] for view in expected} == {view: len(there) for view, there in expected.items()}


def nothing_twice(house: House, twilio: Twilio, smtp: Smtp, seen: Seen) -> None:
    """The wires took each message once at most, and once more for each time that a person sent it again."""
    taken = Counter(int(str(sent.callback).rsplit("/", 1)[1].split("-")[0]) for sent in twilio.sent)
    mails = Counter(mail["Message-ID"] for mail in smtp.received)
    with house.db.reading() as session:
        ours = session.scalars(select(Message).where(Message.direction == Direction.OUT)).all()
    for message in ours:
        times = taken[message.id] + (mails[message.external_id] if message.channel == "email" else 0)
        assert times <= 1 + seen.retried[message.id], f"message {message.id} went out {times} times"
        if message.delivery in ARRIVED:
            assert times > 0, f"message {message.id} is {message.delivery} and no wire has seen it"
        if message.delivery in {Delivery.PROPOSED, Delivery.DROPPED}:
            assert times == 0, f"message {message.id} went out and is {message.delivery}"


def one_ticket(house: House, names: Collection[str]) -> None:
    """These messages lie in one ticket."""
    with house.db.reading() as session:
        where = session.scalars(select(Message.ticket_id).where(Message.external_id.in_(names))).all()
    assert len(where) == len(names) and len(set(where)) == 1, "a burst of one person opened several tickets"


def empty(house: House) -> None:
    """A desk that has met nobody yet."""
    with house.db.transaction() as session:
        for table in reversed(Base.metadata.sorted_tables):
            if table.name in WRITTEN or any(key.column.table.name in WRITTEN for key in table.foreign_keys):
                session.execute(delete(table))
