"""What the page of one ticket reads: conversation, history, what was offered, who asks and what else they asked."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.models.message import Direction, Message, MessageFile
from app.models.people import ContactMerge, User
from app.models.place import TownHall
from app.models.ticket import Answer, Event, Ticket

MOST_MESSAGES = 400
MOST_EVENTS = 300


def messages(session: Session, ticket: Ticket) -> tuple[Sequence[Message], frozenset[int]]:
    """The newest messages of a ticket, from the first to the last, with their files and authors.

    Also which came with a layout of their own; the layout itself is read only when somebody asks for it.
    """
    rows = session.execute(
        select(Message, Message.html.is_not(None))
        .where(Message.ticket_id == ticket.id)
        .options(
            selectinload(Message.attachments).joinedload(MessageFile.file),
            joinedload(Message.author),
            joinedload(Message.identity),
        )
        .order_by(Message.id.desc())
        .limit(MOST_MESSAGES)
    ).all()
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


def offers(session: Session, ticket: Ticket) -> Sequence[Answer]:
    """The articles that were offered for a ticket."""
    return session.scalars(select(Answer).where(Answer.ticket_id == ticket.id).order_by(Answer.id)).all()


def earlier(session: Session, ticket: Ticket, *, limit: int = 7) -> Sequence[Ticket]:
    """The other consultas of the same contact, newest first."""
    return session.scalars(
        select(Ticket)
        .where(Ticket.contact_id == ticket.contact_id, Ticket.id != ticket.id)
        .order_by(Ticket.id.desc())
        .limit(limit)
    ).all()


def merges(session: Session, contact_id: int) -> Sequence[ContactMerge]:
    """The unions of this contact with others that still hold, newest first."""
    return session.scalars(
        select(ContactMerge)
        .where(ContactMerge.kept_id == contact_id, ContactMerge.undone_at.is_(None))
        .order_by(ContactMerge.id.desc())
    ).all()


def hall_names(session: Session) -> Mapping[int, str]:
    """Every town hall by its row, in the order of names."""
    rows = session.execute(select(TownHall.id, TownHall.name).order_by(TownHall.name))
    return {row.id: row.name for row in rows}


def users(session: Session) -> Sequence[User]:
    """Everybody who ever signed in, by name: old events name people who have gone."""
    return session.scalars(select(User).order_by(User.name)).all()


def last_heard(said: Sequence[Message]) -> int:
    """The newest message of the contact among these; 0 when there is none."""
    return max((message.id for message in said if message.direction is Direction.IN), default=0)


def enclosed(session: Session, file_id: int) -> MessageFile | None:
    """A file of a message."""
    return session.get(MessageFile, file_id)
