"""When people of the desk answer: a week of hours and the days off, right over both changes of the clock. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.i18n import DAYS, MONTHS

FARTHEST = 400
# A desk that never opens again still shows its pages: what it owes is due so far away that nobody waits for it.
NEVER = timedelta(days=FARTHEST)
UNKNOWN = "cuando se publique el nuevo horario"
Week = tuple[tuple[tuple[time, time], ...], ...]


@dataclass(frozen=True, slots=True)
class Season:
    """Another week of hours from one day of each year to another (month, day), both included."""

    first: tuple[int, int]
    last: tuple[int, int]
    week: Week

    def holds(self, day: date) -> bool:
        """Whether the day lies in it; a season may run over the new year."""
        at = (day.month, day.day)
        return self.first <= at <= self.last if self.first <= self.last else at >= self.first or at <= self.last


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """The opening hours of a week (Monday first; half-open intervals) in a zone, less the days off."""

    zone: ZoneInfo
    week: Week
    days_off: frozenset[date]
    summer: Season | None = None
    _days: dict[date, tuple[tuple[datetime, datetime], ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _years: dict[int, list[timedelta]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def open_at(self, moment: datetime) -> bool:
        """Whether somebody is there."""
        return any(start <= moment < end for start, end in self._day(moment.astimezone(self.zone).date()))

    def closes_at(self, moment: datetime) -> datetime | None:
        """When the interval that holds the moment ends; None when closed."""
        for start, end in self._day(moment.astimezone(self.zone).date()):
            if start <= moment < end:
                return end
        return None

    def last_closing(self, moment: datetime) -> datetime:
        """When the desk closed last before the moment, in UTC; a day ago when it has not been open for long."""
        day = moment.astimezone(self.zone).date()
        ends = (end for back in range(30) for _, end in reversed(self._day(day - timedelta(days=back))))
        return next((end for end in ends if end <= moment), moment - timedelta(days=1))

    def next_opening(self, moment: datetime) -> datetime:
        """The first opening after the moment, in UTC; more than a year away when the desk never opens again."""
        return next((start for start, _end in self._from(moment) if start > moment), moment + NEVER)

    def answers_from(self, moment: datetime) -> datetime:
        """The moment itself while open, else the next opening."""
        return moment if self.open_at(moment) else self.next_opening(moment)

    def week_on(self, day: date) -> Week:
        """The week of hours that holds on a day: the summer's, or that of the rest of the year."""
        return self.summer.week if self.summer is not None and self.summer.holds(day) else self.week

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
        return moment + NEVER

    def between(self, first: datetime, last: datetime) -> timedelta:
        """How much open time lies between two moments; zero when the second is not later."""
        begins, ends = (moment.astimezone(self.zone).date() for moment in (first, last))
        if begins > ends:
            return timedelta()
        outer = sum(
            (
                max(min(end, last) - max(start, first), timedelta())
                for day in {begins, ends}
                for start, end in self._day(day)
            ),
            timedelta(),
        )
        return outer + self._whole(begins + timedelta(days=1), ends)

    def opening_in_words(self, moment: datetime, *, padded: bool = True) -> str:
        """«hoy a las 08:00», «el miércoles 9 a las 08:00»: the next opening; pages say it unpadded, «a las 8:00»."""
        opens = self.next_opening(moment).astimezone(self.zone)
        if opens - moment >= NEVER:
            return UNKNOWN
        at = f"{opens:%H:%M}" if padded else f"{opens.hour}:{opens:%M}"
        return f"{self._day_in_words(opens, moment)} a las {at}"

    def people_in_words(self, moment: datetime) -> str:
        """When a person answers: «hoy, hasta las 15:00» while open, else «mañana, desde las 08:00»."""
        if (closes := self.closes_at(moment)) is not None:
            return f"hoy, hasta las {closes.astimezone(self.zone):%H:%M}"
        opens = self.next_opening(moment).astimezone(self.zone)
        if opens - moment >= NEVER:
            return UNKNOWN
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

    def _whole(self, first: date, end: date) -> timedelta:
        """The open time of whole days, the last one not among them, without walking over years of them."""
        if first >= end:
            return timedelta()
        years = (self._year(year)[-1] for year in range(first.year, end.year))
        return sum(years, timedelta()) + self._until(end) - self._until(first)

    def _until(self, day: date) -> timedelta:
        return self._year(day.year)[day.timetuple().tm_yday - 1]

    def _year(self, year: int) -> list[timedelta]:
        """The open time of a year before each of its days, and as the last all of it."""
        if (kept := self._years.get(year)) is not None:
            return kept
        day, told = date(year, 1, 1), [timedelta()]
        while day.year == year:
            told.append(told[-1] + sum((end - start for start, end in self._day(day)), timedelta()))
            day += timedelta(days=1)
        self._years[year] = told
        return told

    def _day(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        kept = self._days.get(day)
        if kept is None:
            open_ = () if day in self.days_off else self.week_on(day)[day.weekday()]
            kept = self._days[day] = tuple((self._utc(day, start), self._utc(day, end)) for start, end in open_)
        return kept

    def _utc(self, day: date, at: time) -> datetime:
        # Aware values of one zone subtract by the wall, which is an hour wrong twice a year; UTC does not change.
        return datetime.combine(day, at, tzinfo=self.zone).astimezone(UTC)


def read_week(rows: Mapping[str, Sequence[Sequence[str]]]) -> Week:
    """`{"mon": [["08:00", "15:00"]], …}` as stored, missing days closed."""
    names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    return tuple(
        tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in rows.get(name, ()))
        for name in names
    )


def read_summer(told: Mapping[str, Any] | None) -> Season | None:
    """`{"from": "06-15", "to": "09-15", "week": {…}}` as stored; None when there is no summer timetable."""
    if not told:
        return None
    first, last = (tuple(int(part) for part in str(told[name]).split("-")) for name in ("from", "to"))
    return Season((first[0], first[1]), (last[0], last[1]), read_week(told["week"]))
