"""Tickets that somebody follows: they stand in a list of her own, whoever they belong to."""

from sqlalchemy.orm import Session

from app.models.people import User
from app.models.ticket import Ticket, TicketFollower


def follow(session: Session, ticket: Ticket, *, by: User) -> None:
    """Follow a ticket; to follow it twice is to follow it."""
    if session.get(TicketFollower, (ticket.id, by.id)) is None:
        session.add(TicketFollower(ticket_id=ticket.id, user_id=by.id))


def leave(session: Session, ticket: Ticket, *, by: User) -> None:
    """Follow it no more."""
    row = session.get(TicketFollower, (ticket.id, by.id))
    if row is not None:
        session.delete(row)
