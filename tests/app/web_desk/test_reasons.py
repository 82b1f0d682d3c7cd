"""A colleague's closed or reserved ticket is not opened out of curiosity: a reason is asked once a day, and kept."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser
from sqlalchemy import select, update

from app import clock
from app.desk import access_log
from app.desk.numbers import number
from app.house import House
from app.models.message import Message
from app.models.office import TicketRead
from app.models.ticket import Status, Ticket
from tests.app.axe import faults
from tests.app.web_desk.conftest import Desk, Listening
from tests.app.web_desk.scenes import PASSWORD, post, sign_in

REASON = "Ha vuelto a preguntar"


def of_a_colleague(house: House, desk: Desk, **values: object) -> str:
    """The long talk, as somebody else's."""
    told = {"owner_id": desk.who["tomas"].id, "status": Status.CLOSED, **values}
    with house.db.transaction() as session:
        ticket = session.get_one(Ticket, desk.talk.id)
        for name, value in told.items():
            setattr(ticket, name, value)
    return f"/consultas/{number(desk.talk.id)}"


def reasons(house: House) -> list[str]:
    with house.db.reading() as session:
        return [told for told in session.scalars(select(TicketRead.reason)) if told]


@pytest.mark.parametrize("values", [{}, {"status": Status.OPEN, "tags": ["reservada"]}], ids=["closed", "reserved"])
def test_a_reason_is_asked_once_a_day_and_kept_where_supervisors_read_it(
    rosa: FlaskClient, desk: Desk, house: House, other: FlaskClient, values: dict[str, object]
) -> None:
    page = of_a_colleague(house, desk, **values)
    asked = rosa.get(page)
    kept = post(rosa, f"{page}/motivo", {"motivo": REASON})
    sign_in(other, "carmen@mesa.example")

    assert asked.headers["Location"] == f"{page}/motivo"
    assert kept.headers["Location"] == page
    assert [rosa.get(page).status_code, rosa.get(f"{page}/vivo").status_code] == [200, 200]
    assert reasons(house) == [REASON] and REASON in other.get("/personas/lecturas").text


def test_a_reserved_one_that_nobody_has_asks_for_a_reason_too(rosa: FlaskClient, desk: Desk, house: House) -> None:
    page = of_a_colleague(house, desk, owner_id=None, status=Status.OPEN, tags=["reservada"])

    assert rosa.get(page).headers["Location"] == f"{page}/motivo"


def test_the_queue_shows_the_last_words_of_a_reserved_one_to_whoever_has_it_or_coordinates(
    rosa: FlaskClient, desk: Desk, house: House, other: FlaskClient
) -> None:
    words = "Esto solo lo lee quien debe"
    with house.db.transaction() as session:
        last = session.get_one(Ticket, desk.talk.id).last_message_id
        session.execute(update(Message).where(Message.id == last).values(text=words, reply=words))
    sign_in(other, "carmen@mesa.example")

    def seen(browser: FlaskClient, **values: object) -> bool:
        of_a_colleague(house, desk, status=Status.OPEN, **values)
        return words in browser.get("/consultas?vista=todas").text

    assert seen(rosa, owner_id=None)
    assert not seen(rosa, owner_id=None, tags=["reservada"])
    assert not seen(rosa, tags=["reservada"])
    assert seen(other, owner_id=None, tags=["reservada"])
    assert seen(rosa, owner_id=desk.who["rosa"].id, tags=["reservada"])


def test_nothing_of_it_is_seen_before(rosa: FlaskClient, desk: Desk, house: House) -> None:
    page = of_a_colleague(house, desk)
    shown = rosa.get(f"{page}/motivo").text

    assert rosa.get(f"{page}/vivo", headers={"X-Live": "1"}).status_code == 403
    assert rosa.get(f"{page}/hoja").headers["Location"] == f"{page}/motivo"
    assert "¿Por qué la abre?" in shown and "Wenceslao" not in shown


def test_enter_sends_the_words_that_were_typed_and_no_ready_reason(rosa: FlaskClient, desk: Desk, house: House) -> None:
    form = rosa.get(f"{of_a_colleague(house, desk)}/motivo").text.split("/motivo", 1)[1]
    first = form.split("<button", 1)[1].split(">", 1)[0]

    assert 'type="submit"' in first and "motivo" not in first


def test_the_sheet_too_is_written_in_the_access_log(rosa: FlaskClient, desk: Desk, house: House) -> None:
    page = of_a_colleague(house, desk, owner_id=desk.who["rosa"].id, status=Status.OPEN)
    rosa.get(f"{page}/hoja")
    with house.db.reading() as session:
        read = session.scalars(select(TicketRead.ticket_id)).all()

    assert read == [desk.talk.id]


def test_an_empty_reason_is_none(rosa: FlaskClient, desk: Desk, house: House) -> None:
    page = of_a_colleague(house, desk)

    assert post(rosa, f"{page}/motivo", {"otro": "  "}).status_code == 422
    assert rosa.get(page).status_code == 303 and reasons(house) == []


@pytest.mark.parametrize(
    "values",
    [{"owner_id": None}, {"status": Status.OPEN}, {"status": Status.SOLVED}],
    ids=["nobodys", "open", "solved"],
)
def test_work_is_not_asked_about(rosa: FlaskClient, desk: Desk, house: House, values: dict[str, object]) -> None:
    assert rosa.get(of_a_colleague(house, desk, **values)).status_code == 200


def test_ones_own_and_those_whom_one_coordinates_are_not_asked_about(
    rosa: FlaskClient, desk: Desk, house: House, app: Flask
) -> None:
    page = of_a_colleague(house, desk, owner_id=desk.who["rosa"].id)
    mine = rosa.get(page).status_code
    of_a_colleague(house, desk)
    carmen = app.test_client()
    sign_in(carmen, "carmen@mesa.example")

    assert (mine, carmen.get(page).status_code) == (200, 200)


def test_tomorrow_it_is_asked_again(rosa: FlaskClient, desk: Desk, house: House) -> None:
    page = of_a_colleague(house, desk)
    post(rosa, f"{page}/motivo", {"motivo": REASON})
    with house.db.transaction() as session:
        session.execute(update(TicketRead).values(at=clock.now() - timedelta(days=1)))

    assert rosa.get(page).status_code == 303


@pytest.mark.slow
def test_axe_finds_nothing_where_it_is_asked(listening: Listening, browser: Browser) -> None:
    path = of_a_colleague(listening.house, listening.desk)
    page = browser.new_context(locale="es-ES").new_page()
    page.goto(f"{listening.url}/entrar")
    page.fill("#email", "rosa@mesa.example")
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_url("**/consultas*")
    page.goto(listening.url + path)
    found = faults(page)
    page.get_by_role("button", name=REASON).click()

    assert found == [] and page.url.endswith(path)


def test_the_access_log_is_forgotten_after_two_years(house: House, desk: Desk) -> None:
    now = clock.now()
    with house.db.transaction() as session:
        for days in (1, 729, 731):
            access_log.note(
                session, user_id=desk.who["rosa"].id, ticket_id=desk.talk.id, now=now - timedelta(days=days)
            )
        gone = access_log.forget(session, now=now)

    assert gone == 1
