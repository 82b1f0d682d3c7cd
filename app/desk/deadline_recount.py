"""Deadlines reckoned anew when calendar or targets change: first told how many would move, then moved in batches."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.desk import books as bookkeeping
from app.desk import deadlines, events
from app.desk.books import Books
from app.desk.deadlines import OURS
from app.desk.hours import Hours
from app.models.book import Book, Setting
from app.models.ticket import Ticket, live

BATCH = 200
MOST = 2000
KEY = "recount"


@dataclass(frozen=True, slots=True, kw_only=True)
class Yardstick:
    """What deadlines are measured by."""

    hours: Hours
    settings: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What another yardstick would do to the deadlines that run; `cut` says that there are more than were looked at."""

    sooner: int = 0
    later: int = 0
    overdue: int = 0
    cut: bool = False

    @property
    def moved(self) -> int:
        """How many change."""
        return self.sooner + self.later


def preview(session: Session, before: Yardstick, after: Yardstick, *, now: datetime) -> Change:
    """How many running deadlines would come sooner, how many later, and how many would be overdue at once."""
    tickets = session.scalars(select(Ticket).where(*_running()).order_by(Ticket.id).limit(MOST + 1)).all()
    was = [_due(ticket, before) for ticket in tickets[:MOST]]
    becomes = [_due(ticket, after) for ticket in tickets[:MOST]]
    pairs = list(zip(was, becomes, strict=True))
    return Change(
        sooner=sum(new < old for old, new in pairs),
        later=sum(new > old for old, new in pairs),
        overdue=sum(new <= now < old for old, new in pairs),
        cut=len(tickets) > MOST,
    )


def ask(session: Session, *, now: datetime) -> None:
    """Have every running deadline reckoned anew by the books that hold this very change."""
    bookkeeping.touch(session)
    session.flush()
    version = session.scalars(select(Book.version).where(Book.name == bookkeeping.DESK)).one()
    row = session.get(Setting, KEY) or Setting(key=KEY)
    row.value, row.edited_at = {"after": 0, "version": version}, now
    session.add(row)
    session.flush()


def step(session: Session, books: Books, *, now: datetime) -> int:
    """Reckon one batch; how many tickets were looked at, none when nobody asked or these books are too old."""
    row = session.get(Setting, KEY, with_for_update=True)
    if row is None or books.version < row.value["version"]:
        return 0
    tickets = session.scalars(
        select(Ticket)
        .where(*_running(), Ticket.id > row.value["after"])
        .order_by(Ticket.id)
        .limit(BATCH)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    for ticket in tickets:
        before = ticket.due_at
        deadlines.refresh(ticket, books.hours, books.settings, now=now)
        if ticket.due_at != before:
            events.hold(session, ticket, locked=True)
            events.record(session, ticket, "deadline_moved", now=now, rule="clock")
    if len(tickets) < BATCH:
        session.delete(row)
        bookkeeping.touch(session)
    else:
        row.value = {**row.value, "after": tickets[-1].id}
    return len(tickets)


def _running() -> tuple[Any, ...]:
    return (live(), Ticket.status.in_(OURS), Ticket.due_at.is_not(None))


def _due(ticket: Ticket, by: Yardstick) -> datetime:
    dues = deadlines.reckon(
        by.hours,
        by.settings,
        priority=ticket.priority,
        channel=ticket.channel,
        since=ticket.turn_since or ticket.waiting_since or ticket.created_at,
        spent=ticket.spent_minutes,
    )
    return dues.first if ticket.first_answered_at is None else dues.solved
