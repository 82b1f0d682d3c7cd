"""The desk's hours: open, closed, the next opening, and time counted over holidays and both changes of the clock."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.desk.hours import Hours, Season

MADRID = ZoneInfo("Europe/Madrid")
MORNING = ((time(8), time(15)),)
OFF = frozenset({date(2026, 12, 7), date(2026, 12, 8)})
HOURS = Hours(zone=MADRID, week=(MORNING,) * 5 + ((), ()), days_off=OFF)


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=MADRID)  # type: ignore[misc,arg-type]


def test_the_desk_is_open_from_eight_to_three_and_not_a_minute_longer() -> None:
    opened = [HOURS.open_at(at(2026, 11, 23, *when)) for when in ((7, 59), (8, 0), (14, 59), (15, 0))]

    assert opened == [False, True, True, False]


def test_before_two_holidays_people_are_told_the_wednesday_by_its_date() -> None:
    told = HOURS.opening_in_words(at(2026, 12, 4, 15, 30))

    assert told == "el miércoles 9 a las 08:00"


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        (at(2026, 11, 23, 9, 0), "hoy, hasta las 15:00"),
        (at(2026, 11, 23, 22, 48), "mañana, desde las 08:00"),
        (at(2026, 11, 24, 6, 0), "hoy, desde las 08:00"),
        (at(2026, 11, 27, 16, 0), "el lunes 30, desde las 08:00"),
    ],
)
def test_people_are_told_when_somebody_answers(moment: datetime, told: str) -> None:
    assert HOURS.people_in_words(moment) == told


def test_four_hours_begun_on_a_friday_afternoon_end_after_the_holidays() -> None:
    assert HOURS.add(at(2026, 12, 4, 14, 30), timedelta(hours=4)) == at(2026, 12, 9, 11, 30)


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 10, 25), 9), (date(2027, 3, 28), 7)])
def test_the_night_of_the_changed_clock_is_as_long_as_it_is(day: date, hours: int) -> None:
    nights = Hours(zone=MADRID, week=(((time(0), time(8)),),) * 7, days_off=frozenset())
    begin = datetime.combine(day, time(0), tzinfo=MADRID)

    assert nights.between(begin, begin.replace(hour=8)) == timedelta(hours=hours)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 1), timezones=st.just(UTC)),
    st.integers(min_value=1, max_value=60 * 60),
)
def test_what_is_added_is_what_lies_between(moment: datetime, minutes: int) -> None:
    length = timedelta(minutes=minutes)

    assert HOURS.between(moment, HOURS.add(moment, length)) == length


def test_a_desk_that_never_opens_still_says_something() -> None:
    never, now = Hours(zone=MADRID, week=((),) * 7, days_off=frozenset()), at(2026, 11, 23, 9)

    assert never.next_opening(now) - now > timedelta(days=365)
    assert never.add(now, timedelta(hours=1)) - now > timedelta(days=365)
    assert never.people_in_words(now) == never.opening_in_words(now) == "cuando se publique el nuevo horario"


def test_summer_has_hours_of_its_own_and_may_run_over_the_new_year() -> None:
    short = tuple(((time(9), time(13)),) if day < 5 else () for day in range(7))
    summer = replace(HOURS, summer=Season((6, 15), (9, 15), short))
    winter = replace(HOURS, summer=Season((12, 20), (1, 7), short))

    assert (summer.open_at(at(2026, 7, 1, 14)), summer.open_at(at(2026, 9, 16, 14))) == (False, True)
    assert (winter.open_at(at(2027, 1, 4, 14)), winter.open_at(at(2027, 1, 8, 14))) == (False, True)


@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2028, 12, 1), timezones=st.just(UTC)),
    st.integers(0, 1200),
    st.integers(0, 24 * 60),
)
def test_what_lies_between_years_is_what_lies_in_each_of_their_days(moment: datetime, days: int, minutes: int) -> None:
    last = moment + timedelta(days=days, minutes=minutes)
    cuts = [moment + timedelta(days=day) for day in range(days + 1)]
    steps = zip(cuts, [*cuts[1:], last], strict=True)

    assert HOURS.between(moment, last) == sum((HOURS.between(*step) for step in steps), timedelta())
