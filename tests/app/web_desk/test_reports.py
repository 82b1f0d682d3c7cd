"""Reports: figures that add up, times of people only, and a file from which nobody can be recognised."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app import clock
from app.desk import reports
from app.house import House
from app.models.ticket import Answer, Outcome, Ticket
from tests.app.web_desk.conftest import Desk
from tests.app.web_desk.scenes import sign_in

MONDAY = datetime(2026, 11, 16, 8, tzinfo=UTC)
WEEK = reports.week_of(date(2026, 11, 18))


@pytest.fixture
def boss(client: FlaskClient, desk: Desk) -> FlaskClient:
    sign_in(client, "carmen@mesa.example")
    return client


@pytest.fixture
def week(house: House, desk: Desk) -> list[Ticket]:
    """Every ticket of the morning came on one Monday; the first four were answered after one to four hours."""
    with house.db.transaction() as session:
        tickets = list(session.scalars(select(Ticket).order_by(Ticket.id)))
        for place, ticket in enumerate(tickets):
            ticket.created_at = MONDAY
            ticket.first_answered_at = MONDAY + timedelta(hours=place + 1) if place < 4 else None
        said = (Outcome.HELPED, Outcome.HELPED, Outcome.FAILED, Outcome.OFFERED)
        for ticket, outcome in zip(tickets, said, strict=False):
            answer = {"slug": "x", "language": "es", "score": 0.9, "confident": True}
            session.add(Answer(ticket_id=ticket.id, at=MONDAY, outcome=outcome, **answer))
    return tickets


def test_the_parts_add_up_to_the_whole(house: House, week: list[Ticket]) -> None:
    with house.db.reading() as session:
        told = reports.report(session, house.books.current(), WEEK, now=clock.now())

    assert told.total == len(week) == sum(told.by_channel.values()) == sum(told.by_priority.values())
    assert sum(sum(counts.values()) for counts in told.by_day.values()) == told.total
    assert (told.first.count, told.first.median, told.first.p90) == (4, timedelta(hours=2), timedelta(hours=4))


def test_silence_is_unknown_and_never_counts_as_helped(house: House, week: list[Ticket]) -> None:
    with house.db.reading() as session:
        told = reports.report(session, house.books.current(), WEEK, now=clock.now())

    assert told.outcomes == {Outcome.HELPED: 2, Outcome.FAILED: 1, Outcome.UNKNOWN: 1}
    assert told.satisfaction == 67


def test_spam_and_other_weeks_are_not_counted(house: House, week: list[Ticket]) -> None:
    with house.db.transaction() as session:
        session.get_one(Ticket, week[0].id).close_reason = "spam"
        session.get_one(Ticket, week[1].id).created_at = MONDAY - timedelta(days=1)
        session.flush()
        told = reports.report(session, house.books.current(), WEEK, now=clock.now())

    assert told.total == len(week) - 2


@pytest.mark.parametrize("which", ["", "?dia=2026-11-18", "?periodo=mes&dia=2026-11-01", "?dia=9999-12-31", "?dia=x"])
def test_every_period_has_a_page(boss: FlaskClient, week: list[Ticket], which: str) -> None:
    page = boss.get(f"/informes{which}")

    assert page.status_code == 200
    assert page.text.count('<svg class="plot"') >= 1


def test_the_file_has_no_small_cell_and_no_village(boss: FlaskClient, week: list[Ticket]) -> None:
    answer = boss.get("/informes/datos.csv?dia=2026-11-18")
    cells = [line.split(";") for line in answer.text.lstrip("\ufeff").splitlines()[1:]]

    assert answer.mimetype == "text/csv"
    assert not {"Cantimpalos", "Sepúlveda"} & {cell[1] for cell in cells}
    assert all(int(cell[2]) >= 5 for cell in cells if cell[0] != "resumen" and cell[2].isdecimal())


def test_months_end_where_they_end() -> None:
    assert reports.month_of(date(2028, 2, 10)) == reports.Period(date(2028, 2, 1), date(2028, 2, 29))
    assert len(reports.month_of(date(2026, 12, 31)).days()) == 31
