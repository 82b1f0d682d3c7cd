"""What people of the desk say: answers, notes, calls, drafts; and what they do about messages that did not go well."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.desk import deadlines, events, search, talk
from app.desk.books import Books
from app.errors import Impossible, Stale
from app.models.message import Direction, Draft, File, Message, MessageFile
from app.models.people import Identity, User
from app.models.ticket import Answer, Status, Ticket
from channels.message import Delivery
from kb.words import words

LIMITS = {"whatsapp": 1600, "email": 100_000, "phone": 20_000}
FREE = {"email", "phone"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A file to go with a reply, already kept in the files."""

    sha256: str
    filename: str
    content_type: str
    size: int


def addressee(session: Session, ticket: Ticket, channel: str) -> Identity | None:
    """Where this ticket's contact is reached on a channel: the address last heard from, if it is not dead."""
    return session.scalar(
        select(Identity)
        .where(Identity.contact_id == ticket.contact_id, Identity.channel == channel, Identity.kind != "none")
        .order_by(Identity.dead_since.is_not(None), Identity.heard_at.desc(), Identity.id)
        .limit(1)
    )


def window_until(session: Session, ticket: Ticket) -> datetime | None:
    """Until when this ticket's chat may be answered freely; None on channels that never close."""
    identity = addressee(session, ticket, ticket.channel)
    return talk.window_until(session, identity.id, ticket.line_id, ticket.channel) if identity else None


def can_send(session: Session, ticket: Ticket, *, channel: str, now: datetime) -> str | None:
    """None if a message can go to this contact by this channel now, else a Spanish sentence that says why not."""
    if channel == "phone":
        return None
    identity = addressee(session, ticket, channel)
    if identity is None:
        return {
            "whatsapp": "No tenemos un WhatsApp de esta persona.",
            "email": "No tenemos una dirección de correo de esta persona.",
        }.get(channel, "No hay manera de escribirle por este canal.")
    if identity.dead_since is not None:
        return "Esta dirección devuelve los mensajes. Use otro canal o llame por teléfono."
    until = talk.window_until(session, identity.id, ticket.line_id, channel)
    if until is not None and now >= until:
        return (
            "Han pasado más de 24 horas desde su último mensaje y WhatsApp ya no admite texto libre."
            " Use una plantilla aprobada, otro canal o llame por teléfono."
        )
    return None


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
    then: Status = Status.WAITING,
) -> Message:
    """Answer the contact. The same `client_key` twice is one answer; Stale if something newer than `last_seen` came."""
    if client_key and (twin := session.scalar(select(Message).where(Message.client_key == client_key))):
        return twin
    channel = channel or ticket.channel
    text = text.strip()
    _check(session, ticket, text=text, channel=channel, last_seen=last_seen, now=now)
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
        words=words(text),
        created_at=now,
        client_key=client_key,
        delivery=Delivery.BY_HAND if by_hand else Delivery.QUEUED,
        due_at=None if by_hand else now + undo,
        attachments=_enclose(session, files),
    )
    talk.thread(session, message, ticket)
    _keep(session, ticket, message, now=now)
    ticket.owner_id = ticket.owner_id or by.id
    _turn(ticket, Status.OPEN if by_hand else then, now=now)
    deadlines.refresh(ticket, books.hours, books.settings, now=now)
    session.execute(delete(Draft).where(Draft.ticket_id == ticket.id, Draft.user_id == by.id))
    events.record(
        session, ticket, "replied", now=now, by=by, message=message.id, channel=channel, then=ticket.status.value
    )
    return message


def note(session: Session, ticket: Ticket, *, text: str, by: User, now: datetime) -> Message:
    """Write something that nobody outside will see."""
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
    )
    session.add(message)
    session.flush()
    search.index(session, [(message.id, message.words)])
    events.record(session, ticket, "noted", now=now, by=by, message=message.id)
    return message


def undo(session: Session, message: Message, *, by: User, now: datetime) -> None:
    """Take back an answer that has not left yet; its text becomes the draft again."""
    if message.delivery is not Delivery.QUEUED or message.attempts or (message.due_at and message.due_at <= now):
        raise Impossible("El mensaje ya ha salido y no se puede deshacer.")
    ticket = session.get_one(Ticket, message.ticket_id)
    message.delivery, message.due_at = Delivery.DROPPED, None
    save_draft(session, ticket, text=message.text, by=by, now=now)
    if ticket.status in {Status.WAITING, Status.SOLVED}:
        ticket.status, ticket.solved_at = Status.OPEN, None
    events.record(session, ticket, "reply_undone", now=now, by=by, message=message.id)


def retry(session: Session, message: Message, *, by: User, now: datetime) -> None:
    """Send again what failed, or what nobody knows to have arrived."""
    if message.delivery not in {Delivery.FAILED, Delivery.UNCERTAIN}:
        raise Impossible("Este mensaje no está pendiente de reintento.")
    ticket = session.get_one(Ticket, message.ticket_id)
    if message.audience == "contact" and (reason := can_send(session, ticket, channel=message.channel, now=now)):
        raise Impossible(reason)
    message.delivery, message.due_at, message.attempts = Delivery.QUEUED, now, 0
    message.reason = message.code = None
    # A wire's own id belongs to one try; on e-mail the id is ours and a resend keeps it.
    if message.channel != "email":
        message.external_id = None
    events.record(session, ticket, "retried", now=now, by=by, message=message.id)


def approve(session: Session, message: Message, *, text: str, by: User, now: datetime, books: Books) -> None:
    """Send what the machine proposed, perhaps mended; whoever sends it answers for it."""
    ticket = session.get_one(Ticket, message.ticket_id)
    _check(session, ticket, text=text.strip(), channel=message.channel, last_seen=None, now=now)
    if message.delivery is not Delivery.PROPOSED:
        raise Impossible("Esta propuesta ya se ha enviado o descartado.")
    edited = message.text.strip() != text.strip()
    message.text = message.reply = text.strip()
    message.words = words(text)
    message.delivery, message.due_at, message.author_user_id = Delivery.QUEUED, now, by.id
    ticket.last_message_id, ticket.last_message_at, ticket.spoke_at = message.id, now, now
    _turn(ticket, Status.SOLVED if ticket.close_reason == "other_body" else Status.WAITING, now=now)
    deadlines.refresh(ticket, books.hours, books.settings, now=now)
    search.index(session, [(message.id, message.words)])
    events.record(session, ticket, "proposal_sent", now=now, by=by, message=message.id, edited=edited)


def drop(session: Session, message: Message, *, by: User, now: datetime) -> None:
    """Throw away what the machine proposed."""
    if message.delivery is not Delivery.PROPOSED:
        raise Impossible("Esta propuesta ya se ha enviado o descartado.")
    message.delivery = Delivery.DROPPED
    session.execute(delete(Answer).where(Answer.message_id == message.id))
    ticket = session.get_one(Ticket, message.ticket_id)
    events.record(session, ticket, "proposal_dropped", now=now, by=by, message=message.id)


def call_done(session: Session, message: Message, *, outcome: str, by: User, now: datetime, books: Books) -> None:
    """Write down how a call went: reached, no_answer or wrong_number."""
    if message.delivery is not Delivery.BY_HAND:
        raise Impossible("Esta llamada ya está anotada.")
    ticket = session.get_one(Ticket, message.ticket_id)
    message.attempts += 1
    message.code = outcome
    if outcome == "reached":
        message.delivery, message.sent_at = Delivery.DONE, now
        message.author_user_id = by.id
        ticket.first_answered_at = ticket.first_answered_at or now
        ticket.call_back_at = None
        _turn(ticket, Status.SOLVED, now=now)
    elif outcome == "wrong_number":
        message.delivery, message.reason = Delivery.FAILED, "El número no es de esta persona"
    else:
        message.reason = "No contesta"
    deadlines.refresh(ticket, books.hours, books.settings, now=now)
    events.record(session, ticket, "called", now=now, by=by, message=message.id, outcome=outcome)


def save_draft(session: Session, ticket: Ticket, *, text: str, by: User, now: datetime) -> None:
    """Keep what a user has begun to write; an empty text forgets it."""
    row = session.scalar(select(Draft).where(Draft.ticket_id == ticket.id, Draft.user_id == by.id))
    if not text.strip():
        if row is not None:
            session.delete(row)
        return
    if row is None:
        row = Draft(ticket_id=ticket.id, user_id=by.id)
        session.add(row)
    row.text, row.saved_at = text, now


def draft(session: Session, ticket: Ticket, user: User) -> str:
    """What a user has begun to write in a ticket, or nothing."""
    return session.scalar(select(Draft.text).where(Draft.ticket_id == ticket.id, Draft.user_id == user.id)) or ""


def _check(session: Session, ticket: Ticket, *, text: str, channel: str, last_seen: int | None, now: datetime) -> None:
    if not text:
        raise Impossible("El mensaje está vacío.")
    if len(text) > LIMITS.get(channel, 1600):
        raise Impossible(f"El mensaje tiene {len(text)} caracteres y por este canal caben {LIMITS[channel]}.")
    if ticket.merged_into_id is not None:
        raise Impossible("Esta consulta está fusionada con otra: conteste en aquella.")
    newest = session.scalar(
        select(func.max(Message.id)).where(Message.ticket_id == ticket.id, Message.direction == Direction.IN)
    )
    if last_seen is not None and newest is not None and newest > last_seen:
        raise Stale("Ha llegado un mensaje nuevo mientras escribía. No se ha enviado nada.")
    if reason := can_send(session, ticket, channel=channel, now=now):
        raise Impossible(reason)


def _keep(session: Session, ticket: Ticket, message: Message, *, now: datetime) -> None:
    session.add(message)
    session.flush()
    search.index(session, [(message.id, message.words)])
    ticket.last_message_id, ticket.last_message_at, ticket.spoke_at = message.id, now, now


def _turn(ticket: Ticket, status: Status, *, now: datetime) -> None:
    ticket.status = status
    if status is Status.SOLVED:
        ticket.solved_at = now
    if status in {Status.WAITING, Status.SOLVED, Status.HELD}:
        ticket.waiting_since = None


def _subject(ticket: Ticket) -> str:
    subject = ticket.subject or "Su consulta"
    fresh = ticket.forwarder_address is not None or subject.lower().startswith("re:")
    return subject if fresh else f"Re: {subject}"


def _enclose(session: Session, files: Sequence[Enclosure]) -> list[MessageFile]:
    for one in files:
        if session.get(File, one.sha256) is None:
            raise Impossible(f"El archivo «{one.filename}» no se ha guardado. Adjúntelo de nuevo.")
    return [
        MessageFile(filename=one.filename, content_type=one.content_type, size=one.size, sha256=one.sha256)
        for one in files
    ]
