"""How each line is doing: last success, what waits to be filed or sent, trouble, and what a comparison has found."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import case, func, select, update
from sqlalchemy.orm import Session

from app.desk import counters
from app.models.arrival import Arrival, Line
from app.models.book import Counter
from app.models.message import Message, in_outbox
from channels.message import Delivery

NEWEST = 5000
WEEK = timedelta(days=7)
# How long the mailbox may go unread before somebody is told, unless a supervisor has set another time.
SILENCE = timedelta(minutes=15)
LATE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """One line. `recovered` counts what a comparison brought in this week that the wire had not handed us.

    `silent` says that its mailbox could not be read for too long, whatever the reason.
    """

    line: Line
    heard_at: datetime | None
    unfiled: int
    oldest: datetime | None
    queued: int
    late: int
    recovered: int
    silent: bool


def pulses(session: Session, *, now: datetime, zone: ZoneInfo, patience: timedelta = SILENCE) -> list[Pulse]:
    """Every line."""
    lines = session.scalars(select(Line).order_by(Line.id)).all()
    # Only the newest: a line that has been silent for so long has no last message worth looking for.
    newest = select(Arrival.line_id, Arrival.received_at).order_by(Arrival.id.desc()).limit(NEWEST).subquery()
    heard = _pairs(session, select(newest.c.line_id, func.max(newest.c.received_at)).group_by(newest.c.line_id))
    unfiled = {
        line_id: (count, oldest)
        for line_id, count, oldest in session.execute(
            select(Arrival.line_id, func.count(), func.min(Arrival.received_at))
            .where(Arrival.filed_at.is_(None))
            .group_by(Arrival.line_id)
        )
    }
    outbox = session.execute(
        select(
            Message.channel,
            func.count(Message.due_at).label("queued"),
            func.sum(case((Message.due_at < now - LATE, 1), else_=0)).label("late"),
        )
        .where(in_outbox())
        .group_by(Message.channel)
    ).all()
    queued, late = (
        {row.channel: count for row in outbox if (count := getattr(row, name))} for name in ("queued", "late")
    )
    since = now.astimezone(zone).date() - WEEK
    found = select(Counter.name, func.sum(Counter.count)).where(Counter.day > since, Counter.name.like("recovered:%"))
    recovered = _pairs(session, found.group_by(Counter.name))
    return [
        Pulse(
            line=line,
            heard_at=heard.get(line.id),
            unfiled=unfiled.get(line.id, (0, None))[0],
            oldest=unfiled.get(line.id, (0, None))[1],
            queued=queued.get(line.channel, 0),
            late=late.get(line.channel, 0),
            recovered=recovered.get(f"recovered:{line.channel}", 0),
            silent=silent(line, patience, now=now),
        )
        for line in lines
    ]


def patience(settings: Mapping[str, Any]) -> timedelta:
    """How long the mailbox may go unread."""
    minutes = settings.get("mail_silence_minutes")
    return timedelta(minutes=int(minutes)) if minutes else SILENCE


def silent(line: Line, patience: timedelta, *, now: datetime) -> bool:
    """Whether nothing could be fetched for too long; a mailbox that was never read has only its trouble to tell."""
    return line.channel == "email" and line.success_at is not None and now - line.success_at > patience


def compared(session: Session, channel: str, address: str, *, taken: int, now: datetime, zone: ZoneInfo) -> None:
    """What a wire holds has been compared with what we hold; so many were missing here."""
    which = update(Line).where(Line.channel == channel, Line.address == address)
    session.execute(which.values(compared_at=now))
    for _one in range(taken):
        counters.count(session, f"recovered:{channel}", now=now, zone=zone)


def compared_at(session: Session, channel: str) -> datetime | None:
    """When a channel was compared last."""
    return session.scalar(select(func.max(Line.compared_at)).where(Line.channel == channel))


def retry(session: Session, line: Line, *, now: datetime) -> None:
    """Whatever waits for a later try on a line is due at once."""
    session.execute(update(Arrival).where(Arrival.line_id == line.id, Arrival.filed_at.is_(None)).values(due_at=now))
    session.execute(
        update(Message)
        .where(in_outbox(), Message.channel == line.channel, Message.delivery == Delivery.QUEUED, Message.attempts > 0)
        .values(due_at=now)
    )


def _pairs(session: Session, query: Any) -> dict[Any, Any]:
    return {key: value for key, value in session.execute(query)}  # noqa: C416 - rows are not pairs to the type checker
