"""How each line is doing: last success, what waits to be filed or sent, trouble, and what a comparison has found."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import case, func, literal, select, update
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
# Under this and the name of a channel is counted what a comparison brought in.
RECOVERED = "recovered:"


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
    # Only the newest: a line that has been silent for so long has no last message worth looking for.
    newest = select(Arrival.line_id, Arrival.received_at).order_by(Arrival.id.desc()).limit(NEWEST).subquery()
    heard = select(newest.c.line_id, func.max(newest.c.received_at).label("at")).group_by(newest.c.line_id).subquery()
    unfiled = (
        select(Arrival.line_id, func.count().label("count"), func.min(Arrival.received_at).label("oldest"))
        .where(Arrival.filed_at.is_(None))
        .group_by(Arrival.line_id)
        .subquery()
    )
    outbox = (
        select(
            Message.channel,
            func.count(Message.due_at).label("queued"),
            func.sum(case((Message.due_at < now - LATE, 1), else_=0)).label("late"),
        )
        .where(in_outbox())
        .group_by(Message.channel)
        .subquery()
    )
    since = now.astimezone(zone).date() - WEEK
    recovered = (
        select(Counter.name, func.sum(Counter.count).label("count"))
        .where(Counter.day > since, Counter.name.like(RECOVERED + "%"))
        .group_by(Counter.name)
        .subquery()
    )
    rows = session.execute(
        select(Line, heard.c.at, unfiled.c.count, unfiled.c.oldest, outbox.c.queued, outbox.c.late, recovered.c.count)
        .outerjoin(heard, heard.c.line_id == Line.id)
        .outerjoin(unfiled, unfiled.c.line_id == Line.id)
        .outerjoin(outbox, outbox.c.channel == Line.channel)
        .outerjoin(recovered, recovered.c.name == literal(RECOVERED) + Line.channel)
        .order_by(Line.id)
    )
    return [
        Pulse(
            line=line,
            heard_at=heard_at,
            unfiled=waiting or 0,
            oldest=oldest,
            queued=queued or 0,
            late=late or 0,
            recovered=int(brought or 0),
            silent=silent(line, patience, now=now),
        )
        for line, heard_at, waiting, oldest, queued, late, brought in rows
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
        counters.count(session, RECOVERED + channel, now=now, zone=zone)


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
