"""What technicians have put right: enquiries whose category a person changed, with the category they gave."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.message import Direction, Message
from app.models.ticket import Event, Ticket
from channels.message import Kind

CHANGED, CATEGORY = "changed", "category"


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """The first words of a ticket, and what a person says that they are about."""

    ticket_id: int
    category: str
    text: str


def corrections(session: Session) -> list[Correction]:
    """Each corrected ticket once, oldest first, with its last category; not those whose words are gone."""
    events = session.execute(
        select(Event.ticket_id, Event.data).where(Event.what == CHANGED, Event.user_id.is_not(None)).order_by(Event.id)
    )
    ids = dict.fromkeys(number for number, data in events if CATEGORY in data)
    found = (_correction(session, number) for number in ids)
    return [one for one in found if one is not None]


def _correction(session: Session, number: int) -> Correction | None:
    ticket = session.get(Ticket, number)
    first = session.scalars(
        select(Message)
        .where(Message.origin_ticket_id == number, Message.direction == Direction.IN, Message.kind == Kind.MESSAGE)
        .order_by(Message.id)
        .limit(1)
    ).first()
    if ticket is None or ticket.category is None or first is None or not first.text.strip():
        return None
    text = "\n".join(part for part in (first.subject, first.text) if part)
    return Correction(ticket_id=number, category=ticket.category, text=text)
