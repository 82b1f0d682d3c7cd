"""What rules look things up in: places, holidays, other bodies. Built once, swapped whole when something changes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from triage.library import Library
from triage.model import FILE
from triage.places import Places

MADRID = ZoneInfo("Europe/Madrid")


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """Another public body, and how people reach it; `words` are those by which its business is known."""

    key: str
    name: str
    words: tuple[str, ...] = ()
    phone: str | None = None
    web: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """The places of the province, its holidays (not the local ones), the other bodies by key, the learned model.

    `library` are the articles, whose search has learned too; None leaves them unasked.
    """

    places: Places
    holidays: frozenset[date] = frozenset()
    directory: Mapping[str, Body] = field(default_factory=dict)
    zone: tzinfo = MADRID
    model: Path = FILE
    library: Library | None = None

    def working(self, day: date) -> bool:
        """Saturdays, Sundays and holidays are not working days (art. 30 Ley 39/2015)."""
        return day.weekday() < 5 and day not in self.holidays

    def working_days(self, start: date, end: date) -> int:
        """How many working days follow `start` up to and with `end`; 0 if the end is not later."""
        return sum(self.working(start + timedelta(days=step)) for step in range(1, (end - start).days + 1))

    def after_working_days(self, start: date, count: int) -> date:
        """The day on which `count` working days have passed, counted from the day after `start`."""
        day = start
        while count > 0:
            day += timedelta(days=1)
            count -= self.working(day)
        return day
