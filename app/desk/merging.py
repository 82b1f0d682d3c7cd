"""Tickets made one and parted again, a message taken out into a ticket of its own, tickets that know of each other."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from app.desk import conversation, deadlines, events, following, gate
from app.desk.books import Books
from app.errors import Impossible
from app.models.message import Direction, Message
from app.models.people import Identity, User
from app.models.ticket import Answer, Status, Ticket
from app.models.work import TicketMerge
from channels.message import Delivery
from kb.words import words

OURS = (Status.NEW, Status.OPEN)
TWINS = timedelta(days=7)


def merge(session: Session, *, kept: Ticket, gone: Ticket, by: User, now: datetime, books: Books) -> TicketMerge:
    """They are the same question: what was said goes to the one that is kept, and so does whatever is said later."""
    _lock(session, kept, gone)
    _may_merge(kept, gone)
    ids = list(session.scalars(select(Message.id).where(Message.ticket_id == gone.id).order_by(Message.id)))
    merged = TicketMerge(
        kept_id=kept.id, gone_id=gone.id, gone_status=gone.status.value, message_ids=ids, user_id=by.id, at=now
    )
    session.add(merged)
    _move(session, ids, kept.id)
    _take_over(kept, gone, now=now)
    following.take_over(session, kept=kept, gone=gone)
    gone.merged_into_id, gone.sort_at, gone.due_at = kept.id, None, None
    gone.status, gone.closed_at, gone.close_reason = Status.CLOSED, gone.closed_at or now, "merged"
    _look_again(session, kept)
    deadlines.refresh(kept, books.hours, books.settings, now=now)
    events.record(session, kept, "merged", now=now, by=by, other=gone.id)
    events.record(session, gone, "merged_into", now=now, by=by, other=kept.id)
    session.flush()
    return merged


def part(session: Session, merged: TicketMerge, *, by: User, now: datetime, books: Books) -> None:
    """They were two questions after all: each has again what it had; what came since stays with the kept one."""
    kept, gone = session.get_one(Ticket, merged.kept_id), session.get_one(Ticket, merged.gone_id)
    _lock(session, kept, gone)
    if merged.undone_at is not None or gone.merged_into_id != kept.id:
        raise Impossible("Esta unión ya se ha deshecho.")
    # What it brought lies further on, and only that union can give it back.
    if kept.merged_into_id is not None:
        raise Impossible("Esta consulta está unida a su vez a otra: deshaga antes aquella unión.")
    still = select(Message.id).where(Message.id.in_(merged.message_ids), Message.ticket_id == kept.id)
    _move(session, session.scalars(still).all(), gone.id)
    gone.merged_into_id, merged.undone_at = None, now
    gone.status, gone.close_reason = Status(merged.gone_status), None
    gone.closed_at = gone.closed_at if gone.status is Status.CLOSED else None
    gone.waiting_since = (gone.heard_at or now) if gone.status in OURS else None
    if gone.unsorted_since is not None and gone.status is not Status.CLOSED:
        # Nobody has looked at it yet; whoever parts them is about to answer, so the machine says nothing.
        gone.sort_at, gone.automatic_turns = now, gate.TURNS
    for ticket, other in ((kept, gone), (gone, kept)):
        _look_again(session, ticket)
        deadlines.refresh(ticket, books.hours, books.settings, now=now)
        events.record(session, ticket, "parted", now=now, by=by, other=other.id)


def split(session: Session, message: Message, *, by: User, now: datetime, books: Books) -> Ticket:
    """Take a message of the contact out into a ticket of its own, which people answer and no machine."""
    old = session.get_one(Ticket, message.ticket_id)
    _lock(session, old)
    others = (
        select(func.count())
        .select_from(Message)
        .join(Identity, Identity.id == Message.identity_id)
        .where(
            Message.ticket_id == old.id,
            Message.direction == Direction.IN,
            Message.id != message.id,
            Identity.contact_id == old.contact_id,
        )
    )
    # The new ticket is the contact's and named by these words: a clerk's would stand in the subject of our answer.
    if message.direction is not Direction.IN or not conversation.of(old.contact_id, message):
        raise Impossible("Solo se separa lo que ha escrito la persona.")
    if not session.scalar(others):
        raise Impossible("Es lo único que ha escrito en esta consulta: no hay de qué separarlo.")
    heard = message.received_at or message.created_at
    new = Ticket(
        contact_id=old.contact_id,
        channel=message.channel,
        line_id=message.line_id or old.line_id,
        subject=conversation.first_line(message.reply or message.text),
        status=Status.NEW,
        priority=old.priority,
        town_hall_id=old.town_hall_id,
        created_at=now,
        heard_at=heard,
        waiting_since=heard,
        sort_at=now,
        unsorted_since=now,
        related_to_id=old.id,
        # Whoever splits is about to answer: triage names the new ticket, and says nothing.
        automatic_turns=gate.TURNS,
        version=1,
        spent_minutes=0,
    )
    session.add(new)
    session.flush()
    events.record(session, new, "split_from", now=now, by=by, first=True, other=old.id, message=message.id)
    _move(session, [message.id], new.id)
    for ticket in (old, new):
        _look_again(session, ticket)
        deadlines.refresh(ticket, books.hours, books.settings, now=now)
    events.record(session, old, "split", now=now, by=by, other=new.id, message=message.id)
    return new


def relate(session: Session, ticket: Ticket, *, to: Ticket | None, by: User, now: datetime) -> None:
    """Say that a ticket has to do with another; None: with none."""
    if to is not None and to.id == ticket.id:
        raise Impossible("Es esta misma consulta: escriba el número de otra.")
    if ticket.related_to_id == (to.id if to else None):
        return
    ticket.related_to_id = to.id if to else None
    events.record(session, ticket, "related", now=now, by=by, other=ticket.related_to_id)


def merges(session: Session, ticket: Ticket) -> list[TicketMerge]:
    """The merges into this ticket that still hold, newest first."""
    holding = select(TicketMerge).where(TicketMerge.kept_id == ticket.id, TicketMerge.undone_at.is_(None))
    return list(session.scalars(holding.order_by(TicketMerge.id.desc())))


def twins(ticket: Ticket, others: Iterable[Ticket]) -> list[Ticket]:
    """Which of the contact's other tickets may be the same question: on the same subject, within a week."""
    if ticket.merged_into_id is not None or ticket.status is Status.CLOSED:
        return []
    return [
        other
        for other in others
        if other.merged_into_id is None
        and other.status is not Status.CLOSED
        and other.handed_to_id is None
        and other.on_behalf_of == ticket.on_behalf_of
        and abs(other.created_at - ticket.created_at) <= TWINS
        and _same_subject(ticket, other)
    ]


def _same_subject(one: Ticket, other: Ticket) -> bool:
    if one.category is not None and one.category == other.category:
        return one.town_hall_id == other.town_hall_id or None in (one.town_hall_id, other.town_hall_id)
    return bool(one.subject.strip()) and words(one.subject) == words(other.subject)


def _may_merge(kept: Ticket, gone: Ticket) -> None:
    if kept.id == gone.id or kept.merged_into_id == gone.id or gone.merged_into_id is not None:
        raise Impossible("Estas consultas ya están unidas.")
    if kept.merged_into_id is not None or kept.status is Status.CLOSED:
        raise Impossible("La consulta que queda está cerrada: ábrala antes.")
    # One person's words must not end up before another's eyes.
    if kept.contact_id != gone.contact_id:
        raise Impossible("Son de personas distintas. Si es la misma persona, una antes sus dos fichas.")
    if gone.handed_to_id is not None:
        raise Impossible("La otra consulta está en manos de un ayuntamiento: recupérela antes.")


def _take_over(kept: Ticket, gone: Ticket, *, now: datetime) -> None:
    """The kept one is as urgent and as much ours as the more pressing of the two."""
    kept.priority = min(kept.priority, gone.priority)
    kept.call_back_at = kept.call_back_at or gone.call_back_at
    kept.deadline = kept.deadline or gone.deadline
    kept.filing = kept.filing or gone.filing
    if gone.sort_at is not None:
        kept.sort_at, kept.unsorted_since = kept.sort_at or now, kept.unsorted_since or gone.unsorted_since
    if gone.status in OURS:
        if kept.status not in OURS:
            kept.status, kept.solved_at = Status.OPEN, None
        kept.waiting_since = min(kept.waiting_since or now, gone.waiting_since or now)


def _look_again(session: Session, ticket: Ticket) -> None:
    """Learn anew which message is the last, and when each side spoke."""
    rows = session.execute(
        select(Message.direction, func.max(Message.id), func.max(Message.created_at))
        .where(
            Message.ticket_id == ticket.id,
            Message.direction != Direction.NOTE,
            Message.audience == "contact",
            or_(Message.delivery.is_(None), Message.delivery.not_in((Delivery.PROPOSED, Delivery.DROPPED))),
        )
        .group_by(Message.direction)
    ).all()
    last = max(rows, key=lambda row: row[1], default=None)
    ticket.last_message_id, ticket.last_message_at = (last[1], last[2]) if last else (None, None)
    spoken = {direction: at for direction, _id, at in rows}
    ticket.heard_at = spoken.get(Direction.IN, ticket.heard_at)
    ticket.spoke_at = spoken.get(Direction.OUT)


def _move(session: Session, ids: Collection[int], to: int) -> None:
    """Messages and the answers that they offered change their ticket; their first one stays written on them."""
    for row, column in ((Message, Message.id), (Answer, Answer.message_id)):
        session.execute(
            update(row).where(column.in_(ids)).values(ticket_id=to).execution_options(synchronize_session="fetch")
        )


def _lock(session: Session, *tickets: Ticket) -> None:
    """Lock tickets in the order of their ids, as everybody does."""
    ids = {ticket.id for ticket in tickets}
    again = select(Ticket).where(Ticket.id.in_(ids)).order_by(Ticket.id).with_for_update()
    session.scalars(again.execution_options(populate_existing=True)).all()
    events.hold_all(session, ids)
