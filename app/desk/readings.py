"""Who of the desk has opened which ticket, and when: written at once, read by supervisors."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.office import TicketRead
from app.models.people import User

PAGE = 100


@dataclass(frozen=True, slots=True)
class Reading:
    """One opening of a ticket's page."""

    id: int
    who: str
    ticket_id: int
    at: datetime


def note(session: Session, *, user_id: int, ticket_id: int, now: datetime) -> None:
    """Somebody has opened a ticket."""
    session.add(TicketRead(user_id=user_id, ticket_id=ticket_id, at=now))


def newest(
    session: Session, *, ticket_id: int | None = None, user_id: int | None = None, before: int | None = None
) -> Sequence[Reading]:
    """The newest readings of a ticket, of a person, or of all, a page at a time."""
    query = select(TicketRead.id, User.name, TicketRead.ticket_id, TicketRead.at).join(
        User, User.id == TicketRead.user_id
    )
    if ticket_id is not None:
        query = query.where(TicketRead.ticket_id == ticket_id)
    if user_id is not None:
        query = query.where(TicketRead.user_id == user_id)
    if before is not None:
        query = query.where(TicketRead.id < before)
    rows = session.execute(query.order_by(TicketRead.id.desc()).limit(PAGE))
    return [Reading(id_, name, ticket, at) for id_, name, ticket, at in rows]
