"""How long somebody waits and how much is left, in working time and in words. Pure."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from app.desk.hours import Hours
from app.i18n import NBSP, moment, span
from app.models.ticket import Status, Ticket
from app.web.labels import Pill
from app.web.say import _, count_of

MINUTE = timedelta(minutes=1)
SOON = timedelta(minutes=90)
LONG = timedelta(hours=14)


@dataclass(frozen=True, slots=True)
class Due:
    """The pill of a deadline and the moment under it."""

    pill: Pill
    under: str


def due(ticket: Ticket, hours: Hours, now: datetime) -> Due:
    """Late, soon or calm while it is our turn; paused while it is somebody else's."""
    if ticket.status is Status.SOLVED:
        return Due(Pill("fine", "check", _("Resuelta")), _ago(ticket.solved_at, now, hours))
    if ticket.status is Status.CLOSED:
        return Due(Pill("", "", _("Cerrada")), _ago(ticket.closed_at, now, hours))
    if ticket.snoozed_until is not None and ticket.snoozed_until > now:
        return Due(Pill("", "calendar-clock", _("Pospuesta")), moment(ticket.snoozed_until, now, hours.zone))
    if ticket.status is Status.WAITING:
        return Due(Pill("", "pause", _("En pausa")), _("espera respuesta"))
    if ticket.status is Status.HELD:
        return Due(Pill("", "pause", _("En pausa")), _("otra entidad"))
    if ticket.due_at is None:
        return Due(Pill("calm", "clock", _("Sin plazo")), _("acaba de llegar"))
    if ticket.due_at <= now:
        late = hours.between(ticket.due_at, now)
        # At night no working time passes: then the moment says more than «hace 0 min».
        since = (
            _("hace %(span)s", span=quantity(late, hours)) if late >= MINUTE else moment(ticket.due_at, now, hours.zone)
        )
        return Due(Pill("late", "circle-alert", _("Vencida")), since)
    left = hours.between(now, ticket.due_at)
    tone = "soon" if left < SOON else "calm"
    return Due(Pill(tone, "clock", quantity(left, hours)), moment(ticket.due_at, now, hours.zone))


def wait(ticket: Ticket, hours: Hours, now: datetime) -> str:
    """How long the person has waited for us, in working time; how long we wait for others, in days."""
    if ticket.status in {Status.NEW, Status.OPEN}:
        return quantity(hours.between(ticket.waiting_since or ticket.created_at, now), hours)
    if ticket.status in {Status.SOLVED, Status.CLOSED}:
        return ""
    return span(now - (ticket.last_message_at or ticket.created_at))


def quantity(length: timedelta, hours: Hours) -> str:
    """«4 h 10 min» of working time; from two working days on, «3 días»: twenty-four hours are no day of ours."""
    if length < LONG:
        return span(length)
    days = round(length / _day_length(hours))
    return count_of("%(num)s día", "%(num)s días", days).replace(" ", NBSP)


def spent(ticket: Ticket, hours: Hours, now: datetime) -> int:
    """How much of the time has gone, from 0 to 100, for the gauge."""
    since = ticket.waiting_since or ticket.created_at
    if ticket.due_at is None or ticket.due_at <= since:
        return 0
    whole = hours.between(since, ticket.due_at)
    return 100 if not whole else min(100, round(100 * (hours.between(since, now) / whole)))


def _ago(when: datetime | None, now: datetime, hours: Hours) -> str:
    return moment(when, now, hours.zone) if when else ""


def _day_length(hours: Hours) -> timedelta:
    minutes = [sum(_minute(end) - _minute(start) for start, end in day) for day in hours.week]
    return timedelta(minutes=max(minutes) or 24 * 60)


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute
