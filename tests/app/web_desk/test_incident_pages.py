"""Incidents on their pages and beside a ticket; twins that are offered to become one."""

import pytest
from flask.testing import FlaskClient

from app import clock
from app.desk import incidents
from app.desk.numbers import number
from app.house import House
from app.models.ticket import Ticket
from tests.app.web_desk.conftest import Desk
from tests.app.web_desk.scenes import Asked, ask, post


@pytest.fixture
def outage(house: House, desk: Desk) -> list[Ticket]:
    """Three people of one village tell of the same, and it is proposed; a fourth comes after."""
    hours, now = house.books.current().hours, clock.now()
    made = []
    with house.db.transaction() as session:
        for at in range(4):
            if at == 3:
                incidents.propose(session, now=now)
            asked = Asked(
                who=f"Vecina {at}",
                channel="email",
                address=f"vecina{at}@example.com",
                subject=f"La sede no abre {at}",
                town_hall="Coca",
                category=incidents.OUTAGE,
                ago=clock.now() - now,
            )
            made.append(ask(session, asked, now=now, hours=hours))
    return made


def test_an_incident_is_confirmed_joined_answered_and_ended(rosa: FlaskClient, outage: list[Ticket]) -> None:
    late = outage[3]
    proposed = rosa.get("/incidencias").text
    post(rosa, "/incidencias/1/confirmar", {})
    beside = rosa.get(f"/consultas/{number(late.id)}").text
    joined = post(rosa, "/incidencias/1/unir", {"consulta": str(late.id)})
    page = rosa.get(joined.headers["Location"]).text
    post(rosa, "/incidencias/1/contestar", {"texto": "Lo sabemos: {numero}.", "clave": "uno"})
    answered = rosa.get("/incidencias/1").text
    post(rosa, "/incidencias/1/terminar", {"texto": "Ya funciona.", "clave": "dos", "resolver": "1"})

    assert "Sede de Coca" in proposed and "Propuesta" in proposed
    assert "Unir a la incidencia" in beside
    assert "Unida 1 consulta." in page and "/incidencias/1/sacar" in page
    assert "Se escribe a 4 personas." in answered
    assert "Terminada" in rosa.get("/incidencias/1").text
    talk = rosa.get(f"/consultas/{number(late.id)}").text
    assert f"Lo sabemos: {number(late.id)}." in talk and "Ya funciona." in talk
    assert "la unió a la incidencia 1" in talk and "dio por terminada la incidencia" in talk


def test_joining_is_taken_back_and_a_proposal_dismissed(rosa: FlaskClient, outage: list[Ticket]) -> None:
    first = str(outage[0].id)
    post(rosa, "/incidencias/1/sacar", {"consulta": first})
    without = rosa.get("/incidencias/1").text
    post(rosa, "/incidencias/1/unir", {"consulta": first})
    again = rosa.get("/incidencias/1").text
    post(rosa, "/incidencias/1/descartar", {})

    assert number(outage[0].id) not in without and number(outage[0].id) in again
    assert "Descartada" in rosa.get("/incidencias").text
    assert "Incidencia 1" not in rosa.get(f"/consultas/{number(outage[1].id)}").text


def test_a_text_that_cannot_go_stays_where_it_was_written(rosa: FlaskClient, outage: list[Ticket]) -> None:
    post(rosa, "/incidencias/1/confirmar", {})
    empty = post(rosa, "/incidencias/1/contestar", {"texto": " "})
    long = post(rosa, "/incidencias/1/terminar", {"texto": "largo " * 20_000, "clave": "tres"})

    assert (empty.status_code, long.status_code) == (422, 422)
    assert "El mensaje está vacío." in empty.text
    assert "largo largo" in long.text and "caben 100000" in long.text
    assert rosa.get("/incidencias/99").status_code == 404
    assert post(rosa, "/incidencias/1/sacar", {"consulta": "no"}).status_code == 404


def test_the_same_question_of_one_person_within_a_week_is_offered_to_be_joined(
    rosa: FlaskClient, desk: Desk, house: House
) -> None:
    hours, now = house.books.current().hours, clock.now()
    with house.db.transaction() as session:
        talk = session.get_one(Ticket, desk.talk.id)
        asked = Asked(who="Otra", address="+34600000777", category=talk.category, town_hall=None)
        twin, other = ask(session, asked, now=now, hours=hours), session.get_one(Ticket, desk.mail.id)
        twin.contact_id = other.contact_id = talk.contact_id
        other.category, other.subject = "padron", "Otra cosa"
        talk.created_at = now
    page = rosa.get(f"/consultas/{number(desk.talk.id)}").text
    offered = page.count("Puede ser la misma consulta")
    post(rosa, f"/consultas/{number(desk.talk.id)}/fusionar", {"otra": number(twin.id)})

    assert offered == 1 and f'value="{number(twin.id)}"' in page
    assert "Puede ser la misma consulta" not in rosa.get(f"/consultas/{number(desk.talk.id)}").text
