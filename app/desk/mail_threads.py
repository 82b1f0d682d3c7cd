"""The thread that an outgoing e-mail stands in: its Message-ID and the ids of what it answers (RFC 5322, 3.6.4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from secrets import token_hex

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.arrival import Line
from app.models.message import Direction, Message
from channels.message import Delivery

SAID = (
    Delivery.QUEUED,
    Delivery.SENDING,
    Delivery.SENT,
    Delivery.DELIVERED,
    Delivery.READ,
    Delivery.UNCERTAIN,
    Delivery.DONE,
)
LONGEST_REFERENCES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """What an e-mail says of the one that it answers: In-Reply-To and References."""

    in_reply_to: str | None = None
    references: tuple[str, ...] = ()


def thread(messages: Sequence[Message], identity_id: int | None) -> Thread:
    """The place of an answer to one person among a ticket's messages; a forwarded citizen begins a thread with us."""
    mine = [m for m in messages if m.identity_id == identity_id]
    last = next((m for m in reversed(mine) if m.direction is Direction.IN), None)
    if last is None or last.forwarded is not None:
        ours = [m.external_id for m in mine if m.direction is Direction.OUT and m.external_id and m.delivery in SAID]
        return Thread(in_reply_to=ours[-1] if ours else None, references=tuple(ours[-LONGEST_REFERENCES:]))
    wire_id = (last.external_id or "").partition("#")[0]
    answered = wire_id if wire_id.startswith("<") else None
    chain = (*last.references, *([answered] if answered else []))
    # The first reference names the thread, the last ones the place in it; the middle may go.
    kept = chain if len(chain) <= LONGEST_REFERENCES else (chain[0], *chain[1 - LONGEST_REFERENCES :])
    return Thread(in_reply_to=answered, references=kept)


def tie(session: Session, message: Message) -> None:
    """Give an e-mail that is about to be queued its id and its place in the thread; another channel knows neither."""
    if message.channel != "email":
        return
    of_it = (Message.ticket_id == message.ticket_id, Message.identity_id == message.identity_id)
    enter(
        message, thread(session.scalars(select(Message).where(*of_it).order_by(Message.id)).all(), message.identity_id)
    )
    line = session.get(Line, message.line_id) if message.line_id else None
    if line is not None:
        message.external_id = message_id(line.address)


def enter(message: Message, place: Thread) -> None:
    """Write a place in a thread on a message."""
    message.in_reply_to, message.references = place.in_reply_to, list(place.references)


def message_id(line: str) -> str:
    """A new Message-ID of a line's domain, which every try keeps: an answer or a report names it before we are sure."""
    return f"<ventanilla.{token_hex(12)}@{line.rpartition('@')[2] or 'localhost'}>"
