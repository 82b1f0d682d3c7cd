"""What a user has begun to write in a ticket."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.message import Draft
from app.models.people import User
from app.models.ticket import Ticket


def save_draft(session: Session, ticket: Ticket, *, text: str, by: User, now: datetime) -> None:
    """Keep what a user has begun to write; an empty text forgets it."""
    row = session.scalar(select(Draft).where(Draft.ticket_id == ticket.id, Draft.user_id == by.id))
    if not text.strip():
        if row is not None:
            session.delete(row)
        return
    if row is None:
        row = Draft(ticket_id=ticket.id, user_id=by.id)
        session.add(row)
    row.text, row.saved_at = text, now


def draft(session: Session, ticket: Ticket, user: User) -> str:
    """What a user has begun to write in a ticket, or nothing."""
    return session.scalar(select(Draft.text).where(Draft.ticket_id == ticket.id, Draft.user_id == user.id)) or ""
