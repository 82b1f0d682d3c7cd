"""Looks that are kept, shared and dropped, and the words that narrow a search."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from app import clock
from app.house import House
from app.models.ticket import Ticket
from tests.app.web_desk.conftest import Desk
from tests.app.web_desk.scenes import post, sign_in
from tests.app.web_desk.test_queue_page import subjects


def renew(house: House) -> None:
    """Let the second pass in which a process does not ask for newer books."""
    house.books._looked = 0.0


def test_a_look_is_kept_for_oneself_shared_and_dropped(
    rosa: FlaskClient, other: FlaskClient, desk: Desk, house: House
) -> None:
    sign_in(other, "tomas@mesa.example")
    kept = {"nombre": "Correos urgentes", "consulta": "vista=abiertas&canal=correo&desde=~9&prioridad=P2"}
    answer = post(rosa, "/consultas/vistas", kept)
    renew(house)
    mine, his = rosa.get("/consultas").text, other.get("/consultas").text
    post(rosa, "/consultas/vistas", {**kept, "compartida": "on"})
    renew(house)
    shared = other.get("/consultas").text

    assert answer.headers["Location"] == "/consultas?vista=abiertas&canal=correo&prioridad=P2"
    assert "Correos urgentes" in mine and "Correos urgentes" not in his and "Correos urgentes" in shared
    assert post(other, "/consultas/vistas/1/quitar", {}).status_code == 422
    assert "Quitar la vista" in rosa.get(answer.headers["Location"]).text
    post(rosa, "/consultas/vistas/1/quitar", {})
    renew(house)
    assert "Correos urgentes" not in other.get("/consultas").text


@pytest.mark.parametrize(
    ("words", "same"),
    [
        ("asignada:yo", "vista=mias"),
        ("asignada:rosa", "vista=mias"),
        ("asignada:yo hasta:ayer", None),
        ("asignada:yo desde:hoy", "vista=mias"),
        ("asignada:yo desde:nunca", "vista=mias"),
        ("asignada:zacarias", None),
        ("canal:email", "vista=abiertas&canal=correo"),
    ],
)
def test_search_narrows_by_owner_and_by_day(
    rosa: FlaskClient, desk: Desk, house: House, words: str, same: str | None
) -> None:
    with house.db.transaction() as session:
        session.execute(update(Ticket).values(created_at=clock.now()))
    expected = set(subjects(rosa, same)) if same else set()

    assert expected <= set(subjects(rosa, f"q={words.replace(' ', '+')}"))
    assert bool(subjects(rosa, f"q={words.replace(' ', '+')}")) is bool(same)


def test_what_nobody_has_is_found(rosa: FlaskClient, desk: Desk) -> None:
    found = subjects(rosa, "q=asignada:nadie+estado:nueva")

    assert found
    assert not set(found) & set(subjects(rosa, "vista=mias"))


def test_a_word_that_is_only_begun_finds_who_said_it(rosa: FlaskClient, desk: Desk) -> None:
    found = rosa.get("/consultas/buscar?q=la+solicitud+de+la+bol").text

    assert desk.talk.subject in found
    assert desk.mail.subject not in found
    assert rosa.get("/consultas/buscar?q=de:ana").text.strip() == ""
    assert rosa.get("/consultas/buscar?q=%27+%22+*+zzz").status_code == 200
