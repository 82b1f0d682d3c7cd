"""Messages read again from what the wire handed us, after the reading has become better."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from app.desk import delivery_steps, events, message_parts, reparsed_extras, search
from app.models.arrival import Arrival, Line
from app.models.message import Direction, Message
from channels.message import Inbound
from kb.words import words


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One message as it reads now."""

    message_id: int
    inbound: Inbound
    words: str
    files: tuple[message_parts.Kept, ...] = ()


def batch(session: Session, channel: str, *, after: int, limit: int) -> Sequence[tuple[int, Arrival, Line]]:
    """The next messages of a channel whose raw bytes we still hold, by id."""
    rows = session.execute(
        select(Message.id, Arrival, Line)
        .join(Arrival, Arrival.id == Message.arrival_id)
        .join(Line, Line.id == Arrival.line_id)
        .where(
            Message.id > after,
            Message.channel == channel,
            Message.direction == Direction.IN,
            Message.erased_at.is_(None),
            Arrival.erased_at.is_(None),
        )
        .order_by(Message.id)
        .limit(limit)
        .options(undefer(Arrival.raw))
    )
    return [(message_id, arrival, line) for message_id, arrival, line in rows]


def amend(session: Session, reading: Reading, *, keys: tuple[str, ...], now: datetime) -> bool:
    """Give a message the words and the files that are read now, and what follows from them where no person has acted.

    False when it reads as before.
    """
    message = session.get(Message, reading.message_id)
    if message is None or message.erased_at is not None:
        return False
    ticket = delivery_steps.ticket_of(session, message.id)
    changed = _words(session, message, reading)
    changed = reparsed_extras.files(session, message, reading.files, now=now) or changed
    if reparsed_extras.untouched(session, ticket):
        changed = reparsed_extras.decided(session, message, ticket, reading.inbound, keys=keys, now=now) or changed
    if changed:
        events.record(session, ticket, "reread", now=now, message=message.id)
    return changed


def _words(session: Session, message: Message, reading: Reading) -> bool:
    said = _said(message, reading.inbound)
    if said is None or said == (message.text, message.reply):
        return False
    typed = " ".join(file.transcript for file in message.attachments if file.transcript)
    message.text, message.reply, message.words = *said, f"{reading.words} {words(typed)}".strip()
    session.flush()
    search.forget(session, message.id)
    search.index(session, [(message.id, message.words)])
    return True


def _said(message: Message, inbound: Inbound) -> tuple[str, str] | None:
    """The words and the new ones among them; of an accepted forward the citizen's, if there is one still."""
    if message.forwarded is None:
        return inbound.text, inbound.reply
    if inbound.forwarded is None:
        return None
    return inbound.forwarded.text, inbound.forwarded.text
