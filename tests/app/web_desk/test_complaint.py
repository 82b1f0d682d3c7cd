"""A complaint about accessibility reaches a person, once, with everything that was typed."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.desk.numbers import number
from app.house import House
from app.models.message import Message
from app.models.ticket import Ticket
from tests.app.web_outer.people import token_of

FORM = "/accesibilidad/queja"
REFERER = {"Referer": "https://consultas.example.es/accesibilidad/queja"}
TOLD = {"id": "a1", "pagina": "/19", "que": "El vídeo no se para con el teclado", "contacto": "ana@correo.example"}


def complaints(house: House) -> list[Ticket]:
    with house.db.reading() as session:
        return [ticket for ticket in session.scalars(select(Ticket)) if "accesibilidad" in ticket.tags]


def send(client: FlaskClient, **more: str) -> tuple[int, str, str]:
    form = {**TOLD, **more, "csrf_token": token_of(client, FORM)}
    answer = client.post(FORM, data=form, headers=REFERER)
    return answer.status_code, answer.headers.get("Location", ""), answer.text


def test_a_complaint_becomes_one_enquiry_however_often_it_is_sent(client: FlaskClient, house: House) -> None:
    first, again = send(client), send(client)

    tickets = complaints(house)
    with house.db.reading() as session:
        message = session.scalars(select(Message).where(Message.ticket_id == tickets[0].id)).one()
    assert first[:2] == again[:2]
    assert (len(tickets), tickets[0].tags) == (1, ["accesibilidad"])
    assert "El vídeo no se para" in message.text
    assert number(tickets[0].id) in client.get(first[1]).text


@pytest.mark.parametrize("more", [{"contacto": "nadie"}, {"que": ""}])
def test_what_is_missing_is_told_and_nothing_typed_is_lost(
    client: FlaskClient, house: House, more: dict[str, str]
) -> None:
    status, _, page = send(client, **more, nombre="Ana Ruiz")

    assert status == 422
    assert 'value="Ana Ruiz"' in page
    assert complaints(house) == []


def test_a_program_that_fills_every_field_leaves_nothing(client: FlaskClient, house: House) -> None:
    status, _, _ = send(client, web="https://anuncio.example")

    assert status == 303
    assert complaints(house) == []


def test_the_statement_says_how_to_complain_and_to_whom(client: FlaskClient) -> None:
    page = client.get("/accesibilidad").text

    assert "parcialmente conforme" in page
    assert FORM in page
    assert "unidad de muestra" in page
