"""By when we owe an answer and a solution, in open time of the desk, by priority. Pure but for the row it fills."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.desk.hours import Hours
from app.models.ticket import Status, Ticket

# Minutes of open time until a person's first answer and until the solution.
TARGETS: Mapping[str, tuple[int, int]] = {"P1": (60, 240), "P2": (240, 840), "P3": (420, 2100), "P4": (1260, 4200)}
OURS = {Status.NEW, Status.OPEN}
# The citizen does not care which body keeps her waiting: time goes on while a third party has the matter.
RUNNING = OURS | {Status.HELD}
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Dues:
    """By when we owe the first answer and the solution."""

    first: datetime
    solved: datetime


def targets(settings: Mapping[str, Any], channel: str | None = None) -> Mapping[str, tuple[int, int]]:
    """The desk's own targets where it has set them; a channel's own (`whatsapp.P1`) before those for all (`P1`)."""
    told = {key: (int(value[0]), int(value[1])) for key, value in (settings.get("targets") or {}).items()}
    return {
        priority: told.get(f"{channel}.{priority}") or told.get(priority) or usual
        for priority, usual in TARGETS.items()
    }


def reckon(
    hours: Hours, settings: Mapping[str, Any], *, priority: str, channel: str, since: datetime, spent: int
) -> Dues:
    """The deadlines of a turn of ours that began at a moment, when so many minutes had been spent before it."""
    first, solved = targets(settings, channel)[priority]
    return Dues(*(hours.add(since, max(target - spent, 0) * MINUTE) for target in (first, solved)))


def refresh(ticket: Ticket, hours: Hours, settings: Mapping[str, Any], *, now: datetime) -> None:
    """Set the ticket's deadlines anew; while the contact owes us a word, time stands still and none runs."""
    _count(ticket, hours, now)
    since = ticket.turn_since or ticket.waiting_since or ticket.heard_at or ticket.created_at or now
    dues = reckon(
        hours,
        settings,
        priority=ticket.priority,
        channel=ticket.channel,
        since=since,
        spent=ticket.spent_minutes or 0,
    )
    ticket.due_first, ticket.due_solved = dues.first, dues.solved
    ticket.due_at = _running(ticket) if ticket.status in OURS else None


def resume(ticket: Ticket, *, now: datetime) -> None:
    """It is our turn again without a new word: the deadlines that were set when the contact spoke hold as before."""
    ticket.waiting_since = ticket.waiting_since or ticket.heard_at or now
    # What went before is counted already; only what follows is added to it.
    ticket.turn_since = ticket.turn_since or now
    ticket.due_at = _running(ticket)


def _count(ticket: Ticket, hours: Hours, now: datetime) -> None:
    """Note when our turn begins, and how long it was when it ends; a solved question owes nothing more."""
    if ticket.status in RUNNING:
        ticket.turn_since = ticket.turn_since or ticket.waiting_since or ticket.heard_at or now
    elif ticket.turn_since is not None:
        ticket.spent_minutes = (ticket.spent_minutes or 0) + hours.between(ticket.turn_since, now) // MINUTE
        ticket.turn_since = None
    if ticket.status in {Status.SOLVED, Status.CLOSED}:
        ticket.spent_minutes = 0


def _running(ticket: Ticket) -> datetime | None:
    return ticket.due_first if ticket.first_answered_at is None else ticket.due_solved
