"""What people of the desk say: answers and notes."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.desk import deadlines, delivery_steps, events, file_screening, mail_threads, reply_drafts, rich_text, search
from app.desk.books import Books
from app.desk.message_acts import approve, call_done, drop, retry, undo
from app.desk.reach import LIMITS, addressee, can_send, check, window_until
from app.desk.reply_drafts import Enclosure, save_draft
from app.desk.turns import turn
from app.errors import Impossible
from app.models.message import Direction, File, Message, MessageFile
from app.models.people import User
from app.models.ticket import Status, Ticket
from channels.message import Delivery, Participant
from kb.words import words

__all__ = [
    "LIMITS",
    "Enclosure",
    "addressee",
    "approve",
    "call_done",
    "can_send",
    "drop",
    "note",
    "reply",
    "retry",
    "save_draft",
    "undo",
    "window_until",
]


def reply(
    session: Session,
    ticket: Ticket,
    *,
    text: str,
    by: User,
    now: datetime,
    books: Books,
    channel: str | None = None,
    last_seen: int | None = None,
    client_key: str | None = None,
    undo: timedelta = timedelta(),
    files: Sequence[Enclosure] = (),
    cc: Sequence[Participant] = (),
    then: Status = Status.WAITING,
) -> Message:
    """Answer the contact; Stale if somebody spoke after `last_seen`.

    The same `client_key` twice is one answer, and Impossible when it was another one.
    """
    # Filing locks the ticket too: what is newest now stays so until this answer is kept.
    delivery_steps.lock(session, ticket)
    if twin := _said_before(session, ticket, text, client_key):
        return twin
    channel = channel or ticket.channel
    text = text.strip()
    check(session, ticket, text=text, channel=channel, now=now, last_seen=last_seen, by=by)
    # Left out without a word, they would be promised to somebody who never gets them.
    if files and channel != "email":
        raise Impossible("Los archivos solo van por correo o con una nota: quítelos, o responda por correo.")
    identity = addressee(session, ticket, channel)
    by_hand = channel == "phone"
    message = Message(
        ticket_id=ticket.id,
        origin_ticket_id=ticket.id,
        direction=Direction.OUT,
        channel=channel,
        line_id=ticket.line_id if channel == ticket.channel else None,
        identity_id=identity.id if identity else None,
        author_user_id=by.id,
        subject=_subject(ticket) if channel == "email" else None,
        text=text,
        reply=text,
        html=rich_text.html(text) if channel == "email" else None,
        participants=[one.address for one in cc] if channel == "email" else [],
        words=words(text),
        created_at=now,
        client_key=client_key,
        delivery=Delivery.BY_HAND if by_hand else Delivery.QUEUED,
        due_at=None if by_hand else now + undo,
        attachments=_enclose(session, files),
    )
    mail_threads.tie(session, message)
    _keep(session, ticket, message, now=now)
    ticket.owner_id = ticket.owner_id or by.id
    turn(ticket, Status.OPEN if by_hand else then, now=now)
    deadlines.refresh(ticket, books.hours, books.settings, now=now)
    reply_drafts.done(session, ticket, by=by)
    events.record(
        session, ticket, "replied", now=now, by=by, message=message.id, channel=channel, then=ticket.status.value
    )
    return message


def note(
    session: Session,
    ticket: Ticket,
    *,
    text: str,
    by: User,
    now: datetime,
    client_key: str | None = None,
    files: Sequence[Enclosure] = (),
) -> Message:
    """Write something that nobody outside will see. The same `client_key` twice is one note."""
    if twin := _said_before(session, ticket, text, client_key):
        return twin
    if not text.strip():
        raise Impossible("La nota está vacía.")
    message = Message(
        ticket_id=ticket.id,
        origin_ticket_id=ticket.id,
        direction=Direction.NOTE,
        channel="note",
        audience="staff",
        author_user_id=by.id,
        text=text.strip(),
        reply=text.strip(),
        words=words(text),
        created_at=now,
        client_key=client_key,
        attachments=_enclose(session, files),
    )
    session.add(message)
    session.flush()
    search.index(session, [(message.id, message.words)])
    events.record(session, ticket, "noted", now=now, by=by, message=message.id)
    return message


def _said_before(session: Session, ticket: Ticket, text: str, client_key: str | None) -> Message | None:
    twin = session.scalar(select(Message).where(Message.client_key == client_key)) if client_key else None
    if twin is not None and (twin.ticket_id, twin.text) != (ticket.id, text.strip()):
        raise Impossible("Con esta clave ya se escribió otra cosa. Recargue la página y envíelo de nuevo.")
    return twin


def _keep(session: Session, ticket: Ticket, message: Message, *, now: datetime) -> None:
    session.add(message)
    session.flush()
    search.index(session, [(message.id, message.words)])
    ticket.last_message_id, ticket.last_message_at, ticket.spoke_at = message.id, now, now


def _subject(ticket: Ticket) -> str:
    subject = ticket.subject or "Su consulta"
    fresh = ticket.forwarder_address is not None or subject.lower().startswith("re:")
    return subject if fresh else f"Re: {subject}"


def _enclose(session: Session, files: Sequence[Enclosure]) -> list[MessageFile]:
    for one in files:
        if not file_screening.shown(session.get(File, one.sha256)):
            raise Impossible(f"El archivo «{one.filename}» no se ha guardado. Adjúntelo de nuevo.")
    return [
        MessageFile(filename=one.filename, content_type=one.content_type, size=one.size, sha256=one.sha256)
        for one in files
    ]
