"""What a user has begun to write in a ticket, with the files that are to go with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from app.errors import Impossible
from app.models.message import Draft, DraftFile, Message
from app.models.people import User
from app.models.ticket import Ticket

LARGEST = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A file to go with a reply, already kept in the files."""

    sha256: str
    filename: str
    content_type: str
    size: int


def save_draft(
    session: Session,
    ticket: Ticket,
    *,
    text: str,
    by: User,
    now: datetime,
    way: str = "",
    cc: str = "",
    client_key: str | None = None,
    files: Sequence[Enclosure] = (),
) -> None:
    """Keep what a user has begun to write, by which way, with whose copies and more files; with nothing, forget it.

    What has been said already under the same `client_key` is no draft any more: a page may keep it late.
    """
    if client_key and session.scalar(select(Message.id).where(Message.client_key == client_key)) is not None:
        return
    row = session.scalar(select(Draft).where(_hers(ticket, by)))
    known = enclosed(session, ticket, by=by)
    held = together(known, files)
    if not text.strip() and not held:
        forget(session, _hers(ticket, by))
        return
    if row is None:
        row = Draft(ticket_id=ticket.id, user_id=by.id)
        session.add(row)
    row.text, row.channel, row.cc, row.saved_at = text, way, cc, now
    session.flush()
    session.add_all(
        DraftFile(
            draft_id=row.id,
            filename=one.filename,
            content_type=one.content_type[:120],
            size=one.size,
            sha256=one.sha256,
        )
        for one in held
        if one not in known
    )


def files(session: Session, ticket: Ticket, *, by: User) -> Sequence[DraftFile]:
    """What is to go with what a user has begun, in the order in which it was chosen."""
    hers = select(DraftFile).join(Draft, Draft.id == DraftFile.draft_id).where(_hers(ticket, by))
    return session.scalars(hers.order_by(DraftFile.id)).all()


def enclosed(session: Session, ticket: Ticket, *, by: User) -> list[Enclosure]:
    """The same, to be sent."""
    return [
        Enclosure(sha256=one.sha256, filename=one.filename, content_type=one.content_type, size=one.size)
        for one in files(session, ticket, by=by)
    ]


def together(*lots: Sequence[Enclosure]) -> list[Enclosure]:
    """All of them, each once: a file may come with the form too. Raises Impossible if a mail could not carry them."""
    found: dict[tuple[str, str], Enclosure] = {}
    for one in chain(*lots):
        found.setdefault((one.sha256, one.filename), one)
    if sum(one.size for one in found.values()) > LARGEST:
        raise Impossible("Los archivos pasan de 20 MB. Envíe menos, o más pequeños.")
    return list(found.values())


def take_out(session: Session, ticket: Ticket, file_id: int, *, by: User) -> str | None:
    """A file is not to go after all; the hash of its bytes, or None if it had been taken out already."""
    row = next((one for one in files(session, ticket, by=by) if one.id == file_id), None)
    if row is None:
        return None
    session.delete(row)
    return row.sha256


def forget(session: Session, *which: ColumnElement[bool]) -> set[str]:
    """Drafts are over; the hashes of the files that were to go with them."""
    ids = select(Draft.id).where(*which)
    hashes = set(session.scalars(select(DraftFile.sha256).where(DraftFile.draft_id.in_(ids))))
    session.execute(delete(DraftFile).where(DraftFile.draft_id.in_(ids)))
    session.execute(delete(Draft).where(*which))
    return hashes


def done(session: Session, ticket: Ticket, *, by: User) -> None:
    """It has been said."""
    forget(session, _hers(ticket, by))


def _hers(ticket: Ticket, by: User) -> ColumnElement[bool]:
    return (Draft.ticket_id == ticket.id) & (Draft.user_id == by.id)
