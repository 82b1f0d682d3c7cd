"""What must outlive everything else: which data were erased on demand, and the nightly seals over all histories."""

from datetime import date, datetime

from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Id, Ref, short


class Erasure(Base):
    """The data of one contact or one ticket, erased: ids and counts only, so that a restored desk can erase again.

    `made_at` is when the contact or the ticket was made: ids alone could mean another one after a restore.
    """

    __tablename__ = "erasure"
    id: Mapped[Id]
    at: Mapped[datetime]
    by_id: Mapped[Ref | None]
    because: Mapped[str] = mapped_column(short(200))
    contact_id: Mapped[Ref | None]
    ticket_id: Mapped[Ref | None]
    made_at: Mapped[datetime]
    messages: Mapped[int] = mapped_column(default=0)
    files: Mapped[int] = mapped_column(default=0)


class Seal(Base):
    """One night's seal: a keyed hash over every event up to `last_event_id`, chained to the seal before it."""

    __tablename__ = "seal"
    id: Mapped[Id]
    day: Mapped[date] = mapped_column(unique=True)
    at: Mapped[datetime]
    last_event_id: Mapped[Ref]
    events: Mapped[int]
    before_seal: Mapped[str] = mapped_column(short(64))
    seal: Mapped[str] = mapped_column(short(64))
