"""What a user has begun to write in a ticket."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.message import Draft, Message
from app.models.people import User
from app.models.ticket import Ticket


def save_draft(
    session: Session,
    ticket: Ticket,
    *,
    text: str,
    by: User,
    now: datetime,
    way: str = "",
    cc: str = "",
    client_key: str | None = None,
) -> None:
    """Keep what a user has begun to write, by which way and with whose copies; an empty text forgets it.

    What has been said already under the same `client_key` is no draft any more: a page may keep it late.
    """
    if client_key and session.scalar(select(Message.id).where(Message.client_key == client_key)) is not None:
        return
    row = session.scalar(select(Draft).where(Draft.ticket_id == ticket.id, Draft.user_id == by.id))
    if not text.strip():
        if row is not None:
            session.delete(row)
        return
    if row is None:
        row = Draft(ticket_id=ticket.id, user_id=by.id)
        session.add(row)
    row.text, row.channel, row.cc, row.saved_at = text, way, cc, now
