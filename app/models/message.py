"""One thing said in a ticket, with its files, and the drafts of what is not said yet."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, UniqueConstraint, and_, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import MAYBE, Base, Id, Ref, codes, literally, short
from app.models.people import Identity, User
from channels.message import Delivery, Kind


class Direction(StrEnum):
    """Who speaks: somebody outside, we, or we among ourselves."""

    IN = "in"
    OUT = "out"
    NOTE = "note"


_AT_WIRE_SQL = text("reference IS NOT NULL AND due_at IS NULL")
OUTBOX = (Delivery.QUEUED, Delivery.SENDING, Delivery.UNCERTAIN)
STUCK = (Delivery.BY_HAND, Delivery.FAILED, Delivery.UNCERTAIN)
_OUTBOX_SQL = text("delivery IN ('queued','sending','uncertain')")
_STUCK_SQL = text("delivery IN ('by_hand','failed','uncertain') AND direction = 'out'")


class Message(Base):
    """Inbound, outbound or note. `reply` is what was newly said, `text` all of it, `words` what search looks in."""

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("line_id", "external_id"),
        Index("ix_message_ticket", "ticket_id", "id"),
        Index("ix_message_outbox", "due_at", "id", postgresql_where=_OUTBOX_SQL, sqlite_where=_OUTBOX_SQL),
        Index(
            "ix_message_outbox_identity", "identity_id", "id", postgresql_where=_OUTBOX_SQL, sqlite_where=_OUTBOX_SQL
        ),
        Index("ix_message_stuck", "ticket_id", "delivery", postgresql_where=_STUCK_SQL, sqlite_where=_STUCK_SQL),
        Index("ix_message_external", "external_id"),
        Index("ix_message_arrival", "arrival_id"),
        Index("ix_message_identity", "identity_id", "id"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[Id]
    ticket_id: Mapped[Ref] = mapped_column(ForeignKey("ticket.id"))
    origin_ticket_id: Mapped[Ref] = mapped_column(ForeignKey("ticket.id"))
    direction: Mapped[Direction] = mapped_column(codes(Direction, 8))
    kind: Mapped[Kind] = mapped_column(codes(Kind), default=Kind.MESSAGE)
    channel: Mapped[str] = mapped_column(short(20))
    line_id: Mapped[Ref | None] = mapped_column(ForeignKey("line.id"))
    identity_id: Mapped[Ref | None] = mapped_column(ForeignKey("identity.id"))
    arrival_id: Mapped[Ref | None] = mapped_column(ForeignKey("arrival.id"))
    external_id: Mapped[str | None] = mapped_column(short(998))
    author_user_id: Mapped[Ref | None] = mapped_column(ForeignKey("user.id"))
    author_rule: Mapped[str | None] = mapped_column(short(60))
    audience: Mapped[str] = mapped_column(short(10), default="contact")
    subject: Mapped[str | None] = mapped_column(short(998))
    text: Mapped[str]
    reply: Mapped[str | None]
    html: Mapped[str | None] = mapped_column(deferred=True)
    payload: Mapped[dict[str, Any] | None] = mapped_column(MAYBE)
    forwarded: Mapped[dict[str, Any] | None] = mapped_column(MAYBE)
    participants: Mapped[list[str]] = mapped_column(default=list)
    in_reply_to: Mapped[str | None] = mapped_column(short(998))
    references: Mapped[list[str]] = mapped_column("refs", default=list)
    quoted: Mapped[str | None] = mapped_column(short(998))
    received_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    words: Mapped[str] = mapped_column(deferred=True, default="")
    delivery: Mapped[Delivery | None] = mapped_column(codes(Delivery))
    due_at: Mapped[datetime | None]
    leased_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    delivered_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(short(300))
    code: Mapped[str | None] = mapped_column(short(40))
    template: Mapped[list[str] | None] = mapped_column(MAYBE)
    client_key: Mapped[str | None] = mapped_column(short(64), unique=True)
    erased_at: Mapped[datetime | None]
    erased_because: Mapped[str | None] = mapped_column(short(200))

    attachments: Mapped[list["MessageFile"]] = relationship(order_by="MessageFile.id")
    author: Mapped[User | None] = relationship()
    identity: Mapped[Identity | None] = relationship()


def in_outbox(of: type[Message] = Message) -> ColumnElement[bool]:
    """The message is not out yet, or not surely: said in the words of the indexes over such."""
    return literally(of.delivery, OUTBOX)


def stuck() -> ColumnElement[bool]:
    """A message of ours waits for a person: said in the words of the index over such."""
    return and_(literally(Message.delivery, STUCK), literally(Message.direction, (Direction.OUT,)))


class File(Base):
    """Bytes kept once under their hash; `scanned` is clean, held or refused (`why`), NULL where no scanner is set."""

    __tablename__ = "file"
    sha256: Mapped[str] = mapped_column(short(64), primary_key=True)
    size: Mapped[int]
    type: Mapped[str] = mapped_column(short(120))
    scanned: Mapped[str | None] = mapped_column(short(20))
    why: Mapped[str | None] = mapped_column(short(20))
    scan_due_at: Mapped[datetime | None] = mapped_column(index=True)
    stored_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]
    erased_because: Mapped[str | None] = mapped_column(short(200))
    __table_args__: Any = ()


class MessageFile(Base):
    """A file with a message: stored, or still to be fetched from the wire by its reference."""

    __tablename__ = "message_file"
    __table_args__ = (
        Index("ix_message_file_at_wire", "id", postgresql_where=_AT_WIRE_SQL, sqlite_where=_AT_WIRE_SQL),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[Id]
    message_id: Mapped[Ref] = mapped_column(ForeignKey("message.id"), index=True)
    filename: Mapped[str] = mapped_column(short(255))
    content_type: Mapped[str] = mapped_column(short(120))
    size: Mapped[int] = mapped_column(default=0)
    sha256: Mapped[str | None] = mapped_column(ForeignKey("file.sha256"), index=True)
    content_id: Mapped[str | None] = mapped_column(short(255))
    reference: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    leased_until: Mapped[datetime | None]
    trouble: Mapped[str | None] = mapped_column(short(300))
    transcript: Mapped[str | None]
    file: Mapped[File | None] = relationship()


class Draft(Base):
    """What a user has begun to write in a ticket, by which way (a channel or a note), and who else would get it."""

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("ticket_id", "user_id"), {"sqlite_autoincrement": True})
    id: Mapped[Id]
    ticket_id: Mapped[Ref] = mapped_column(ForeignKey("ticket.id"))
    user_id: Mapped[Ref] = mapped_column(ForeignKey("user.id"))
    text: Mapped[str]
    channel: Mapped[str] = mapped_column(short(20), default="")
    cc: Mapped[str] = mapped_column(default="")
    saved_at: Mapped[datetime]


class DraftFile(Base):
    """A file that is to go with what a user has begun to write."""

    __tablename__ = "draft_file"
    __table_args__ = ({"sqlite_autoincrement": True},)
    id: Mapped[Id]
    draft_id: Mapped[Ref] = mapped_column(ForeignKey("draft.id"), index=True)
    filename: Mapped[str] = mapped_column(short(255))
    content_type: Mapped[str] = mapped_column(short(120))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(ForeignKey("file.sha256"), index=True)
