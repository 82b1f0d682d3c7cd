"""One step of the delivery machine: a conditional UPDATE under the ticket's lock, and what the ticket learns of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session, aliased

from app.desk import deadlines, events
from app.models.message import Message
from app.models.ticket import Status, Ticket
from channels.message import Delivery

ENDED = (Delivery.SENDING, Delivery.QUEUED, Delivery.UNCERTAIN, Delivery.SENT)


def ticket_of(session: Session, message_id: int) -> Ticket:
    """The message's ticket, locked: tickets are locked before their messages, everywhere."""
    of_it = select(Message.ticket_id).where(Message.id == message_id)
    return lock(session, session.scalars(select(Ticket).where(Ticket.id == of_it.scalar_subquery())).one())


def lock(session: Session, ticket: Ticket) -> Ticket:
    """The same ticket, locked for the rest of the transaction and as it stands now."""
    again = select(Ticket).where(Ticket.id == ticket.id).with_for_update()
    session.scalars(again.execution_options(populate_existing=True)).one()
    events.hold(session, ticket, locked=True)
    return ticket


def step(
    session: Session,
    message_id: int,
    before: Sequence[Delivery],
    after: Delivery,
    *where: Any,
    **values: Any,
) -> bool:
    """Move a message on if it still stands where we think; False when somebody else has moved it."""
    done = session.execute(
        update(Message)
        .where(Message.id == message_id, Message.delivery.in_(before), *where)
        .values(delivery=after, **values)
        .returning(Message.id)
        .execution_options(synchronize_session="fetch")
    )
    return done.scalar() is not None


def name(session: Session, message_id: int, external_id: str, *, surely: bool = False) -> None:
    """Remember the wire's own id, the first time that we hear it; `surely` when it is the answer to this very try."""
    if external_id:
        unknown = Message.id == message_id if surely else Message.external_id.is_(None)
        other = aliased(Message)
        # Two messages of the same words may have been taken for each other; the id stays where it was heard first.
        taken = exists().where(other.line_id == Message.line_id, other.external_id == external_id[:998])
        session.execute(
            update(Message)
            .where(Message.id == message_id, unknown, ~taken)
            .values(external_id=external_id[:998])
            .execution_options(synchronize_session="fetch")
        )


def fail(session: Session, message_id: int, reason: str, code: str | None, *, now: datetime, where: Any = ()) -> None:
    """→ failed: it will not arrive, and its ticket comes back to people with the reason."""
    ticket = ticket_of(session, message_id)
    lost = {"reason": reason[:300], "code": (code or "")[:40] or None, "leased_until": None, "due_at": None}
    if step(session, message_id, ENDED, Delivery.FAILED, *where, **lost):
        trouble(session, ticket, message_id, "delivery_failed", code, now=now)


def spoken(session: Session, ticket: Ticket, message_id: int, *, now: datetime) -> None:
    """A message has left the house; the first of a person's is the first answer."""
    ticket.version += 1
    message = session.get_one(Message, message_id)
    if message.author_user_id is not None and message.audience == "contact" and ticket.first_answered_at is None:
        ticket.first_answered_at = now


def trouble(session: Session, ticket: Ticket, message_id: int, what: str, code: str | None, *, now: datetime) -> None:
    """Something of ours did not arrive, or may not have: if we thought it answered, it is our turn again."""
    message = session.get_one(Message, message_id)
    if ticket.status in {Status.WAITING, Status.SOLVED} and message.audience == "contact":
        ticket.status, ticket.solved_at = Status.OPEN, None
        deadlines.resume(ticket, now=now)
    events.record(session, ticket, what, now=now, message=message_id, code=code)
