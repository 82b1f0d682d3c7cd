"""What the office keeps of itself: who read which ticket, who is away, spare codes, and the weekly notes as issued."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Id, Ref, short


class TicketRead(Base):
    """Somebody of the desk opened a ticket's page; at most one row in five minutes, or one with a `reason`."""

    __tablename__ = "ticket_read"
    __table_args__ = (
        Index("ix_ticket_read_ticket", "ticket_id", "id"),
        Index("ix_ticket_read_user", "user_id", "id"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[Id]
    user_id: Mapped[Ref] = mapped_column(ForeignKey("user.id"))
    ticket_id: Mapped[Ref] = mapped_column(ForeignKey("ticket.id"))
    at: Mapped[datetime]
    reason: Mapped[str | None] = mapped_column(short(200))


class Absence(Base):
    """Days on which somebody of the desk is away, both included."""

    __tablename__ = "absence"
    id: Mapped[Id]
    user_id: Mapped[Ref] = mapped_column(ForeignKey("user.id"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    made_at: Mapped[datetime]


class RecoveryCode(Base):
    """A spare code for who has lost the telephone of the second step: hashed, used once."""

    __tablename__ = "recovery_code"
    id: Mapped[Id]
    user_id: Mapped[Ref] = mapped_column(ForeignKey("user.id"), index=True)
    code_hash: Mapped[str] = mapped_column(short(64), unique=True)
    used_at: Mapped[datetime | None]


class WeeklyNote(Base):
    """The note of a week (its Monday) as it was issued: lines with their definitions, which never change afterwards."""

    __tablename__ = "weekly_note"
    id: Mapped[Id]
    week: Mapped[date] = mapped_column(unique=True)
    issued_at: Mapped[datetime]
    issued_by_id: Mapped[Ref | None] = mapped_column(ForeignKey("user.id"))
    lines: Mapped[list[Any]] = mapped_column(JSON)
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)
