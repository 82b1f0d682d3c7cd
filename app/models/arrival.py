"""What a wire handed us, before anybody has read it, and the lines it came in by."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Id, Ref, codes, short


class Mode(StrEnum):
    """How far the machine may go on a line or in a category."""

    OFF = "off"
    PROPOSE = "propose"
    SEND = "send"


class Line(Base):
    """Our end of a channel: this number, this mailbox. Nothing that came before `go_live` is answered by a machine."""

    __tablename__ = "line"
    __table_args__ = (UniqueConstraint("channel", "address"), {"sqlite_autoincrement": True})
    id: Mapped[Id]
    channel: Mapped[str] = mapped_column(short(20))
    address: Mapped[str] = mapped_column(short(254))
    name: Mapped[str] = mapped_column(short(120))
    quiet_seconds: Mapped[int] = mapped_column(default=0)
    mode: Mapped[Mode] = mapped_column(codes(Mode), default=Mode.PROPOSE)
    go_live: Mapped[datetime | None]
    success_at: Mapped[datetime | None]
    trouble: Mapped[str | None] = mapped_column(short(300))
    trouble_at: Mapped[datetime | None]
    compared_at: Mapped[datetime | None]


class ArrivalKind(StrEnum):
    """How it reached us: a wire pushed it, we fetched it, or somebody of ours gave it (page, API, command)."""

    PUSHED = "pushed"
    FETCHED = "fetched"
    GIVEN = "given"


class Arrival(Base):
    """Raw bytes under the wire's own key, compressed; the row and its hash outlive an erasure of the bytes."""

    __tablename__ = "arrival"
    __table_args__ = (
        UniqueConstraint("line_id", "wire_key"),
        Index(
            "ix_arrival_unfiled",
            "due_at",
            postgresql_where=text("filed_at IS NULL"),
            sqlite_where=text("filed_at IS NULL"),
        ),
        Index(
            "ix_arrival_kept",
            "received_at",
            postgresql_where=text("erased_at IS NULL"),
            sqlite_where=text("erased_at IS NULL"),
        ),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[Id]
    line_id: Mapped[Ref] = mapped_column(ForeignKey("line.id"))
    wire_key: Mapped[str] = mapped_column(short(260))
    kind: Mapped[ArrivalKind] = mapped_column(codes(ArrivalKind))
    raw: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    raw_file: Mapped[str | None] = mapped_column(short(64))
    body_sha256: Mapped[str] = mapped_column(short(64), index=True)
    size: Mapped[int]
    received_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    filed_at: Mapped[datetime | None]
    trouble: Mapped[str | None] = mapped_column(short(300))
    erased_at: Mapped[datetime | None]
    erased_because: Mapped[str | None] = mapped_column(short(200))
    erased_by_id: Mapped[Ref | None] = mapped_column(ForeignKey("user.id"))
