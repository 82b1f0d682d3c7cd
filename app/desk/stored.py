"""How the parts of a message become rows: its files, its payload, a clerk's comment; and what is still to fetch."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from app.models.arrival import Arrival
from app.models.message import Direction, File, Message, MessageFile
from app.models.ticket import Status, Ticket
from channels.message import Attachment, Inbound

MEDIA_LEASE = timedelta(minutes=3)
MEDIA_TRIES = 30
MEDIA_WAITS = (
    timedelta(seconds=1),
    timedelta(seconds=3),
    timedelta(seconds=30),
    timedelta(minutes=5),
    timedelta(hours=1),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An attachment whose bytes lie in the files under their hash; no hash while they must still be fetched."""

    attachment: Attachment
    sha256: str | None
    size: int


def files(kept: Sequence[Kept], *, now: datetime) -> list[MessageFile]:
    """The rows of a message's files; what must be fetched is due at once."""
    return [
        MessageFile(
            filename=one.attachment.filename[:255] or "adjunto",
            content_type=one.attachment.content_type[:120] or "application/octet-stream",
            size=one.size,
            sha256=one.sha256,
            content_id=(one.attachment.content_id or "")[:255] or None,
            reference=one.attachment.reference,
            due_at=now if one.attachment.reference and not one.sha256 else None,
        )
        for one in kept
    ]


def keep_files(session: Session, kept: Sequence[Kept], *, now: datetime) -> None:
    """Make sure that every stored hash has its row, before messages refer to it."""
    rows = {
        one.sha256: {
            "sha256": one.sha256,
            "size": one.size,
            "type": one.attachment.content_type[:120],
            "stored_at": now,
        }
        for one in kept
        if one.sha256
    }
    if rows:
        insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
        session.execute(insert(File).values([rows[k] for k in sorted(rows)]).on_conflict_do_nothing())


def payload(inbound: Inbound) -> dict[str, Any] | None:
    """A pressed button, a reaction or a place, as it is kept; and whether the message was forwarded."""
    kept: dict[str, Any] = {}
    if inbound.payload is not None:
        kept = {
            "kind": inbound.payload.kind,
            "value": inbound.payload.value,
            "label": inbound.payload.label,
            "latitude": inbound.payload.latitude,
            "longitude": inbound.payload.longitude,
        }
    if inbound.was_forwarded:
        kept["was_forwarded"] = True
    return kept or None


def comment(ticket: Ticket, message: Message, text: str, *, now: datetime) -> Message:
    """A clerk's comment above a forward, as an internal note that never leaves the house."""
    return Message(
        ticket_id=ticket.id,
        origin_ticket_id=ticket.id,
        direction=Direction.NOTE,
        channel="note",
        author_rule="forward_comment",
        audience="staff",
        text=text,
        reply=text,
        created_at=now,
        arrival_id=message.arrival_id,
    )


def body_of(session: Session, arrival_id: int) -> str | None:
    """The hash of an earlier arrival's body."""
    return session.scalar(select(Arrival.body_sha256).where(Arrival.id == arrival_id))


def exists(session: Session, line_id: int, external_id: str) -> bool:
    """Whether a line holds a message under this id."""
    return (
        session.scalar(select(Message.id).where(Message.line_id == line_id, Message.external_id == external_id))
        is not None
    )


def newest_ticket(session: Session, contact_id: int, channel: str) -> int | None:
    """The contact's newest closed ticket on a channel, for a new one to point at."""
    return session.scalar(
        select(Ticket.id)
        .where(Ticket.contact_id == contact_id, Ticket.channel == channel, Ticket.status == Status.CLOSED)
        .order_by(Ticket.id.desc())
        .limit(1)
    )


def by_api(inbound: Inbound) -> bool:
    """Whether another program handed it over: it opens a ticket of its own."""
    return ("source", "api") in inbound.original_form


def chosen_ticket(inbound: Inbound) -> int | None:
    """The ticket that whoever wrote a call down chose for it."""
    chosen = dict(inbound.original_form).get("ticket")
    return int(chosen) if chosen and chosen.isdecimal() else None


@dataclass(frozen=True, slots=True, kw_only=True)
class DueMedia:
    """An attachment that must still be fetched from its wire."""

    id: int
    channel: str
    reference: str
    attempts: int


def claim_media(session: Session, *, now: datetime, limit: int = 5) -> list[DueMedia]:
    """Take attachments that are due to be fetched; a lease keeps others away meanwhile."""
    rows = session.execute(
        select(MessageFile, Message.channel)
        .join(Message, Message.id == MessageFile.message_id)
        .where(MessageFile.due_at <= now, or_(MessageFile.leased_until.is_(None), MessageFile.leased_until < now))
        .order_by(MessageFile.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True, of=MessageFile)
    ).all()
    for row, _ in rows:
        row.leased_until, row.attempts = now + MEDIA_LEASE, row.attempts + 1
    return [
        DueMedia(id=row.id, channel=channel, reference=row.reference or "", attempts=row.attempts)
        for row, channel in rows
    ]


def media_kept(session: Session, due: DueMedia, sha256: str, size: int, *, now: datetime) -> None:
    """The bytes are here."""
    row = session.get_one(MessageFile, due.id)
    attachment = Attachment(filename=row.filename, content_type=row.content_type)
    keep_files(session, [Kept(attachment=attachment, sha256=sha256, size=size)], now=now)
    row.sha256, row.size, row.due_at, row.leased_until, row.trouble = sha256, size, None, None, None
    _changed(session, row)


def media_later(session: Session, due: DueMedia, reason: str, *, now: datetime) -> None:
    """The wire does not give it now; come again, ever later, for a day."""
    row = session.get_one(MessageFile, due.id)
    row.trouble, row.leased_until = reason[:300], None
    row.due_at = now + MEDIA_WAITS[min(due.attempts, len(MEDIA_WAITS)) - 1] if due.attempts < MEDIA_TRIES else None
    _changed(session, row)


def media_refused(session: Session, due: DueMedia, reason: str) -> None:
    """It will never come; the ticket says why."""
    row = session.get_one(MessageFile, due.id)
    row.trouble, row.due_at, row.leased_until = reason[:300], None, None
    _changed(session, row)


def original(channel: str, sha256: str, size: int) -> Kept:
    """The message as it came, as an attachment of the ticket that says it could not be read."""
    name, kind = ("original.eml", "message/rfc822") if channel == "email" else ("original.txt", "text/plain")
    return Kept(attachment=Attachment(filename=name, content_type=kind, size=size), sha256=sha256, size=size)


def _changed(session: Session, row: MessageFile) -> None:
    message = session.get_one(Message, row.message_id)
    session.get_one(Ticket, message.ticket_id).version += 1
