"""Deadlines: they stand still while the contact owes a word, follow the desk's targets, and move with its calendar."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.desk import board, deadline_recount, deadlines, desk_settings, holidays
from app.desk.books import Books, build
from app.desk.deadline_recount import Yardstick
from app.desk.hours import Hours
from app.errors import Impossible
from app.house import House
from app.models.book import CalendarDay, Setting
from app.models.ticket import Event, Status, Ticket
from tests.app.web_desk.scenes import Asked, ask

HOURS = Hours(zone=ZoneInfo("Europe/Madrid"), week=(((time(8), time(15)),),) * 5 + ((), ()), days_off=frozenset())
MONDAY = datetime(2026, 11, 23, 7, tzinfo=UTC)
HOUR = timedelta(hours=1)


def ticket(**more: object) -> Ticket:
    told: dict[str, object] = {"status": Status.OPEN, "priority": "P2", "channel": "email", "spent_minutes": 0}
    return Ticket(**{**told, "created_at": MONDAY, "waiting_since": MONDAY, **more})


def newest(house: House, session: Session) -> Books:
    """The books as this session's rows say them."""
    books = house.books.current()
    return build(session, 10_000, books.triage, house.config.province_dir)


def test_time_stands_still_while_the_contact_owes_a_word() -> None:
    one = ticket()
    deadlines.refresh(one, HOURS, {}, now=MONDAY)
    one.status, one.waiting_since, one.first_answered_at = Status.WAITING, None, MONDAY + 3 * HOUR
    deadlines.refresh(one, HOURS, {}, now=MONDAY + 3 * HOUR)
    paused = one.due_at
    thursday = MONDAY + timedelta(days=3)
    one.status, one.waiting_since = Status.OPEN, thursday
    deadlines.refresh(one, HOURS, {}, now=thursday)

    assert (paused, one.spent_minutes) == (None, 180)
    assert one.due_at == HOURS.add(thursday, timedelta(minutes=840 - 180))


def test_time_goes_on_while_another_body_has_the_matter() -> None:
    one = ticket(first_answered_at=MONDAY)
    deadlines.refresh(one, HOURS, {}, now=MONDAY)
    before, one.status = one.due_at, Status.HELD
    deadlines.refresh(one, HOURS, {}, now=MONDAY + HOUR)
    one.status = Status.OPEN
    deadlines.refresh(one, HOURS, {}, now=MONDAY + 5 * HOUR)

    assert one.due_at == before


def test_what_was_solved_begins_anew_when_it_comes_back() -> None:
    one = ticket(first_answered_at=MONDAY)
    deadlines.refresh(one, HOURS, {}, now=MONDAY)
    one.status, one.waiting_since = Status.SOLVED, None
    deadlines.refresh(one, HOURS, {}, now=MONDAY + 6 * HOUR)
    friday = MONDAY + timedelta(days=4)
    one.status, one.waiting_since = Status.OPEN, friday
    deadlines.refresh(one, HOURS, {}, now=friday)

    assert one.due_at == HOURS.add(friday, timedelta(minutes=840))


def test_a_channel_may_have_targets_of_its_own() -> None:
    told = {"targets": {"P2": [120, 600], "whatsapp.P2": [30, 300]}}

    assert deadlines.targets(told, "whatsapp")["P2"] == (30, 300)
    assert deadlines.targets(told, "email")["P2"] == (120, 600)
    assert deadlines.targets(told)["P1"] == deadlines.TARGETS["P1"]


def test_a_solution_is_never_due_before_the_first_answer() -> None:
    with pytest.raises(Impossible, match="P2"):
        desk_settings.checked_targets({"email.P2": (120, 60)})


def test_a_day_off_moves_deadlines_and_each_ticket_tells_it(house: House, session: Session) -> None:
    books = house.books.current()
    asked = ask(session, Asked(), now=MONDAY, hours=books.hours)
    board.change(session, asked, by=None, now=MONDAY, books=books, priority="P4")  # type: ignore[arg-type]
    before, day = asked.due_at, date(2026, 11, 25)
    off = replace(books.hours, days_off=books.hours.days_off | {day})
    yardsticks = [Yardstick(hours=hours, settings={}) for hours in (books.hours, off)]
    told = deadline_recount.preview(session, *yardsticks, now=MONDAY)
    desk_settings.add_day(session, day=day, name="Cierre", now=MONDAY)
    looked = deadline_recount.step(session, newest(house, session), now=MONDAY)
    session.flush()

    assert (told.moved, told.later, looked) == (1, 1, 1)
    assert asked.due_at is not None and before is not None and asked.due_at > before
    assert session.scalars(select(Event.what).where(Event.ticket_id == asked.id)).all()[-1] == "deadline_moved"
    assert session.get(Setting, deadline_recount.KEY) is None


def test_books_that_do_not_know_the_change_yet_reckon_nothing(house: House, session: Session) -> None:
    old = house.books.current()
    desk_settings.add_day(session, day=date(2026, 11, 25), name="Cierre", now=MONDAY)

    assert deadline_recount.step(session, old, now=MONDAY) == 0
    assert session.get(Setting, deadline_recount.KEY) is not None


def test_a_published_calendar_confirms_its_days_and_drops_the_drafts_it_does_not_have(session: Session) -> None:
    before = holidays.years(session, today=date(2026, 11, 24))[1]
    pasted = holidays.read("fecha;nombre\n2027-01-01;Año Nuevo\n06/01/2027,Reyes", 2027)
    holidays.keep(session, pasted, year=2027, now=MONDAY)
    session.flush()
    rows = session.scalars(select(CalendarDay).where(CalendarDay.day >= date(2027, 1, 1))).all()

    assert before.state == "borrador"
    assert holidays.missing(session, today=date(2026, 11, 24)) is None
    assert {row.day.isoformat() for row in rows if row.state == "confirmado"} == {"2027-01-01", "2027-01-06"}


@pytest.mark.parametrize("text", ["", "2027-13-01;Nada", "2027-01-01", "2026-01-01;De otro año"])
def test_a_list_that_cannot_be_read_says_where(text: str) -> None:
    with pytest.raises(Impossible, match=r"Línea 1|ningún día"):
        holidays.read(text, 2027)
