"""The moments until which a ticket is usually put aside, in the desk's own hours."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.desk.hours import Hours
from app.i18n import clock_time, day
from app.web.say import _

LATER = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Snooze:
    """What the button says, and the moment in its value."""

    words: str
    value: str


def snoozes(hours: Hours, now: datetime) -> list[Snooze]:
    """Later today while there is time, the next openings, a week ahead."""
    today = now.astimezone(hours.zone).date()
    moments = []
    closes = hours.closes_at(now)
    if closes is not None and now + LATER < closes:
        moments.append((now + LATER).replace(second=0, microsecond=0))
    opening = now
    for _turn in range(2):
        opening = hours.next_opening(opening)
        moments.append(opening)
    moments.append(hours.next_opening(now + timedelta(days=7) - timedelta(hours=12)))
    return [_snooze(at, hours, today) for at in dict.fromkeys(moments)]


def _snooze(at: datetime, hours: Hours, today: date) -> Snooze:
    when = day(at.astimezone(hours.zone).date(), today)
    words = _("%(day)s a las %(time)s", day=when[:1].upper() + when[1:], time=clock_time(at, hours.zone))
    return Snooze(words, at.isoformat())
