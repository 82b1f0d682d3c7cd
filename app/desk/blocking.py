"""People whom the desk no longer attends to: what they send is kept and answered by nobody."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.desk import board, events
from app.models.people import Contact, User
from app.models.ticket import Status, Ticket


def block(session: Session, ticket: Ticket, *, by: User, now: datetime) -> None:
    """Attend no more to who asks here; this consulta is closed with it."""
    contact = session.get_one(Contact, ticket.contact_id)
    if contact.blocked_at is None:
        contact.blocked_at = now
        events.record(session, ticket, "contact_blocked", now=now, by=by, contact=contact.id)
    board.spam(session, ticket, by=by, now=now)


def unblock(session: Session, ticket: Ticket, *, by: User, now: datetime) -> None:
    """Attend to them again; what they sent meanwhile stays closed until somebody opens it."""
    contact = session.get_one(Contact, ticket.contact_id)
    if contact.blocked_at is not None:
        contact.blocked_at = None
        events.record(session, ticket, "contact_unblocked", now=now, by=by, contact=contact.id)


def shut(session: Session, ticket: Ticket, *, now: datetime) -> None:
    """Something came from somebody who is blocked: it is kept, and closed."""
    if ticket.status is not Status.CLOSED:
        board.close(session, ticket, reason="blocked", by=None, now=now)
