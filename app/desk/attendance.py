"""On which days somebody attends at a town hall, read from its row's words, and when so many are over. Pure."""

import re
from collections.abc import Collection
from datetime import date, datetime, time, timedelta

from app.desk.hours import Hours
from app.i18n import DAYS
from kb.words import fold

NAMES = [fold(name) for name in DAYS]
WEEK = frozenset(range(5))
_DAY = "|".join(f"{name[:-1]}s?" if name.endswith("s") else f"{name}s?" for name in NAMES)
_RANGE = re.compile(rf"\b({_DAY})\s+a\s+({_DAY})\b")
_ONE = re.compile(rf"\b({_DAY})\b")


def days(told: str | None) -> frozenset[int]:
    """The days of the week that a text names, Monday 0; the working week when it names none."""
    words = fold(told or "")
    found: set[int] = set()
    for first, last in _RANGE.findall(words):
        found.update(range(_number(first), _number(last) + 1))
    found.update(_number(one) for one in _ONE.findall(words))
    return frozenset(found) or WEEK


def after(
    moment: datetime, count: int, week: Collection[int], hours: Hours, *, holidays: Collection[date] = ()
) -> datetime:
    """When the desk opens after so many whole attendance days have passed; the day of the moment does not count."""
    day = moment.astimezone(hours.zone).date()
    # A place that attends on no day that ever comes is asked again all the same.
    for _turn in range(60):
        day += timedelta(days=1)
        if day.weekday() in week and day not in hours.days_off and day not in holidays:
            count -= 1
            if count == 0:
                break
    return hours.next_opening(datetime.combine(day, time(23, 59), tzinfo=hours.zone))


def _number(word: str) -> int:
    return next(at for at, name in enumerate(NAMES) if name[:4] == word[:4])
