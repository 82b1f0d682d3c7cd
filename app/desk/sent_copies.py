"""What went out of late, for those who keep copies of it."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.message import Direction, Message
from channels.message import Delivery

GONE = (Delivery.SENT, Delivery.DELIVERED, Delivery.READ)
# The newest rows that are looked at; whoever sends more in two days than this has a server that keeps copies itself.
MOST = 5000


def gone(session: Session, channel: str, *, after: datetime, before: datetime) -> dict[str, int]:
    """The messages that we sent on a channel between two moments: their ids on the wire, and ours."""
    newest = select(Message.id).order_by(Message.id.desc()).limit(MOST).subquery()
    rows = session.execute(
        select(Message.external_id, Message.id).where(
            Message.id.in_(select(newest.c.id)),
            Message.direction == Direction.OUT,
            Message.channel == channel,
            Message.delivery.in_(GONE),
            Message.arrival_id.is_(None),
            Message.erased_at.is_(None),
            Message.sent_at.between(after, before),
        )
    )
    return {external_id: message_id for external_id, message_id in rows if external_id}
