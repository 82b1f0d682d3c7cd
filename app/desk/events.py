"""The history of a ticket: one event for each act, codes and ids only, chained by hash."""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.desk import bulk
from app.models.people import User
from app.models.ticket import Event, Ticket

FIRST = "0" * 64
TOGETHER = "events_together"
BOUND = ("what", "user_id", "rule", "data", "before_hash")


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
) -> None:
    """Write down one act and move the ticket to its next version. `first` spares the look for an earlier event."""
    heads = _heads(session)
    if first:
        heads[ticket.id] = FIRST
    else:
        hold(session, ticket)
        ticket.version += 1
    event = {
        "ticket_id": ticket.id,
        "at": now.astimezone(UTC),
        "what": what,
        "user_id": by.id if by else None,
        "rule": rule,
        "data": data,
        "before_hash": heads[ticket.id] or _last_hash(session, ticket.id),
    }
    # The next event of the same transaction must find this one.
    event["hash"] = heads[ticket.id] = digest(event)
    together: list[bulk.Row] | None = session.info.get(TOGETHER)
    session.add(Event(**event)) if together is None else together.append(event)


@contextmanager
def together(session: Session) -> Iterator[None]:
    """What is recorded inside is written in one statement at its end; nothing inside may look for it."""
    kept: list[bulk.Row] = []
    session.info[TOGETHER] = kept
    try:
        yield
    finally:
        del session.info[TOGETHER]
    bulk.write(session, Event, kept)


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


def digest(event: Mapping[str, Any]) -> str:
    """The hash that binds an event to the one before it."""
    body = [event["ticket_id"], event["at"].isoformat(timespec="milliseconds"), *(event[name] for name in BOUND)]
    return hashlib.sha256(json.dumps(body, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


def broken(session: Session, ticket_id: int) -> int | None:
    """The id of the first event of a ticket whose chain does not hold; None when all is well."""
    before = FIRST
    for event in session.scalars(select(Event).where(Event.ticket_id == ticket_id).order_by(Event.id)):
        if event.before_hash != before or event.hash != digest(vars(event)):
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
