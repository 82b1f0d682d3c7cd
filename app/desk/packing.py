"""A queued message made into what a channel sends: address, thread, files; and which kinds of work have rows due."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.desk import arrivals, auto_submitted, file_screening, film_jobs, quoting
from app.desk.books import Books
from app.desk.tokens import mark, return_mark
from app.files import Files
from app.models.arrival import Line
from app.models.message import Direction, File, Message, MessageFile, in_outbox
from app.models.people import Contact
from app.models.ticket import Ticket
from channels.channel import Channel
from channels.message import Address, Attachment, Delivery, Outbound, Participant


@dataclass(frozen=True, slots=True)
class Packer:
    """What packing needs of the house."""

    public_url: str
    keys: tuple[str, ...]
    channels: Mapping[str, Channel]
    files: Files
    books: Books


def outbound(session: Session, message_id: int, *, packer: Packer) -> Outbound:
    """The message as its channel sends it; a resend is the same but for its attempt."""
    message = (
        session.scalars(
            select(Message)
            .where(Message.id == message_id)
            .options(joinedload(Message.identity), joinedload(Message.attachments))
        )
        .unique()
        .one()
    )
    ticket = session.get_one(Ticket, message.ticket_id)
    contact = session.get_one(Contact, ticket.contact_id)
    line = session.get(Line, message.line_id) if message.line_id else None
    channel = packer.channels.get(message.channel)
    ours = line.address if line else (channel.line if channel else "")
    identity = message.identity
    address = Address(
        channel=message.channel,
        address=identity.address if identity else "",
        kind=identity.kind if identity else "none",
    )
    template = message.template or []
    said, language = _answered(session, message), _language(message, ticket, packer.books)
    around = quoting.frame(packer.books, language)
    return Outbound(
        key=message.id,
        attempt=message.attempts,
        channel=message.channel,
        line=ours,
        to=address,
        to_name=contact.name if message.audience == "contact" else None,
        text=quoting.text(message.text, said, around) if said else message.text,
        html=_html(message, said, around) if message.channel == "email" else None,
        language=language,
        cc=tuple(Participant(address=one) for one in message.participants),
        queued_at=message.created_at,
        external_id=message.external_id,
        subject=message.subject,
        message_id=message_id_of(message, ours) if message.channel == "email" else None,
        in_reply_to=message.in_reply_to,
        references=tuple(message.references),
        reply_to=_plus(ours, mark(ticket.id, packer.keys)) if message.channel == "email" else None,
        returns_to=_plus(ours, return_mark(message.id, packer.keys)) if message.channel == "email" else None,
        attachments=tuple(_attachment(f, packer.files) for f in message.attachments if f.sha256),
        template=(template[0], template[1]) if len(template) == 2 else None,
        automatic=auto_submitted.kind(session, message),
    )


def _language(message: Message, ticket: Ticket, books: Books) -> str:
    """Of its words: a town hall is written to in the desk's first, and two lines may be in one that the desk lacks."""
    if message.audience == "clerk":
        return books.spoken(None)
    return (message.author_rule == "foreign" and ticket.language) or books.spoken(ticket.language)


def _html(message: Message, said: str, around: quoting.Frame) -> str | None:
    return quoting.html(message.html, said, around) if message.html and said else message.html


def _answered(session: Session, message: Message) -> str:
    """What somebody wrote whom a person answers by mail; nothing of a forward, and of nobody else.

    What the machine sends repeats nothing: whoever forges a sender would have us pass on his words.
    """
    by_person = message.author_user_id is not None and message.audience == "contact"
    if message.channel != "email" or not by_person or message.in_reply_to is None:
        return ""
    theirs = session.scalars(
        select(Message).where(
            Message.external_id == message.in_reply_to,
            Message.ticket_id == message.ticket_id,
            Message.identity_id == message.identity_id,
            Message.direction == Direction.IN,
            Message.erased_at.is_(None),
        )
    ).first()
    return (theirs.reply or theirs.text) if theirs is not None and theirs.forwarded is None else ""


def message_id_of(message: Message, ours: str) -> str:
    """The Message-ID of a mail of ours: the same for every try, and ours by its domain."""
    domain = ours.rpartition("@")[2] or "localhost"
    return message.external_id or f"<ventanilla.{message.id}.{int(message.created_at.timestamp())}@{domain}>"


def due_kinds(session: Session, *, now: datetime) -> list[str]:
    """The kinds of work of which at least one row is due."""
    kinds = []
    if arrivals.due(session, now=now):
        kinds.append("file")
    if session.scalar(select(Ticket.id).where(Ticket.sort_at.is_not(None), Ticket.sort_at <= now).limit(1)):
        kinds.append("sort")
    kinds += [
        f"deliver:{channel}"
        for channel in session.scalars(
            select(Message.channel)
            .where(in_outbox(), Message.delivery == Delivery.QUEUED, Message.due_at <= now)
            .distinct()
        )
    ]
    stuck = (Message.delivery == Delivery.SENDING) & (Message.leased_until < now)
    asking = (Message.delivery == Delivery.UNCERTAIN) & (Message.due_at <= now)
    if session.scalar(select(Message.id).where(in_outbox(), stuck | asking).limit(1)):
        kinds.append("settle")
    if session.scalar(select(MessageFile.id).where(MessageFile.due_at <= now).limit(1)):
        kinds.append("media")
    if session.scalar(select(File.sha256).where(File.scan_due_at <= now).limit(1)):
        kinds.append("scan")
    if film_jobs.due(session, now=now):
        kinds.append("film")
    return kinds


def _plus(address: str, token: str) -> str:
    name, at, domain = address.partition("@")
    return f"{name}+{token}{at}{domain}" if at else address


def _attachment(row: MessageFile, files: Files) -> Attachment:
    if not file_screening.shown(row.file):
        raise PermissionError("a file that is held goes to nobody")
    with files.open(row.sha256 or "") as kept:
        content = kept.read()
    return Attachment(filename=row.filename, content_type=row.content_type, size=len(content), content=content)
