"""What time alone does to tickets: long solved ones close, snoozed ones wake, raw bytes are forgotten."""

from datetime import datetime, timedelta

from sqlalchemy import exists, or_, select, update
from sqlalchemy.orm import Session

from app.desk import board, events
from app.desk.digest import digest, kept, state
from app.models.arrival import Arrival
from app.models.base import literally
from app.models.message import Message
from app.models.ticket import Status, Ticket

__all__ = ["close_solved", "digest", "forget_raw", "kept", "state", "wake_snoozed"]

SOLVED_FOR = timedelta(days=15)
BATCH = 200


def close_solved(session: Session, *, now: datetime) -> int:
    """Close what has been solved for 15 days without a word; how many there were."""
    rows = session.scalars(
        select(Ticket)
        .where(literally(Ticket.status, (Status.SOLVED,)), Ticket.solved_at < now - SOLVED_FOR)
        .limit(BATCH)
    ).all()
    for ticket in rows:
        board.close(session, ticket, reason="silence", by=None, now=now)
    return len(rows)


def wake_snoozed(session: Session, *, now: datetime) -> int:
    """Bring back what was put off until now; how many there were."""
    rows = session.scalars(select(Ticket).where(Ticket.snoozed_until <= now).limit(BATCH)).all()
    for ticket in rows:
        ticket.snoozed_until = None
        events.record(session, ticket, "woken", now=now, rule="clock")
    return len(rows)


def forget_raw(session: Session, *, days: int, now: datetime) -> list[str]:
    """Forget the raw bytes of what was closed long ago, and of news without a ticket; row and hash stay.

    Returns the hashes of files that nothing refers to any more, to be deleted once this is committed.
    """
    before = now - timedelta(days=days)
    of_it = select(Message.id).where(Message.arrival_id == Arrival.id)
    alive = of_it.join(Ticket, Ticket.id == Message.ticket_id).where(
        or_(Ticket.status != Status.CLOSED, Ticket.closed_at >= before)
    )
    rows = session.execute(
        select(Arrival.id, Arrival.raw_file)
        .where(
            Arrival.erased_at.is_(None),
            Arrival.filed_at.is_not(None),
            Arrival.received_at < before,
            ~exists(alive.with_only_columns(Message.id)),
        )
        .order_by(Arrival.received_at)
        .limit(BATCH)
    ).all()
    ids, files = [row.id for row in rows], {row.raw_file for row in rows if row.raw_file}
    if not ids:
        return []
    session.execute(
        update(Arrival)
        .where(Arrival.id.in_(ids))
        .values(raw=None, raw_file=None, erased_at=now, erased_because="retention")
        .execution_options(synchronize_session=False)
    )
    kept = set(session.scalars(select(Arrival.raw_file).where(Arrival.raw_file.in_(files)))) if files else set()
    return sorted(files - kept)
