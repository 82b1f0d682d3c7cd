"""The queue: which tickets a view shows, a page at a time by key.

A page costs the same with a thousand tickets and with a million: every list runs along an index and stops.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, null, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload, load_only

from app.desk.books import Books
from app.desk.queue_views import View, looked_from, shown_in
from app.desk.tags import tagged
from app.models.message import Direction, Message
from app.models.people import Contact, Identity, Role, User
from app.models.place import TownHall
from app.models.ticket import Status, Ticket

OWNERS = (Role.TECHNICIAN, Role.SUPERVISOR, Role.ADMIN)


class Order(StrEnum):
    """What comes first."""

    DUE = "plazo"
    WAITED = "espera"
    NEWEST = "reciente"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a view is narrowed to; None means any. `ids` are the hits of a text search; `everywhere` leaves the view."""

    status: Status | None = None
    channel: str | None = None
    category: str | None = None
    town_hall_id: int | None = None
    priority: str | None = None
    owner_id: int | None = None
    contact: str | None = None
    tag: str | None = None
    unowned: bool = False
    since: datetime | None = None
    before: datetime | None = None
    ids: tuple[int, ...] | None = None
    everywhere: bool = False


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the last page ended: the key of its last row (None: rows without a key) and its id."""

    key: datetime | None
    id: int


@dataclass(frozen=True, slots=True)
class Place:
    """A ticket's place in a list: enough to know whether anything on a screen has changed."""

    id: int
    version: int
    key: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some tickets of a list with their last messages, and where the next page begins, if there is one."""

    tickets: Sequence[Ticket]
    last: Mapping[int, Message]
    after: Cursor | None


def places(
    session: Session,
    view: View,
    *,
    user: User,
    books: Books,
    now: datetime,
    filters: Filters | None = None,
    order: Order = Order.DUE,
    after: Cursor | None = None,
    limit: int = 50,
) -> list[Place]:
    """Which tickets a view shows, in order, without loading them: what the polling of a page costs."""
    filters = filters or Filters()
    where, looking = _narrowed(filters), {}
    if not filters.everywhere:
        where.append(shown_in(view))
        looking = looked_from(user, books, now)
    if view is View.SOLVED or filters.everywhere:
        order = Order.NEWEST
    return _run(session, where, looking, order, after, limit)


def tickets(
    session: Session,
    view: View,
    *,
    user: User,
    books: Books,
    now: datetime,
    filters: Filters | None = None,
    order: Order = Order.DUE,
    after: Cursor | None = None,
    limit: int = 50,
) -> Page:
    """One page of a view."""
    found = places(
        session, view, user=user, books=books, now=now, filters=filters, order=order, after=after, limit=limit + 1
    )
    shown = found[:limit]
    last = shown[-1] if len(found) > limit else None
    loaded = load(session, [place.id for place in shown])
    return Page(
        tickets=loaded,
        last=last_messages(session, loaded),
        after=Cursor(key=last.key, id=last.id) if last else None,
    )


def load(session: Session, ids: Sequence[int]) -> list[Ticket]:
    """These tickets with what a row shows of them, in this order."""
    if not ids:
        return []
    chosen = session.scalars(select(Ticket).where(Ticket.id.in_(ids)).options(*_SAID)).unique()
    found = {ticket.id: ticket for ticket in chosen}
    return [found[ticket_id] for ticket_id in ids if ticket_id in found]


def one(session: Session, ticket_id: int) -> Ticket | None:
    """A ticket with everything that its page shows of it."""
    beside = (*_BESIDE, _CONTACT.joinedload(Contact.identities))
    whole = select(Ticket).where(Ticket.id == ticket_id)
    hanging = (joinedload(Ticket.labels), joinedload(Ticket.followers))
    return session.scalars(whole.options(*beside, *hanging)).unique().one_or_none()


def colleagues(session: Session) -> Sequence[User]:
    """Who can own tickets."""
    return session.scalars(select(User).where(User.active, User.role.in_(OWNERS)).order_by(User.name)).all()


_CONTACT = joinedload(Ticket.contact)
_BESIDE = (joinedload(Ticket.owner), joinedload(Ticket.town_hall), joinedload(Ticket.forwarder))
# What a row says of a ticket; fifty whole rows of four tables would be a quarter of a page's time.
_SAID = (
    load_only(
        *(Ticket.version, Ticket.channel, Ticket.subject, Ticket.status, Ticket.priority, Ticket.category),
        *(Ticket.contact_id, Ticket.owner_id, Ticket.town_hall_id, Ticket.forwarder_town_hall_id),
        *(Ticket.created_at, Ticket.last_message_at, Ticket.heard_at, Ticket.spoke_at, Ticket.waiting_since),
        *(Ticket.due_at, Ticket.solved_at, Ticket.closed_at, Ticket.snoozed_until),
    ),
    joinedload(Ticket.labels),
    joinedload(Ticket.owner).load_only(User.name),
    joinedload(Ticket.town_hall).load_only(TownHall.name),
    joinedload(Ticket.forwarder).load_only(TownHall.name),
    _CONTACT.load_only(Contact.name),
    _CONTACT.selectinload(Contact.identities).load_only(Identity.kind, Identity.address, Identity.typed),
)
_LAST = load_only(Message.ticket_id, Message.direction, Message.author_rule, Message.text, Message.reply)


def _narrowed(filters: Filters) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    columns: tuple[tuple[InstrumentedAttribute[object], object], ...] = (
        (Ticket.status, filters.status),
        (Ticket.channel, filters.channel),
        (Ticket.category, filters.category),
        (Ticket.town_hall_id, filters.town_hall_id),
        (Ticket.priority, filters.priority),
        (Ticket.owner_id, filters.owner_id),
    )
    where += [column == value for column, value in columns if value is not None]
    if filters.ids is not None:
        where.append(Ticket.id.in_(filters.ids) if filters.ids else false())
    if filters.unowned:
        where.append(Ticket.owner_id.is_(None))
    if filters.since is not None:
        where.append(Ticket.created_at >= filters.since)
    if filters.before is not None:
        where.append(Ticket.created_at < filters.before)
    if filters.tag is not None:
        where.append(tagged(filters.tag))
    if filters.contact is not None:
        named = select(Contact.id).where(Contact.name.icontains(filters.contact, autoescape=True)).limit(500)
        where.append(Ticket.contact_id.in_(named))
    return where


def _run(
    session: Session,
    where: Sequence[ColumnElement[bool]],
    looking: Mapping[str, object],
    order: Order,
    after: Cursor | None,
    limit: int,
) -> list[Place]:
    if order is Order.NEWEST:
        newest = select(Ticket.id, Ticket.version, null()).where(*where).order_by(Ticket.id.desc()).limit(limit)
        return _placed(session, newest.where(Ticket.id < after.id) if after else newest, looking)
    key = Ticket.due_at if order is Order.DUE else Ticket.waiting_since
    query = select(Ticket.id, Ticket.version, key).where(*where)
    # Rows without a key come last, in a second query: "nulls last" would keep SQLite from using the index.
    rows: list[Place] = []
    if after is None or after.key is not None:
        keyed = query.where(key.is_not(None))
        if after is not None:
            keyed = keyed.where(or_(key > after.key, and_(key == after.key, Ticket.id > after.id)))
        rows = _placed(session, keyed.order_by(key, Ticket.id).limit(limit), looking)
    if len(rows) < limit:
        keyless = query.where(key.is_(None))
        if after is not None and after.key is None:
            keyless = keyless.where(Ticket.id > after.id)
        rows += _placed(session, keyless.order_by(Ticket.id).limit(limit - len(rows)), looking)
    return rows


def _placed(session: Session, query: Select[Any, Any, Any], looking: Mapping[str, object]) -> list[Place]:
    return [Place(ticket_id, version, key) for ticket_id, version, key in session.execute(query, looking)]


def last_messages(session: Session, shown: Sequence[Ticket]) -> Mapping[int, Message]:
    """The last thing that a person said in each ticket, the contact or one of ours: what a machine said is no news."""
    if not shown:
        return {}
    person = or_(Message.direction == Direction.IN, Message.author_user_id.is_not(None))
    newest = (
        select(func.max(Message.id))
        .where(Message.ticket_id.in_([ticket.id for ticket in shown]), Message.direction != Direction.NOTE, person)
        .group_by(Message.ticket_id)
    )
    return {
        message.ticket_id: message
        for message in session.scalars(select(Message).where(Message.id.in_(newest)).options(_LAST))
    }
