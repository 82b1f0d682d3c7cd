"""How the desk is doing, as numbers for the machines that watch it; every one costs the same at any size."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql.elements import ColumnElement

from app.desk import arrivals, backups
from app.models.arrival import Arrival, Line
from app.models.book import Counter, Lease
from app.models.message import File, Message, MessageFile, in_outbox
from app.models.ticket import Ticket, live
from channels.message import Delivery

# Counting stops there: beyond it nobody needs the figure, and the look must stay short.
MOST = 10_000


@dataclass(frozen=True, slots=True)
class Gauge:
    """One number, with what it is about; names and labels are codes."""

    name: str
    value: float
    help: str
    labels: tuple[tuple[str, str], ...] = ()


def read(session: Session, *, now: datetime) -> Iterator[Gauge]:
    """Every number in turn, those of one name together."""
    yield from _queues(session, now)
    yield from _deliveries(session, now)
    yield from _lines(session, now)
    yield from _rest(session, now)


def _queues(session: Session, now: datetime) -> Iterator[Gauge]:
    unsorted = Ticket.sort_at.is_not(None) & (Ticket.sort_at <= now)
    lengths = {
        "file": _count(session, Arrival.id, Arrival.filed_at.is_(None)),
        "sort": _count(session, Ticket.id, unsorted),
        "media": _count(session, MessageFile.id, MessageFile.due_at.is_not(None)),
        "scan": _count(session, File.sha256, File.scan_due_at.is_not(None)),
    }
    for kind, length in lengths.items():
        yield Gauge("ventanilla_queue", length, "Rows that wait for a kind of work.", (("kind", kind),))
    oldest = {
        "file": arrivals.oldest_unfiled(session),
        "sort": session.scalar(select(func.min(Ticket.sort_at)).where(unsorted)),
        "scan": session.scalar(select(func.min(File.stored_at)).where(File.scan_due_at.is_not(None))),
    }
    for kind, moment in oldest.items():
        told = "Age of the oldest row that waits for a kind of work."
        yield Gauge("ventanilla_queue_oldest_seconds", _age(moment, now), told, (("kind", kind),))


def _deliveries(session: Session, now: datetime) -> Iterator[Gauge]:
    rows = session.execute(
        select(Message.channel, Message.delivery, func.count(), func.min(Message.due_at))
        .where(in_outbox())
        .group_by(Message.channel, Message.delivery)
    ).all()
    for channel, state, count, _ in rows:
        labels = (("channel", channel), ("state", str(state)))
        yield Gauge("ventanilla_outbox", count, "Messages of ours that are not out yet, or not surely.", labels)
    for channel, state, _, due in rows:
        if state is Delivery.QUEUED:
            told = "How long the message of ours that waits longest has been due."
            yield Gauge("ventanilla_outbox_oldest_seconds", _age(due, now), told, (("channel", channel),))


def _lines(session: Session, now: datetime) -> Iterator[Gauge]:
    lines = session.scalars(select(Line).order_by(Line.id)).all()
    for line in lines:
        if line.success_at is not None:
            told = "How long ago a line was last reached."
            yield Gauge(
                "ventanilla_line_success_seconds", _age(line.success_at, now), told, (("channel", line.channel),)
            )
    for line in lines:
        yield Gauge(
            "ventanilla_line_trouble", line.trouble is not None, "1 when a line fails.", (("channel", line.channel),)
        )


def _rest(session: Session, now: datetime) -> Iterator[Gauge]:
    open_ = _count(session, Ticket.id, live())
    yield Gauge("ventanilla_tickets_open", open_, "Tickets that are not solved; counting stops at ten thousand.")
    until = session.scalar(select(Lease.until).where(Lease.name == "clock"))
    yield Gauge("ventanilla_clock_late_seconds", _age(until, now), "For how long nobody has been the clock.")
    if (copy := backups.last(session)) is not None:
        yield Gauge("ventanilla_backup_age_seconds", _age(copy.at, now), "Age of the last backup.")
    day = session.scalar(select(func.max(Counter.day)))
    rows = session.execute(select(Counter.name, Counter.count).where(Counter.day == day, ~Counter.name.contains(":")))
    for name, count in rows:
        yield Gauge(
            "ventanilla_counted_today", count, "How often it happened on the last day it did.", (("what", name),)
        )


def _count(session: Session, column: InstrumentedAttribute[Any], condition: ColumnElement[bool]) -> int:
    some = select(column).where(condition).limit(MOST).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def _age(moment: datetime | None, now: datetime) -> float:
    return 0.0 if moment is None else max(0.0, (now - moment).total_seconds())
