"""Attachments that must still be fetched from their wire: claimed, kept, put off, given up."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.desk import events
from app.desk.message_parts import Kept, keep_files
from app.models.message import File, Message, MessageFile
from app.models.ticket import Ticket
from channels.message import Attachment

LEASE = timedelta(minutes=3)
TRIES = 30
# Two nightly backups have seen a file before the other copy of it goes.
BACKED_UP = timedelta(days=2)
WAITS = (
    timedelta(seconds=1),
    timedelta(seconds=3),
    timedelta(seconds=30),
    timedelta(minutes=5),
    timedelta(hours=1),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """An attachment that must still be fetched from its wire."""

    id: int
    channel: str
    reference: str
    attempts: int
    attachment: Attachment


def claim(session: Session, *, now: datetime, limit: int = 5) -> list[Due]:
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
        row.leased_until, row.attempts = now + LEASE, row.attempts + 1
    return [_due(row, channel) for row, channel in rows]


def kept(session: Session, due: Due, file: Kept, *, now: datetime) -> None:
    """The bytes are here."""
    row = session.get_one(MessageFile, due.id)
    keep_files(session, [file], now=now)
    row.content_type = file.attachment.content_type[:120]
    row.sha256, row.size, row.due_at, row.leased_until, row.trouble = file.sha256, file.size, None, None, None
    _changed(session, row)


def later(session: Session, due: Due, reason: str, *, now: datetime) -> None:
    """The wire does not give it now; come again, ever later, for a day."""
    row = session.get_one(MessageFile, due.id)
    row.trouble, row.leased_until = reason[:300], None
    row.due_at = now + WAITS[min(due.attempts, len(WAITS)) - 1] if due.attempts < TRIES else None
    _changed(session, row)


def refused(session: Session, due: Due, reason: str) -> None:
    """It will never come; the ticket says why."""
    row = session.get_one(MessageFile, due.id)
    row.trouble, row.due_at, row.leased_until = reason[:300], None, None
    _changed(session, row)


def _due(row: MessageFile, channel: str) -> Due:
    attachment = Attachment(filename=row.filename, content_type=row.content_type)
    return Due(id=row.id, channel=channel, reference=row.reference or "", attempts=row.attempts, attachment=attachment)


def _changed(session: Session, row: MessageFile) -> None:
    ticket = session.get_one(Ticket, session.get_one(Message, row.message_id).ticket_id)
    events.hold(session, ticket)
    ticket.version += 1


def at_wire(session: Session, *, now: datetime, limit: int = 20) -> list[Due]:
    """What lies at a wire and need not: files that backups have seen by now, and those of erased messages."""
    rows = session.execute(
        select(MessageFile, Message.channel)
        .join(Message, Message.id == MessageFile.message_id)
        .outerjoin(File, File.sha256 == MessageFile.sha256)
        .where(
            MessageFile.reference.is_not(None),
            MessageFile.due_at.is_(None),
            or_(File.stored_at < now - BACKED_UP, Message.erased_at.is_not(None)),
        )
        .order_by(MessageFile.id)
        .limit(limit)
    )
    return [_due(row, channel) for row, channel in rows]


def forgotten(session: Session, due: Due) -> None:
    """The wire has it no longer, or will never delete it for us."""
    session.get_one(MessageFile, due.id).reference = None
