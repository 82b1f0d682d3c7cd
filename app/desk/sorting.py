"""The tickets that wait for triage: claimed, read as values, and given back when nothing could be decided."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.desk import conversation, deadlines, events
from app.desk.books import Books
from app.desk.case import Case
from app.models.ticket import Status, Ticket

LEASE = timedelta(minutes=2)


def claim(session: Session, *, now: datetime, limit: int = 20) -> list[int]:
    """Take tickets whose time to be sorted has come; the lease is their own `sort_at`, moved ahead."""
    pick = (
        select(Ticket.id)
        .where(Ticket.sort_at.is_not(None), Ticket.sort_at <= now)
        .order_by(Ticket.sort_at, Ticket.id)
        .limit(limit)
        # By name and so looked for once: PostgreSQL may run a plain subquery again for every row, and take them all.
        .with_for_update(skip_locked=True)
        .cte("pick")
    )
    return sorted(
        session.execute(
            update(Ticket)
            .where(Ticket.id.in_(select(pick.c.id)))
            .values(sort_at=now + LEASE)
            .returning(Ticket.id)
            .execution_options(synchronize_session=False)
        ).scalars()
    )


def next_due(session: Session) -> datetime | None:
    """When the next ticket should be sorted."""
    return session.scalar(select(func.min(Ticket.sort_at)).where(Ticket.sort_at.is_not(None)))


def cases(session: Session, ids: Sequence[int], *, now: datetime, zone: ZoneInfo) -> list[Case]:
    """The tickets as values, with all that decides about them."""
    return conversation.cases(session, ids, now=now, zone=zone)


def again(session: Session, ticket_id: int, *, claimed: datetime) -> None:
    """Somebody changed the ticket while it was read: sort it at once, unless a new word has set a time of its own."""
    session.execute(
        update(Ticket)
        .where(Ticket.id == ticket_id, Ticket.sort_at == claimed + LEASE)
        .values(sort_at=claimed)
        .execution_options(synchronize_session=False)
    )


def give_up(session: Session, ticket_id: int, books: Books, *, claimed: datetime, now: datetime) -> None:
    """Triage could not read this one: a person gets it unsorted, unless a new word came that may be read."""
    taken = session.execute(
        update(Ticket)
        .where(Ticket.id == ticket_id, Ticket.sort_at == claimed + LEASE)
        .values(sort_at=None, sorted_at=now, unsorted_since=None)
        .returning(Ticket.id)
        .execution_options(synchronize_session=False)
    ).scalar()
    if taken is None:
        return
    ticket = session.get_one(Ticket, ticket_id, populate_existing=True)
    if ticket.status in {Status.WAITING, Status.SOLVED, Status.HELD}:
        ticket.status, ticket.solved_at = Status.OPEN, None
    deadlines.refresh(ticket, books.hours, books.settings, now=now)
    events.record(session, ticket, "sort_failed", now=now, rule="triage")
