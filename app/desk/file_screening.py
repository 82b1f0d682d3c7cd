"""What may be shown of the files that are kept: which are held, which are refused and why, which the scanner owes."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.desk import events
from app.errors import Impossible
from app.models.message import File, Message, MessageFile
from app.models.people import User
from app.models.ticket import Ticket

AGAIN = timedelta(minutes=2)
SECRET, KIND, INFECTED, LARGE = "private_key", "kind", "infected", "too_large"


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
    _told(session, sha256)


def hold_back(session: Session, sha256: str) -> None:
    """The scanner will never look at so large a file: it stays held, and nobody is asked again."""
    file = session.get(File, sha256)
    if file is not None and file.scanned == State.HELD:
        file.scan_due_at, file.why = None, LARGE
        _told(session, sha256)


def release(session: Session, ticket: Ticket, sha256: str, *, by: User, now: datetime) -> None:
    """Somebody answers for a file of this ticket that is too large for the scanner; Impossible for any other."""
    ours = select(MessageFile.sha256).join(Message, Message.id == MessageFile.message_id)
    file = session.scalar(
        select(File).where(File.sha256.in_(ours.where(Message.ticket_id == ticket.id)), File.sha256 == sha256)
    )
    if file is None or (file.scanned, file.why) != (State.HELD, LARGE):
        raise Impossible("Ese archivo no está retenido por su tamaño.")
    file.scanned, file.why = State.CLEAN, None
    _told(session, sha256)
    events.record(session, ticket, "file_released", now=now, by=by, file=sha256[:12])


def _told(session: Session, sha256: str) -> None:
    ids = select(Message.ticket_id).join(MessageFile, MessageFile.message_id == Message.id)
    told = select(Ticket).where(Ticket.id.in_(ids.where(MessageFile.sha256 == sha256))).order_by(Ticket.id)
    for ticket in session.scalars(told).all():
        events.hold(session, ticket)
        ticket.version += 1
