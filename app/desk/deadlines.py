"""By when we owe an answer and a solution, in open time of the desk, by priority. Pure but for the row it fills."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from app.desk.hours import Hours
from app.models.ticket import Status, Ticket

# Minutes of open time until a person's first answer and until the solution.
TARGETS: Mapping[str, tuple[int, int]] = {"P1": (60, 240), "P2": (240, 840), "P3": (420, 2100), "P4": (1260, 4200)}
OURS = {Status.NEW, Status.OPEN}


def targets(settings: Mapping[str, Any]) -> Mapping[str, tuple[int, int]]:
    """The desk's own targets where it has set them."""
    return {**TARGETS, **{k: (int(v[0]), int(v[1])) for k, v in (settings.get("targets") or {}).items()}}


def refresh(ticket: Ticket, hours: Hours, settings: Mapping[str, Any], *, now: datetime) -> None:
    """Set the ticket's deadlines anew; while it is not our turn none runs, but both are known for when it is again."""
    first, solved = targets(settings)[ticket.priority]
    since = ticket.waiting_since or ticket.heard_at or ticket.created_at or now
    ticket.due_first = hours.add(since, timedelta(minutes=first))
    ticket.due_solved = hours.add(since, timedelta(minutes=solved))
    ticket.due_at = _running(ticket) if ticket.status in OURS else None


def resume(ticket: Ticket, *, now: datetime) -> None:
    """It is our turn again without a new word: the deadlines that were set when the contact spoke hold as before."""
    ticket.waiting_since = ticket.waiting_since or ticket.heard_at or now
    ticket.due_at = _running(ticket)


def _running(ticket: Ticket) -> datetime | None:
    return ticket.due_first if ticket.first_answered_at is None else ticket.due_solved
