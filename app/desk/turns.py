"""Whose turn it is after somebody of the desk has spoken. Pure but for the row it fills."""

from datetime import datetime

from app.desk.deadlines import OURS
from app.models.ticket import Status, Ticket


def turn(ticket: Ticket, status: Status, *, now: datetime) -> None:
    """Set the status that follows an answer, with the moments that belong to it; an answer opens what was closed."""
    ticket.status = status
    ticket.solved_at = now if status is Status.SOLVED else None
    if status is not Status.CLOSED:
        ticket.closed_at = ticket.close_reason = None
    if status not in OURS:
        ticket.waiting_since = None
