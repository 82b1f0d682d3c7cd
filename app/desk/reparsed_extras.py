"""What a better reading changes beside the words: files, kind, forward, relation; no person's act is undone."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.desk import forwards, identities, joining, message_parts, opening, receipts
from app.desk.identities import Newcomer
from app.models.message import Direction, Message
from app.models.ticket import Event, Status, Ticket
from channels.message import Inbound, Kind


def files(session: Session, message: Message, kept: Sequence[message_parts.Kept], *, now: datetime) -> bool:
    """Add the files that were not seen before, and give those that are there the names that are read now.

    A file that is no file any more stays: somebody may have looked at it.
    """
    held = {row.sha256: row for row in message.attachments if row.sha256}
    new = [one for one in kept if one.sha256 and one.sha256 not in held]
    message_parts.keep_files(session, new, now=now)
    message.attachments.extend(message_parts.files(new, now=now))
    changed = bool(new)
    for fresh in message_parts.files([one for one in kept if one.sha256 in held], now=now):
        row = held[fresh.sha256 or ""]
        told = (fresh.filename, fresh.content_type, fresh.content_id)
        # The same logo may be there under three names; the first that is read is as good as the others.
        if [one.sha256 for one in kept].count(fresh.sha256) == 1 and told != (
            row.filename, row.content_type, row.content_id
        ):  # fmt: skip
            row.filename, row.content_type, row.content_id = told
            changed = True
    return changed


def untouched(session: Session, ticket: Ticket) -> bool:
    """Whether no person has done anything to the ticket yet."""
    theirs = select(Event.id).where(Event.ticket_id == ticket.id, Event.user_id.is_not(None))
    return session.scalar(theirs.limit(1)) is None


def decided(
    session: Session, message: Message, ticket: Ticket, inbound: Inbound, *, keys: tuple[str, ...], now: datetime
) -> bool:
    """Renew what the desk had made of the message by itself."""
    done = [
        _kind(session, message, ticket, inbound, keys=keys, now=now),
        _forward(session, message, ticket, inbound),
        _relation(session, message, ticket, inbound, keys=keys),
    ]
    return any(done)


def _kind(
    session: Session, message: Message, ticket: Ticket, inbound: Inbound, *, keys: tuple[str, ...], now: datetime
) -> bool:
    before = message.kind
    if before is inbound.kind or inbound.kind is Kind.UNREADABLE:
        return False
    message.kind = inbound.kind
    if before is Kind.UNREADABLE:
        _sender(session, message, ticket, inbound, now=now)
    if inbound.kind is Kind.BOUNCE:
        receipts.bounced(session, inbound, keys=keys, now=now)
    if _alone(session, message, ticket):
        _status(ticket, inbound.kind, now=now)
    return True


def _sender(session: Session, message: Message, ticket: Ticket, inbound: Inbound, *, now: datetime) -> None:
    """A mail that nobody could read had no sender; now it has."""
    if not inbound.addresses:
        return
    known = identities.settle(session, [(inbound.addresses, Newcomer(name=inbound.sender_name))], now=now)
    writer = known[identities.key(inbound.addresses[0])]
    message.identity_id, message.subject = writer.id, inbound.subject
    if _alone(session, message, ticket):
        ticket.contact_id, ticket.subject = writer.contact_id, (inbound.subject or "")[:300]


def _status(ticket: Ticket, kind: Kind, *, now: datetime) -> None:
    if kind in opening.NOBODY:
        ticket.status, ticket.closed_at, ticket.close_reason = Status.CLOSED, now, kind.value
        ticket.sort_at = ticket.waiting_since = ticket.unsorted_since = None
        return
    ticket.status, ticket.closed_at, ticket.close_reason = Status.NEW, None, None
    ticket.heard_at = ticket.waiting_since = ticket.unsorted_since = ticket.sort_at = now


def _forward(session: Session, message: Message, ticket: Ticket, inbound: Inbound) -> bool:
    """Proposed, never accepted: the answer may have gone to the clerk already."""
    if (
        message.forwarded is not None
        or ticket.forwarder_town_hall_id is not None
        or not _first(session, message, ticket)
    ):
        return False
    wanted = None
    if inbound.forwarded is not None and inbound.kind is Kind.MESSAGE:
        desks = forwards.desks(session, [inbound])
        desk = next((desks[one.address] for one in inbound.addresses if one.address in desks), None)
        wanted = forwards.proposal(inbound.forwarded, desk)
    if wanted == ticket.proposed_forward:
        return False
    ticket.proposed_forward = wanted
    return True


def _relation(session: Session, message: Message, ticket: Ticket, inbound: Inbound, *, keys: tuple[str, ...]) -> bool:
    """A thread that is read only now: the ticket that it names is proposed; nothing is moved."""
    if ticket.related_to_id is not None or not _first(session, message, ticket):
        return False
    named = joining.by_thread(joining.threads(session, [inbound], keys=keys), inbound)
    if named is None or named.id == ticket.id:
        return False
    ticket.related_to_id = named.id
    return True


def _first(session: Session, message: Message, ticket: Ticket) -> bool:
    """Whether the ticket was opened by this message."""
    heard = select(Message.id).where(Message.ticket_id == ticket.id, Message.direction == Direction.IN)
    return session.scalar(heard.order_by(Message.id).limit(1)) == message.id


def _alone(session: Session, message: Message, ticket: Ticket) -> bool:
    """Whether nobody has said anything else in the ticket."""
    heard = select(Message.id).where(Message.ticket_id == ticket.id, Message.direction == Direction.IN)
    return session.scalars(heard.limit(2)).all() == [message.id]
