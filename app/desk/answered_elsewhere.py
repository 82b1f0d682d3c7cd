"""What colleagues answered with their own mail program: it joins the ticket, and the machine is silent from then on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.desk import deadlines, delivery_steps, events, joining, message_parts, search
from app.desk.books import Books
from app.desk.tokens import marked_ticket
from app.desk.turns import turn
from app.models.arrival import Line
from app.models.message import Direction, Message
from app.models.people import Identity
from app.models.ticket import Answer, Status, Ticket
from channels.message import Delivery, Inbound, Kind

HEADER = 998
# How the ids of the desk's own mail begin.
OURS = "<ventanilla."


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One mail of the folder of sent mail, read, with its files kept."""

    inbound: Inbound
    words: str
    files: tuple[message_parts.Kept, ...]
    arrival_id: int


def concerns(session: Session, inbound: Inbound, *, keys: tuple[str, ...]) -> bool:
    """Whether it may be an answer in a ticket; what else people write from the mailbox is none of the desk's."""
    if inbound.kind is not Kind.MESSAGE or inbound.was_forwarded or inbound.external_id.startswith(OURS):
        return False
    if inbound.ticket_token and marked_ticket(inbound.ticket_token, keys):
        return True
    named = [one for one in (inbound.in_reply_to, *inbound.references) if one]
    return session.scalar(select(Message.id).where(Message.external_id.in_(named)).limit(1)) is not None


def join(
    session: Session, written: Written, *, line: Line, keys: tuple[str, ...], books: Books, now: datetime
) -> Message | None:
    """Put a colleague's answer into its ticket; None for what is there already, no answer, or to somebody else."""
    inbound = written.inbound
    found = joining.threads(session, [inbound], keys=keys)
    if (line.id, inbound.external_id) in found.twins:
        return None
    ticket = joining.by_thread(found, inbound)
    identity = _addressee(session, ticket, inbound) if ticket else None
    if ticket is None or identity is None:
        return None
    delivery_steps.lock(session, ticket)
    message = _message(written, ticket, identity, line=line, now=now)
    session.add(message)
    session.flush()
    search.index(session, [(message.id, message.words)])
    _answered(session, ticket, message, now=now)
    silenced = _silence(session, ticket)
    deadlines.refresh(ticket, books.hours, books.settings, now=now)
    events.record(session, ticket, "answered_elsewhere", now=now, message=message.id, silenced=silenced)
    return message


def _addressee(session: Session, ticket: Ticket, inbound: Inbound) -> Identity | None:
    """The contact's address among those that the mail went to."""
    named = {person.address for person in inbound.participants} - {a.address for a in inbound.addresses}
    return session.scalar(
        select(Identity)
        .where(Identity.contact_id == ticket.contact_id, Identity.channel == "email", Identity.address.in_(named))
        .order_by(Identity.id)
        .limit(1)
    )


def _message(written: Written, ticket: Ticket, identity: Identity, *, line: Line, now: datetime) -> Message:
    inbound = written.inbound
    return Message(
        ticket_id=ticket.id,
        origin_ticket_id=ticket.id,
        direction=Direction.OUT,
        channel="email",
        line_id=line.id,
        identity_id=identity.id,
        arrival_id=written.arrival_id,
        external_id=inbound.external_id[:980],
        subject=(inbound.subject or "")[:HEADER] or None,
        text=inbound.text,
        reply=inbound.reply,
        words=written.words,
        in_reply_to=(inbound.in_reply_to or "")[:HEADER] or None,
        references=list(inbound.references),
        created_at=now,
        sent_at=min(inbound.sent_at or now, now),
        delivery=Delivery.SENT,
        attachments=message_parts.files(written.files, now=now),
    )


def _answered(session: Session, ticket: Ticket, message: Message, *, now: datetime) -> None:
    """The ticket as after any answer of a person, unless the contact has spoken since."""
    at = message.sent_at or now
    ticket.first_answered_at = ticket.first_answered_at or at
    if _spoke_since(session, ticket, message, at):
        return
    ticket.last_message_id, ticket.last_message_at, ticket.spoke_at = message.id, now, at
    turn(ticket, Status.WAITING, now=now)


def _spoke_since(session: Session, ticket: Ticket, message: Message, at: datetime) -> bool:
    """Whether the contact's newest word is neither what was answered nor older than the answer."""
    newest = session.scalar(
        select(Message)
        .where(Message.ticket_id == ticket.id, Message.direction == Direction.IN, Message.kind == Kind.MESSAGE)
        .order_by(Message.id.desc())
        .limit(1)
    )
    if newest is None or newest.external_id in {message.in_reply_to, *message.references}:
        return False
    # By the writers' clocks: we hear of either some time later.
    return (newest.sent_at or newest.created_at) > at


def _silence(session: Session, ticket: Ticket) -> int:
    """Take back what the machine wanted to say and has not said yet; how many messages that were."""
    automatic = (
        Message.ticket_id == ticket.id,
        Message.author_rule.is_not(None),
        Message.author_user_id.is_(None),
        Message.audience == "contact",
    )
    waiting: Sequence[int] = session.scalars(
        select(Message.id).where(*automatic, Message.delivery.in_((Delivery.PROPOSED, Delivery.QUEUED)))
    ).all()
    unsent = (Delivery.PROPOSED, Delivery.QUEUED)
    dropped = [
        one
        for one in waiting
        if delivery_steps.step(session, one, unsent, Delivery.DROPPED, Message.attempts == 0, due_at=None)
    ]
    session.execute(delete(Answer).where(Answer.message_id.in_(dropped)))
    return len(dropped)
