"""The history of a ticket: one event for each act, codes and ids only, chained by hash."""

import hashlib
import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from app.models.people import User
from app.models.ticket import Event, Ticket

FIRST = "0" * 64
TOGETHER = "events_together"
COLUMNS = ("ticket_id", "at", "what", "user_id", "rule", "data", "before_hash", "hash")


def record(
    session: Session,
    ticket: Ticket,
    what: str,
    *,
    now: datetime,
    by: User | None = None,
    rule: str | None = None,
    first: bool = False,
    **data: str | int | float | bool | None,
) -> Event:
    """Write down one act and move the ticket to its next version. `first` spares the look for an earlier event."""
    heads = _heads(session)
    if first:
        heads[ticket.id] = FIRST
    else:
        hold(session, ticket)
        ticket.version += 1
    before = heads[ticket.id] or _last_hash(session, ticket.id)
    now = now.astimezone(UTC)
    event = Event(
        ticket_id=ticket.id, at=now, what=what, user_id=by.id if by else None, rule=rule, data=data, before_hash=before
    )
    event.hash = digest(event)
    together: list[Event] | None = session.info.get(TOGETHER)
    session.add(event) if together is None else together.append(event)
    # The next event of the same transaction must find this one.
    heads[ticket.id] = event.hash
    return event


@contextmanager
def together(session: Session) -> Iterator[None]:
    """What is recorded inside is written in one statement at its end; nothing inside may look for it."""
    kept: list[Event] = []
    session.info[TOGETHER] = kept
    try:
        yield
    finally:
        del session.info[TOGETHER]
    if kept:
        rows = [{name: getattr(event, name) for name in COLUMNS} for event in kept]
        session.execute(insert(Event), rows)


def hold(session: Session, ticket: Ticket, *, locked: bool = False) -> None:
    """Lock the ticket for the rest of the transaction and learn its newest version, so that its history is one line.

    `locked` says that the caller has locked and read it just now.
    """
    heads = _heads(session)
    if ticket.id in heads:
        return
    if not locked:
        newest = select(Ticket.version).where(Ticket.id == ticket.id).with_for_update()
        ticket.version = session.scalars(newest).one()
    heads[ticket.id] = None


def hold_all(session: Session, ids: Collection[int]) -> None:
    """Take tickets that the caller has locked and read just now, with the ends of their histories."""
    heads = _heads(session)
    newest = select(func.max(Event.id)).where(Event.ticket_id.in_(ids)).group_by(Event.ticket_id)
    ends = session.execute(select(Event.ticket_id, Event.hash).where(Event.id.in_(newest.scalar_subquery())))
    found = {ticket_id: end for ticket_id, end in ends}  # noqa: C416 - rows are not pairs to the type checker
    for ticket_id in ids:
        heads.setdefault(ticket_id, found.get(ticket_id))


def digest(event: Event) -> str:
    """The hash that binds an event to the one before it."""
    body = [
        event.ticket_id,
        event.at.isoformat(timespec="milliseconds"),
        event.what,
        event.user_id,
        event.rule,
        event.data,
        event.before_hash,
    ]
    return hashlib.sha256(json.dumps(body, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


def broken(session: Session, ticket_id: int) -> int | None:
    """The id of the first event of a ticket whose chain does not hold; None when all is well."""
    before = FIRST
    for event in session.scalars(select(Event).where(Event.ticket_id == ticket_id).order_by(Event.id)):
        if event.before_hash != before or event.hash != digest(event):
            return event.id
        before = event.hash
    return None


def _heads(session: Session) -> dict[int, str | None]:
    """The last hash of every ticket that this transaction holds; None where it has not been read yet."""
    heads: dict[int, str | None]
    transaction, heads = session.info.get("heads", (None, {}))
    if transaction is not session.get_transaction() or transaction is None:
        session.connection()
        heads = {}
        session.info["heads"] = (session.get_transaction(), heads)
    return heads


def _last_hash(session: Session, ticket_id: int) -> str:
    newest = select(Event.hash).where(Event.ticket_id == ticket_id).order_by(Event.id.desc()).limit(1)
    return session.scalar(newest) or FIRST
