"""When the desk was last kept in a backup and where, and what is in doubt after one was restored."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.models.book import Setting
from app.models.message import Message
from channels.message import Delivery

KEY = "last_backup"


@dataclass(frozen=True, slots=True)
class Copy:
    """The last backup."""

    at: datetime
    elsewhere: bool


def made(session: Session, *, elsewhere: bool, now: datetime) -> None:
    """A backup was made just now; `elsewhere` says that it lies on another disk."""
    session.merge(Setting(key=KEY, value={"at": now.isoformat(), "elsewhere": elsewhere}, edited_at=now))


def last(session: Session) -> Copy | None:
    """The last one; None when there never was any."""
    row = session.get(Setting, KEY)
    return Copy(datetime.fromisoformat(row.value["at"]), bool(row.value["elsewhere"])) if row else None


def restored(session: Session, *, now: datetime) -> int:
    """What waited to be sent when the backup was made may have gone out since: nobody knows, so the wire is asked.

    Returns how many there were.
    """
    waiting = Message.delivery.in_((Delivery.QUEUED, Delivery.SENDING))
    doubt = {"delivery": Delivery.UNCERTAIN, "due_at": now, "leased_until": None}
    return len(session.scalars(update(Message).where(waiting).values(doubt).returning(Message.id)).all())
