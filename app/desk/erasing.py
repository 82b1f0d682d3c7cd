"""People's words taken away for good: text, raw bytes, files, search; events stay, since they hold only codes."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, null, or_, select, update
from sqlalchemy.orm import Session

from app.desk import board, data_subject, events, reply_drafts, search
from app.desk.data_subject import Scope
from app.errors import Impossible
from app.models.arrival import Arrival
from app.models.knowledge import Film
from app.models.ledger import Erasure
from app.models.message import Draft, DraftFile, File, Message, MessageFile
from app.models.people import Contact, Identity, User
from app.models.ticket import Finding, FollowLink, Ticket
from channels.message import Delivery

GONE = "Borrado"


@dataclass(frozen=True, slots=True)
class Erased:
    """What was taken away: ledger rows, and hashes of bytes to delete once this is committed."""

    entries: tuple[Erasure, ...]
    files: tuple[str, ...]
    messages: int


def erase(session: Session, scope: Scope, *, because: str, by: User | None, now: datetime) -> Erased:
    """Take away everything of a scope; what still waits to be said is not said."""
    if not because.strip():
        raise Impossible("Escriba por qué se borra: queda anotado.")
    scope = data_subject.whole(session, scope)
    alive = and_(data_subject.messages(scope), Message.erased_at.is_(None))
    told = session.execute(
        select(Message.id, Message.arrival_id, Message.line_id, Message.external_id).where(alive)
    ).all()
    ids = [row.id for row in told]
    files = _files(session, ids)
    files |= _originals(session, told, because=because, by=by, now=now)
    _messages(session, ids, because=because, now=now)
    # What was begun in these tickets goes with them, and so do the files of it.
    drafted = reply_drafts.forget(session, Draft.ticket_id.in_(select(Ticket.id).where(data_subject.tickets(scope))))
    files |= drop(session, drafted)
    entries = [
        *_tickets(session, scope, by=by, now=now),
        *_contacts(session, scope, because=because, now=now),
    ]
    for entry in entries:
        entry.at, entry.by_id, entry.because = now, by.id if by else None, because.strip()[:200]
        entry.messages, entry.files = len(ids), len(files)
    session.add_all(entries)
    session.flush()
    return Erased(tuple(entries), tuple(sorted(files)), len(ids))


def again(session: Session, entries: Iterable[Erasure], *, now: datetime) -> Erased:
    """Erase anew what a restored desk still had; an id that means somebody else now is left alone."""
    done: list[Erasure] = []
    files: list[str] = []
    messages = 0
    for entry in entries:
        contact = session.get(Contact, entry.contact_id) if entry.contact_id else None
        ticket = session.get(Ticket, entry.ticket_id) if entry.ticket_id else None
        same_contact = contact is not None and contact.created_at == entry.made_at and contact.erased_at is None
        same_ticket = ticket is not None and ticket.created_at == entry.made_at
        if not (same_contact or same_ticket):
            continue
        scope = Scope((entry.contact_id,) if entry.contact_id else (), (entry.ticket_id,) if entry.ticket_id else ())
        if same_ticket and not data_subject.sizes(session, scope).messages:
            continue
        erased = erase(session, scope, because=entry.because, by=None, now=now)
        done += erased.entries
        files += erased.files
        messages += erased.messages
    return Erased(tuple(done), tuple(files), messages)


def unneeded(session: Session, hashes: Sequence[str]) -> list[str]:
    """Those of these files that no row speaks of by now: the same bytes may have come in again meanwhile."""
    used = set(session.scalars(select(MessageFile.sha256).where(MessageFile.sha256.in_(hashes))))
    used |= set(session.scalars(select(Arrival.raw_file).where(Arrival.raw_file.in_(hashes))))
    used |= set(session.scalars(select(DraftFile.sha256).where(DraftFile.sha256.in_(hashes))))
    used |= set(session.scalars(select(Film.sha256).where(Film.sha256.in_(hashes))))
    return [one for one in hashes if one not in used]


def drop(session: Session, hashes: Collection[str]) -> set[str]:
    """Files that nobody may need any more: the rows of those that no other row speaks of go; which they were."""
    orphans = set(unneeded(session, sorted(hashes)))
    # Should the same bytes ever come again, they are a new file.
    session.execute(delete(File).where(File.sha256.in_(orphans)))
    return orphans


def _files(session: Session, ids: Sequence[int]) -> set[str]:
    """The files of messages; bytes that another message has too are kept for it."""
    of_them = MessageFile.message_id.in_(ids)
    hashes = set(session.scalars(select(MessageFile.sha256).where(of_them, MessageFile.sha256.is_not(None))))
    session.execute(
        update(MessageFile)
        .where(of_them)
        .values(
            # The reference stays until the wire has deleted its own copy.
            filename=GONE,
            content_id=None,
            sha256=None,
            due_at=None,
            leased_until=None,
            trouble=GONE,
            transcript=None,
        )
    )
    return drop(session, {one for one in hashes if one})


def _originals(session: Session, told: Sequence[object], *, because: str, by: User | None, now: datetime) -> set[str]:
    """The raw bytes of messages, and of the news of ours, which name the person's number; rows and hashes stay."""
    wanted = [_original_of(row) for row in told]
    hashes: set[str] = set()
    for start in range(0, len(wanted), 100):
        which = and_(or_(*wanted[start : start + 100]), Arrival.erased_at.is_(None))
        hashes |= {one for one in session.scalars(select(Arrival.raw_file).where(which)) if one}
        session.execute(
            update(Arrival)
            .where(which)
            .values(
                raw=None,
                raw_file=None,
                erased_at=now,
                erased_because=because[:200],
                erased_by_id=by.id if by else None,
            )
            .execution_options(synchronize_session=False)
        )
    return set(unneeded(session, sorted(hashes)))


def _original_of(row: object) -> ColumnElement[bool]:
    arrival_id, line_id, external_id = (getattr(row, name) for name in ("arrival_id", "line_id", "external_id"))
    own = Arrival.id == (arrival_id or 0)
    if line_id is None or not external_id:
        return own
    # News comes under `<id of the message>:<status>`.
    news = and_(Arrival.line_id == line_id, Arrival.wire_key > f"{external_id}:", Arrival.wire_key < f"{external_id};")
    return or_(own, news)


def _messages(session: Session, ids: Sequence[int], *, because: str, now: datetime) -> None:
    of_them = Message.id.in_(ids)
    waiting = Message.delivery.in_((Delivery.QUEUED, Delivery.PROPOSED, Delivery.BY_HAND))
    session.execute(update(Message).where(of_them, waiting).values(delivery=Delivery.DROPPED, due_at=None))
    session.execute(
        update(Message)
        .where(of_them)
        .values(
            subject=None,
            text="",
            reply=None,
            html=None,
            payload=null(),
            forwarded=null(),
            participants=[],
            in_reply_to=None,
            references=[],
            quoted=None,
            words="",
            reason=None,
            template=null(),
            erased_at=now,
            erased_because=because[:200],
        )
    )
    for message_id in ids:
        search.forget(session, message_id)


def _tickets(session: Session, scope: Scope, *, by: User | None, now: datetime) -> list[Erasure]:
    """What stands on the tickets themselves; returns the ledger's rows for tickets of others."""
    entries = []
    for ticket in session.scalars(
        select(Ticket).where(data_subject.tickets(scope)).order_by(Ticket.id).with_for_update()
    ):
        ticket.subject, ticket.on_behalf_of, ticket.tags, ticket.call_back_at = "", None, [], None
        ticket.proposed_forward = null()
        session.execute(update(Finding).where(Finding.ticket_id == ticket.id).values(reason=""))
        links = update(FollowLink).where(FollowLink.ticket_id == ticket.id, FollowLink.revoked_at.is_(None))
        session.execute(links.values(revoked_at=now))
        board.close(session, ticket, reason="erased", by=by, now=now)
        events.record(session, ticket, "erased", now=now, by=by, rule=None if by else "privacy")
        if ticket.id in scope.ticket_ids:
            entries.append(Erasure(ticket_id=ticket.id, made_at=ticket.created_at))
    return entries


def _contacts(session: Session, scope: Scope, *, because: str, now: datetime) -> list[Erasure]:
    contacts = session.scalars(select(Contact).where(Contact.id.in_(scope.contact_ids), Contact.erased_at.is_(None)))
    entries = []
    for contact in contacts.all():
        contact.name, contact.erased_at, contact.erased_because = None, now, because[:200]
        entries.append(Erasure(contact_id=contact.id, made_at=contact.created_at))
    for identity in session.scalars(select(Identity).where(Identity.contact_id.in_(scope.contact_ids))):
        identity.address, identity.typed = f"borrado-{identity.id}", None
        identity.dead_since = identity.opted_out_at = None
    return entries
