"""The history of a ticket: one event for each act, codes and ids only, chained by hash."""

import hashlib
import json
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.people import User
from app.models.ticket import Event, Ticket

FIRST = "0" * 64


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
    ticket.version = (ticket.version or 0) + (0 if first else 1)
    before = FIRST if first else _last_hash(session, ticket.id)
    event = Event(
        ticket_id=ticket.id, at=now, what=what, user_id=by.id if by else None, rule=rule, data=data, before_hash=before
    )
    event.hash = digest(event)
    session.add(event)
    # The next event of the same transaction must find this one.
    session.info.setdefault("heads", {})[ticket.id] = event.hash
    return event


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


def _last_hash(session: Session, ticket_id: int) -> str:
    heads: dict[int, str] = session.info.setdefault("heads", {})
    if ticket_id not in heads:
        heads[ticket_id] = (
            session.scalar(select(Event.hash).where(Event.ticket_id == ticket_id).order_by(Event.id.desc()).limit(1))
            or FIRST
        )
    return heads[ticket_id]
