"""A supervisor sets hours, targets and calendar, and sees which deadlines move before anything is kept."""

import re

from flask.testing import FlaskClient

from app import clock
from app.desk import board
from app.desk.books import BookCase, Books
from app.house import House
from app.models.book import Setting
from app.models.ticket import Ticket
from app.schedule import Clock
from tests.app.web_desk.conftest import Desk
from tests.app.web_desk.scenes import post, sign_in

BOSS = "carmen@mesa.example"


def built(house: House) -> Books:
    return BookCase(house.db, house.config.province_dir).current()


def counted(house: House, desk: Desk) -> Ticket:
    """One ticket whose deadlines the desk itself has reckoned."""
    with house.db.transaction() as session:
        one = session.get_one(Ticket, desk.tickets[1].id)
        board.change(session, one, by=desk.who["jefa"], now=clock.now(), books=house.books.current(), priority="P4")
    return one


def test_shorter_targets_are_shown_before_they_are_kept_and_then_move_deadlines(
    client: FlaskClient, house: House, desk: Desk
) -> None:
    before = counted(house, desk)
    sign_in(client, BOSS)
    told = {"P4-primera": "1", "P4-solucion": "2,5"}
    shown = post(client, "/ajustes/plazos/objetivos", told)
    kept = "targets" in built(house).settings
    saved = post(client, "/ajustes/plazos/objetivos", {**told, "seguro": "1"})
    Clock().tick(house, all_now=False)

    assert (shown.status_code, kept, saved.status_code) == (200, False, 303)
    assert re.search(r"\d+ consultas? cambian? de plazo: \d+ antes", shown.text)
    assert 'name="P4-primera" value="1"' in shown.text
    with house.db.reading() as session:
        after = session.get_one(Ticket, before.id)
        assert session.get(Setting, "recount") is None
    assert after.due_at is not None and before.due_at is not None and after.due_at < before.due_at


def test_summer_hours_come_and_go(client: FlaskClient, house: House, desk: Desk) -> None:
    sign_in(client, BOSS)
    week = {"mon-0-desde": "09:00", "mon-0-hasta": "13:00", "seguro": "1"}
    post(client, "/ajustes/plazos/verano", {"desde": "2026-07-01", "hasta": "2026-08-31", **week})
    season = built(house).hours.summer
    post(client, "/ajustes/plazos/verano", {"sin-verano": "1", "seguro": "1"})

    assert season is not None
    assert (season.first, season.last, sum(map(bool, season.week))) == ((7, 1), (8, 31), 1)
    assert built(house).hours.summer is None


def test_a_calendar_that_cannot_be_read_stays_in_the_form(client: FlaskClient, desk: Desk) -> None:
    sign_in(client, BOSS)
    answer = post(client, "/ajustes/plazos/calendario/2027", {"lista": "2027-01-01;Año Nuevo\nsin fecha"})

    assert answer.status_code == 422
    assert "Línea 2" in answer.text
    assert "sin fecha</textarea>" in answer.text


def test_the_settings_warn_until_next_year_is_confirmed(client: FlaskClient, desk: Desk) -> None:
    sign_in(client, BOSS)
    following = clock.now().year + 1
    warned = f"El calendario de {following} no está confirmado" in client.get("/ajustes").text
    post(client, f"/ajustes/plazos/calendario/{following}/confirmar", {})

    assert warned
    assert "no está confirmado" not in client.get("/ajustes").text
