"""The breaker of automatic mail: so much an hour to one address, so much to everybody, and then no more."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.desk import desk_settings
from app.desk.gate import DAY_CAP, PER_ADDRESS, Caps
from app.models.message import Direction, Message
from channels.message import Delivery

PER_HOUR = 1000
HOUR = timedelta(hours=1)
# How many rows of the newest are looked at for each automatic mail that is allowed.
LOOKED_AT = 4
GONE = (Delivery.QUEUED, Delivery.SENDING, Delivery.SENT, Delivery.DELIVERED, Delivery.READ, Delivery.UNCERTAIN)


def caps(settings: Mapping[str, Any], *, urgent: bool, now: datetime) -> Caps:
    """What the gate is to look at; an urgent answer is held back by the day's cap only."""
    per_address = int(settings.get("mail_per_address", PER_ADDRESS))
    until = settings.get("mail_breaker_until")
    stopped = isinstance(until, str) and now < datetime.fromisoformat(until)
    return Caps(
        per_address=DAY_CAP if urgent else per_address,
        stopped=stopped and not urgent,
        off=bool(settings.get("kill_switch")),
    )


def lately(session: Session, identity_ids: Sequence[int], *, now: datetime) -> Mapping[int, int]:
    """How many automatic mails each of these addresses has been sent within the hour."""
    rows = session.execute(
        select(Message.identity_id, func.count())
        .where(Message.identity_id.in_(set(identity_ids)), *_automatic(now))
        .group_by(Message.identity_id)
    )
    return {identity_id: count for identity_id, count in rows if identity_id is not None}


def trip(session: Session, settings: Mapping[str, Any], *, now: datetime) -> bool:
    """Open the breaker for an hour if too much automatic mail has gone out; True if it opens now."""
    most = int(settings.get("mail_per_hour", PER_HOUR))
    newest = select(Message.id).order_by(Message.id.desc()).limit(most * LOOKED_AT).subquery()
    sent = select(func.count()).where(Message.id.in_(select(newest.c.id)), *_automatic(now))
    if caps(settings, urgent=False, now=now).stopped or (session.scalar(sent) or 0) < most:
        return False
    desk_settings.put(session, "mail_breaker_until", (now + HOUR).isoformat(), now=now)
    return True


def _automatic(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Message.direction == Direction.OUT,
        Message.channel == "email",
        Message.author_rule.is_not(None),
        Message.author_user_id.is_(None),
        Message.delivery.in_(GONE),
        Message.created_at >= now - HOUR,
    )
