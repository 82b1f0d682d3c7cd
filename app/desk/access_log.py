"""Who of the desk has opened which ticket, when, and why where that is asked: read by supervisors."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.models.office import TicketRead
from app.models.people import Role, User
from app.models.ticket import Status, Ticket

PAGE, BATCH = 100, 500
KEPT = timedelta(days=730)
RESERVED = "reservada"


@dataclass(frozen=True, slots=True)
class Reading:
    """One opening of a ticket's page."""

    id: int
    who: str
    ticket_id: int
    at: datetime
    reason: str | None


def note(session: Session, *, user_id: int, ticket_id: int, now: datetime, reason: str | None = None) -> None:
    """Somebody has opened a ticket."""
    session.add(TicketRead(user_id=user_id, ticket_id=ticket_id, at=now, reason=reason))


def owes_reason(session: Session, ticket: Ticket, user: User, *, midnight: datetime) -> bool:
    """Whether somebody must say why she opens this ticket: once a day, and only where curiosity would do harm.

    That is a colleague's that is over (it is in nobody's queue), and one that is reserved.
    """
    over = ticket.status is Status.CLOSED and ticket.owner_id is not None
    if not reserved_from(ticket, user) and not (over and _is_not_hers(ticket, user)):
        return False
    told = select(TicketRead.id).where(
        TicketRead.ticket_id == ticket.id,
        TicketRead.user_id == user.id,
        TicketRead.reason.is_not(None),
        TicketRead.at >= midnight,
    )
    return session.scalar(told.limit(1)) is None


def reserved_from(ticket: Ticket, user: User) -> bool:
    """Whether it bears the tag `reservada` and is not hers, whoever else has it; her queue does not show its words."""
    return RESERVED in ticket.tags and _is_not_hers(ticket, user)


def _is_not_hers(ticket: Ticket, user: User) -> bool:
    # Who coordinates is answerable for all of them and is not asked.
    return user.role is Role.TECHNICIAN and ticket.owner_id != user.id


def forget(session: Session, *, now: datetime) -> int:
    """Forget one batch of what is older than anybody may still ask about; how many there were."""
    # They are written in the order of time, so the first ones tell, and nobody looks through the rest.
    first = select(TicketRead.id, TicketRead.at).order_by(TicketRead.id).limit(BATCH)
    ids = [row_id for row_id, at in session.execute(first) if at < now - KEPT]
    if ids:
        session.execute(delete(TicketRead).where(TicketRead.id.in_(ids)))
    return len(ids)


def newest(
    session: Session, *, ticket_id: int | None = None, user_id: int | None = None, before: int | None = None
) -> Sequence[Reading]:
    """The newest readings of a ticket, of a person, or of all, a page at a time."""
    query = select(TicketRead.id, User.name, TicketRead.ticket_id, TicketRead.at, TicketRead.reason).join(
        User, User.id == TicketRead.user_id
    )
    if ticket_id is not None:
        query = query.where(TicketRead.ticket_id == ticket_id)
    if user_id is not None:
        query = query.where(TicketRead.user_id == user_id)
    if before is not None:
        query = query.where(TicketRead.id < before)
    rows = session.execute(query.order_by(TicketRead.id.desc()).limit(PAGE))
    return [Reading(*row) for row in rows]
