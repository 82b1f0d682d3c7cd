"""What may be shown of the files that are kept: which are held, which are refused and why, which the scanner owes."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.desk import events
from app.models.message import File, Message, MessageFile
from app.models.ticket import Ticket

AGAIN = timedelta(minutes=2)
SECRET, KIND, INFECTED = "private_key", "kind", "infected"


class State(StrEnum):
    """What `File.scanned` says; nothing where no scanner is set and nothing speaks against it."""

    CLEAN = "clean"
    HELD = "held"
    REFUSED = "refused"


def shown(file: File | None) -> bool:
    """Whether its bytes may go to anybody."""
    return file is not None and file.erased_at is None and file.scanned not in {State.HELD, State.REFUSED}


def known(session: Session, sha256: str) -> bool:
    """Whether a row speaks of these bytes."""
    return session.get(File, sha256) is not None


def claim(session: Session, *, now: datetime, limit: int = 10) -> list[str]:
    """Files that the scanner owes a word; should it not come, they are due again in a while."""
    pick = (
        select(File.sha256)
        .where(File.scan_due_at <= now)
        .order_by(File.scan_due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    due = list(session.scalars(pick))
    if due:
        session.execute(update(File).where(File.sha256.in_(due)).values(scan_due_at=now + AGAIN))
    return due


def settle(session: Session, sha256: str, *, infected: bool) -> None:
    """The scanner has spoken; whoever looks at a ticket with this file sees it."""
    file = session.get(File, sha256)
    if file is None or file.scanned != State.HELD:
        return
    file.scan_due_at = None
    file.scanned, file.why = (State.REFUSED, INFECTED) if infected else (State.CLEAN, None)
    ids = select(Message.ticket_id).join(MessageFile, MessageFile.message_id == Message.id)
    told = select(Ticket).where(Ticket.id.in_(ids.where(MessageFile.sha256 == sha256))).order_by(Ticket.id)
    for ticket in session.scalars(told).all():
        events.hold(session, ticket)
        ticket.version += 1
