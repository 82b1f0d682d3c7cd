"""The weekly note: eight lines, frozen when issued, with the platform's figures checked before they go out."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.desk import weekly_note
from app.errors import Impossible
from app.house import House
from app.models.office import WeeklyNote
from app.models.ticket import Ticket
from tests.app.web_desk.conftest import Desk
from tests.app.web_desk.scenes import post, sign_in

MONDAY = date(2026, 11, 16)
SATURDAY = datetime(2026, 11, 21, 9, tzinfo=UTC)


@pytest.fixture
def boss(client: FlaskClient, desk: Desk) -> FlaskClient:
    sign_in(client, "carmen@mesa.example")
    return client


def test_a_note_has_eight_lines_with_definitions_and_no_number_under_five(house: House, desk: Desk) -> None:
    with house.db.transaction() as session:
        for ticket in session.scalars(select(Ticket)):
            ticket.created_at = SATURDAY - timedelta(days=2)
        session.flush()
        lines = weekly_note.compose(session, house.books.current(), MONDAY, {"accesses": 1700}, {}, now=SATURDAY)

    assert len(lines) == 8
    assert all(line.text.endswith(".") and line.definition for line in lines)
    assert "recibió 14 consultas" in lines[0].text
    assert "menos de 5" in lines[2].text
    assert lines[7].text == "En la plataforma: 1.700 accesos."


def test_what_is_issued_never_changes(boss: FlaskClient, house: House) -> None:
    answer = post(boss, "/informes/nota", {"semana": "2026-11-02", "lista": "accesos;1.700", "emitir": "1"})
    before = boss.get("/informes/nota?semana=2026-11-02").text
    with house.db.transaction() as session:
        for ticket in session.scalars(select(Ticket)):
            ticket.created_at = datetime(2026, 11, 3, 9, tzinfo=UTC)
    after = boss.get("/informes/nota?semana=2026-11-02").text
    again = post(boss, "/informes/nota", {"semana": "2026-11-02", "emitir": "1", "seguro": "1"})

    assert (answer.status_code, again.status_code) == (303, 422)
    assert "1.700 accesos" in before
    assert before.split("<textarea")[1].split("</textarea>")[0] == after.split("<textarea")[1].split("</textarea>")[0]


def test_figures_that_look_wrong_are_asked_about_before_they_go_out(boss: FlaskClient, house: House) -> None:
    post(boss, "/informes/nota", {"semana": "2026-11-02", "accesses": "1700", "emitir": "1"})
    told = {"semana": "2026-11-09", "accesses": "170000", "emitir": "1"}
    doubtful = post(boss, "/informes/nota", told)
    sure = post(boss, "/informes/nota", {**told, "seguro": "on"})

    assert (doubtful.status_code, sure.status_code) == (200, 303)
    assert "170.000, y en la nota anterior 1.700" in doubtful.text
    with house.db.reading() as session:
        assert len(session.scalars(select(WeeklyNote)).all()) == 2


def test_a_list_that_cannot_be_read_stays_on_the_page(boss: FlaskClient) -> None:
    answer = post(boss, "/informes/nota", {"semana": "2026-11-02", "lista": "cosas;12", "emitir": "1"})

    assert answer.status_code == 422
    assert "Línea 1" in answer.text
    assert "cosas;12</textarea>" in answer.text


def test_a_list_is_read_as_people_paste_it() -> None:
    told = weekly_note.read("Documentos electrónicos: 30.000\n\nFIRMAS;2500\nNotificaciones\t400")

    assert told == {"documents": 30000, "signatures": 2500, "notifications": 400}


def test_a_week_that_goes_on_is_not_issued(house: House, desk: Desk) -> None:
    with house.db.transaction() as session, pytest.raises(Impossible, match="viernes"):
        weekly_note.issue(
            session, house.books.current(), MONDAY, {}, {}, by=desk.who["jefa"], now=SATURDAY - timedelta(days=3)
        )
