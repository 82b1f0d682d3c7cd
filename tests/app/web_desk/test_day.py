"""«El día»: what came in overnight, what must not be left over, and one's own absences."""

from datetime import UTC, datetime, timedelta

from flask.testing import FlaskClient
from sqlalchemy import select

from app import clock
from app.desk.shift import shift
from app.house import House
from app.models.office import Absence
from app.models.ticket import Ticket
from tests.app.web_desk.conftest import Desk
from tests.app.web_desk.scenes import Asked, ask, post

# A Tuesday, five to eight in the morning: the desk closed at three the day before.
EARLY = datetime(2026, 11, 24, 6, 55, tzinfo=UTC)


def test_what_came_overnight_stands_there_with_the_worst_first(house: House, desk: Desk) -> None:
    books = house.books.current()
    with house.db.transaction() as session:
        for ticket in session.scalars(select(Ticket)):
            ticket.heard_at = EARLY - timedelta(days=3)
        night = [
            Asked(who="Uno", address="+34600000901", priority="P3", ago=timedelta(hours=9)),
            Asked(who="Dos", address="+34600000902", priority="P1", ago=timedelta(hours=2)),
        ]
        made = [ask(session, one, now=EARLY, hours=books.hours) for one in night]
        session.flush()
        told = shift(session, desk.who["rosa"], books, now=EARLY)

    assert told.since == datetime(2026, 11, 23, 14, tzinfo=UTC)
    assert [ticket.id for ticket in told.arrived] == [made[1].id, made[0].id]


def test_what_came_while_the_desk_was_open_did_not_come_with_the_desk_closed(house: House, desk: Desk) -> None:
    books, noon = house.books.current(), EARLY + timedelta(hours=4)
    with house.db.transaction() as session:
        for ticket in session.scalars(select(Ticket)):
            ticket.heard_at = ticket.waiting_since = EARLY - timedelta(days=3)
        asked = [
            Asked(who="Uno", address="+34600000901", ago=timedelta(hours=13)),
            Asked(who="Dos", address="+34600000902", ago=timedelta(hours=1)),
        ]
        made = [ask(session, one, now=noon, hours=books.hours) for one in asked]
        made[0].heard_at = noon - timedelta(minutes=30)
        session.flush()
        told = shift(session, desk.who["rosa"], books, now=noon)

    assert [ticket.id for ticket in told.arrived] == [made[0].id]


def test_a_chat_that_closes_before_ten_is_told_at_eight(house: House, desk: Desk) -> None:
    books = house.books.current()
    with house.db.transaction() as session:
        for ticket in session.scalars(select(Ticket)):
            ticket.heard_at = EARLY - timedelta(days=3)
        asked = [
            Asked(who="Uno", address="+34600000901", ago=timedelta(hours=22, minutes=30)),
            Asked(who="Dos", address="+34600000902", ago=timedelta(hours=2)),
        ]
        made = [ask(session, one, now=EARLY, hours=books.hours) for one in asked]
        session.flush()
        told = shift(session, desk.who["rosa"], books, now=EARLY)

    assert [ticket.id for ticket in told.early_windows] == [made[0].id]


def test_the_page_shows_both_lists_and_colleagues_drafts(rosa: FlaskClient) -> None:
    page = rosa.get("/dia")

    assert page.status_code == 200
    assert "Al llegar" in page.text
    assert "Antes de irse" in page.text
    assert "Envíos que no llegaron" in page.text


def test_one_notes_ones_own_absence_and_nobody_elses(rosa: FlaskClient, house: House, desk: Desk) -> None:
    today = clock.now().date()
    post(rosa, "/dia/ausencia", {"desde": today.isoformat(), "hasta": today.isoformat()})
    with house.db.transaction() as session:
        mine = session.scalars(select(Absence)).one()
        other = Absence(user_id=desk.who["ines"].id, first_day=today, last_day=today, made_at=clock.now())
        session.add(other)
    refused = post(rosa, f"/dia/ausencia/{other.id}/quitar", {})
    post(rosa, f"/dia/ausencia/{mine.id}/quitar", {})

    with house.db.reading() as session:
        left = session.scalars(select(Absence.user_id)).all()
    assert (refused.status_code, list(left)) == (422, [desk.who["ines"].id])
