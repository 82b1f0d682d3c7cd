"""What people do about messages that are written already: take back, send again, approve, drop, note a call."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.desk import deadlines, delivery_steps, events, reliability, search, unreached_calls
from app.desk.books import Books
from app.desk.reach import can_send, check
from app.desk.reply_drafts import Enclosure, save_draft
from app.desk.turns import turn
from app.errors import Impossible
from app.models.message import Message
from app.models.people import User
from app.models.ticket import Answer, Status
from channels.message import Delivery
from kb.words import words

OUTCOMES = ("reached", "no_answer", "wrong_number")


def undo(session: Session, message: Message, *, by: User, now: datetime) -> None:
    """Take back an answer that has not left yet; its text and files become the draft again."""
    ticket = delivery_steps.ticket_of(session, message.id)
    unsent = (Message.attempts == 0, Message.due_at > now)
    if not delivery_steps.step(session, message.id, (Delivery.QUEUED,), Delivery.DROPPED, *unsent, due_at=None):
        raise Impossible("El mensaje ya ha salido y no se puede deshacer.")
    copies = ", ".join(message.participants)
    files = [
        Enclosure(sha256=one.sha256, filename=one.filename, content_type=one.content_type, size=one.size)
        for one in message.attachments
        if one.sha256
    ]
    save_draft(session, ticket, text=message.text, by=by, now=now, way=message.channel, cc=copies, files=files)
    if ticket.status in {Status.WAITING, Status.SOLVED, Status.HELD}:
        ticket.status, ticket.solved_at = Status.OPEN, None
        deadlines.resume(ticket, now=now)
    events.record(session, ticket, "reply_undone", now=now, by=by, message=message.id)


def retry(session: Session, message: Message, *, by: User, now: datetime) -> None:
    """Send again what failed, or what nobody knows to have arrived."""
    ticket = delivery_steps.ticket_of(session, message.id)
    if message.audience == "contact" and (reason := can_send(session, ticket, channel=message.channel, now=now)):
        raise Impossible(reason)
    fresh: dict[str, Any] = {"due_at": now, "attempts": 0, "reason": None, "code": None}
    # A wire's own id belongs to one try; on e-mail the id is ours and a resend keeps it.
    if message.channel != "email":
        fresh["external_id"] = None
    if not delivery_steps.step(session, message.id, (Delivery.FAILED, Delivery.UNCERTAIN), Delivery.QUEUED, **fresh):
        raise Impossible("Este mensaje no está pendiente de reintento.")
    events.record(session, ticket, "retried", now=now, by=by, message=message.id)


def approve(
    session: Session,
    message: Message,
    *,
    text: str,
    by: User,
    now: datetime,
    books: Books,
    last_seen: int | None = None,
) -> None:
    """Send what the machine proposed, perhaps mended; Stale if somebody spoke after `last_seen`."""
    ticket, text = delivery_steps.ticket_of(session, message.id), text.strip()
    check(session, ticket, text=text, channel=message.channel, now=now, last_seen=last_seen, by=by)
    edited = message.text.strip() != text
    reliability.decided(session, message, ticket, text=text, now=now)
    said = {"text": text, "reply": text, "words": words(text), "due_at": now, "author_user_id": by.id}
    if not delivery_steps.step(session, message.id, (Delivery.PROPOSED,), Delivery.QUEUED, **said):
        raise Impossible("Esta propuesta ya se ha enviado o descartado.")
    ticket.last_message_id, ticket.last_message_at, ticket.spoke_at = message.id, now, now
    turn(ticket, Status.SOLVED if message.author_rule == "other_body" else Status.WAITING, now=now)
    deadlines.refresh(ticket, books.hours, books.settings, now=now)
    search.index(session, [(message.id, words(text))])
    events.record(session, ticket, "proposal_sent", now=now, by=by, message=message.id, edited=edited)


def drop(session: Session, message: Message, *, by: User, now: datetime) -> None:
    """Throw away what the machine proposed."""
    ticket = delivery_steps.ticket_of(session, message.id)
    if not delivery_steps.step(session, message.id, (Delivery.PROPOSED,), Delivery.DROPPED):
        raise Impossible("Esta propuesta ya se ha enviado o descartado.")
    reliability.decided(session, message, ticket, text=None, now=now)
    session.execute(delete(Answer).where(Answer.message_id == message.id))
    events.record(session, ticket, "proposal_dropped", now=now, by=by, message=message.id)


def call_done(session: Session, message: Message, *, outcome: str, by: User, now: datetime, books: Books) -> None:
    """Write down how a call went: reached, no_answer or wrong_number."""
    if outcome not in OUTCOMES:
        raise Impossible("Diga cómo ha ido la llamada.")
    ticket = delivery_steps.ticket_of(session, message.id)
    after, told = _call(outcome, by=by, now=now)
    if not delivery_steps.step(session, message.id, (Delivery.BY_HAND,), after, attempts=Message.attempts + 1, **told):
        raise Impossible("Esta llamada ya está anotada.")
    # A call to a town hall about a matter in its hands answers nobody's question.
    if outcome == "reached" and message.audience == "contact":
        ticket.first_answered_at = ticket.first_answered_at or now
        ticket.call_back_at = None
        turn(ticket, Status.SOLVED, now=now)
    deadlines.refresh(ticket, books.hours, books.settings, now=now)
    events.record(session, ticket, "called", now=now, by=by, message=message.id, outcome=outcome)
    if outcome == "no_answer" and message.audience == "contact":
        unreached_calls.tell(session, ticket, attempts=message.attempts, by=by, now=now, books=books)


def _call(outcome: str, *, by: User, now: datetime) -> tuple[Delivery, dict[str, Any]]:
    if outcome == "reached":
        return Delivery.DONE, {"code": outcome, "sent_at": now, "author_user_id": by.id}
    if outcome == "wrong_number":
        return Delivery.FAILED, {"code": outcome, "reason": "El número no es de esta persona"}
    return Delivery.BY_HAND, {"code": outcome, "reason": "No contesta"}
