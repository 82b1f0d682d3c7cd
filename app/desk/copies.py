"""When the desk was last kept in a backup, and whether that lies on another disk than the desk."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.models.book import Setting

KEY = "last_backup"


@dataclass(frozen=True, slots=True)
class Copy:
    """The last backup."""

    at: datetime
    elsewhere: bool


def made(session: Session, *, elsewhere: bool, now: datetime) -> None:
    """A backup was made just now."""
    session.merge(Setting(key=KEY, value={"at": now.isoformat(), "elsewhere": elsewhere}, edited_at=now))


def last(session: Session) -> Copy | None:
    """The last one; None when there never was any."""
    row = session.get(Setting, KEY)
    return Copy(datetime.fromisoformat(row.value["at"]), bool(row.value["elsewhere"])) if row else None
