"""When people of the desk answer: a week of hours and the days off, right over both changes of the clock. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.i18n import DAYS, MONTHS

FARTHEST = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """The opening hours of a week (Monday first; half-open intervals) in a zone, less the days off."""

    zone: ZoneInfo
    week: tuple[tuple[tuple[time, time], ...], ...]
    days_off: frozenset[date]

    def open_at(self, moment: datetime) -> bool:
        """Whether somebody is there."""
        return any(start <= moment < end for start, end in self._day(moment.astimezone(self.zone).date()))

    def closes_at(self, moment: datetime) -> datetime | None:
        """When the interval that holds the moment ends; None when closed."""
        for start, end in self._day(moment.astimezone(self.zone).date()):
            if start <= moment < end:
                return end
        return None

    def next_opening(self, moment: datetime) -> datetime:
        """The first opening after the moment, in UTC; raises ValueError when the desk never opens again."""
        for start, _end in self._from(moment):
            if start > moment:
                return start
        raise ValueError("the desk never opens")

    def answers_from(self, moment: datetime) -> datetime:
        """The moment itself while open, else the next opening."""
        return moment if self.open_at(moment) else self.next_opening(moment)

    def working_day(self, day: date) -> bool:
        """Whether the desk opens at all on that day."""
        return bool(self._day(day))

    def add(self, moment: datetime, length: timedelta) -> datetime:
        """The moment when so much open time has passed since."""
        left = length
        for start, end in self._from(moment):
            begin = max(start, moment)
            if begin >= end:
                continue
            if end - begin >= left:
                return begin + left
            left -= end - begin
        raise ValueError("the desk does not open long enough")

    def between(self, first: datetime, last: datetime) -> timedelta:
        """How much open time lies between two moments; zero when the second is not later."""
        total, day = timedelta(), first.astimezone(self.zone).date()
        while day <= last.astimezone(self.zone).date():
            for start, end in self._day(day):
                total += max(min(end, last) - max(start, first), timedelta())
            day += timedelta(days=1)
        return total

    def opening_in_words(self, moment: datetime) -> str:
        """«hoy a las 08:00», «mañana a las 08:00», «el miércoles 9 a las 08:00»: the next opening."""
        opens = self.next_opening(moment).astimezone(self.zone)
        return f"{self._day_in_words(opens, moment)} a las {opens:%H:%M}"

    def people_in_words(self, moment: datetime) -> str:
        """When a person answers: «hoy, hasta las 15:00» while open, else «mañana, desde las 08:00»."""
        if (closes := self.closes_at(moment)) is not None:
            return f"hoy, hasta las {closes.astimezone(self.zone):%H:%M}"
        opens = self.next_opening(moment).astimezone(self.zone)
        return f"{self._day_in_words(opens, moment)}, desde las {opens:%H:%M}"

    def _day_in_words(self, opens: datetime, moment: datetime) -> str:
        ahead = (opens.date() - moment.astimezone(self.zone).date()).days
        if ahead < 2:
            return ("hoy", "mañana")[ahead]
        day = f"el {DAYS[opens.weekday()]} {opens.day}"
        return day if ahead < 7 else f"{day} de {MONTHS[opens.month - 1]}"

    def _from(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        day = moment.astimezone(self.zone).date()
        for ahead in range(FARTHEST):
            yield from self._day(day + timedelta(days=ahead))

    def _day(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        if day in self.days_off:
            return ()
        return tuple((self._utc(day, start), self._utc(day, end)) for start, end in self.week[day.weekday()])

    def _utc(self, day: date, at: time) -> datetime:
        # Aware values of one zone subtract by the wall, which is an hour wrong twice a year; UTC does not change.
        return datetime.combine(day, at, tzinfo=self.zone).astimezone(UTC)


def read_week(rows: dict[str, list[list[str]]]) -> tuple[tuple[tuple[time, time], ...], ...]:
    """`{"mon": [["08:00", "15:00"]], …}` as stored, missing days closed."""
    names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    return tuple(
        tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in rows.get(name, ()))
        for name in names
    )
