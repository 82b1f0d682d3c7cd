"""What the page of one ticket reads: conversation, history, what was offered, who asks and what else they asked."""

from collections.abc import Mapping, Sequence

from sqlalchemy import literal, select, union
from sqlalchemy.orm import Session, joinedload

from app.models.message import Direction, Message, MessageFile
from app.models.place import TownHall
from app.models.ticket import Event, Ticket

MOST_MESSAGES = 400
MOST_EVENTS = 300
MOST_EARLIER, MOST_KIN = 7, 6


def messages(session: Session, ticket: Ticket) -> tuple[Sequence[Message], frozenset[int]]:
    """The newest messages of a ticket, from the first to the last, with their files and authors.

    Also which came with a layout of their own; the layout itself is read only when somebody asks for it.
    """
    found = session.execute(
        select(Message, Message.html.is_not(None))
        .where(Message.ticket_id == ticket.id)
        .options(
            joinedload(Message.attachments).joinedload(MessageFile.file),
            joinedload(Message.author),
            joinedload(Message.identity),
        )
        .order_by(Message.id.desc())
        .limit(MOST_MESSAGES)
    )
    rows = found.unique().all()
    return [message for message, _ in reversed(rows)], frozenset(message.id for message, laid in rows if laid)


def history(session: Session, ticket: Ticket) -> Sequence[Event]:
    """The newest events of a ticket, from the first to the last."""
    newest = session.scalars(
        select(Event)
        .where(Event.ticket_id == ticket.id)
        .options(joinedload(Event.user))
        .order_by(Event.id.desc())
        .limit(MOST_EVENTS)
    ).all()
    return newest[::-1]


def around(session: Session, ticket: Ticket) -> tuple[Sequence[Ticket], Sequence[Ticket]]:
    """The newest other consultas of the same contact, and those that this one names or that name it, newest first."""
    same = select(Ticket.id).where(Ticket.contact_id == ticket.contact_id, Ticket.id != ticket.id)
    naming = select(Ticket.id).where(Ticket.related_to_id == ticket.id, Ticket.id != ticket.id)
    named = {one for one in (ticket.related_to_id, ticket.merged_into_id) if one is not None and one != ticket.id}
    newest = ((same, MOST_EARLIER), (naming, MOST_KIN))
    lots = [select(lot.order_by(Ticket.id.desc()).limit(most).subquery().c.id) for lot, most in newest]
    ids = union(*lots, *(select(literal(one, Ticket.id.type)) for one in sorted(named))).subquery()
    found = session.scalars(select(Ticket).join(ids, ids.c.id == Ticket.id).order_by(Ticket.id.desc())).all()
    kin = [one for one in found if one.related_to_id == ticket.id or one.id in named]
    return [one for one in found if one.contact_id == ticket.contact_id][:MOST_EARLIER], kin[:MOST_KIN]


def hall_names(session: Session) -> Mapping[int, str]:
    """Every town hall by its row, in the order of names."""
    rows = session.execute(select(TownHall.id, TownHall.name).order_by(TownHall.name))
    return {row.id: row.name for row in rows}


def last_spoken(said: Sequence[Message]) -> int:
    """The newest word among these of the contact or of one of ours to her; 0 when there is none."""
    answers = (Direction.OUT, "contact")
    spoken = (
        message.id
        for message in said
        if message.direction is Direction.IN
        or (message.author_user_id is not None and (message.direction, message.audience) == answers)
    )
    return max(spoken, default=0)


def enclosed(session: Session, file_id: int) -> MessageFile | None:
    """A file of a message."""
    return session.get(MessageFile, file_id)
