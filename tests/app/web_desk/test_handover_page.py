"""Handing over from the ticket's page, and the page that the town hall's links open."""

import re

from flask.testing import FlaskClient
from sqlalchemy import select

from app.desk.numbers import number
from app.house import House
from app.models.message import Message
from app.models.ticket import Status, Ticket
from tests.app.web_desk.conftest import Desk
from tests.app.web_desk.scenes import post


def link(house: House) -> str:
    with house.db.reading() as session:
        mail = session.scalars(select(Message).where(Message.author_rule == "handed_clerk")).one()
    found = re.search(r"https://consultas\.example\.es(/entrega/\S+)\?", mail.text)
    assert found, mail.text
    return found[1]


def hand_over(client: FlaskClient, ticket: Ticket) -> str:
    path = f"/consultas/{number(ticket.id)}"
    post(client, f"{path}/entregar", {"ayuntamiento": ticket.town_hall_id, "correo": "secretaria@pueblo.example"})
    return path


def status(house: House, ticket: Ticket) -> Status:
    with house.db.reading() as session:
        return session.get_one(Ticket, ticket.id).status


def test_the_side_tells_in_whose_hands_it_is(rosa: FlaskClient, desk: Desk, house: House) -> None:
    path = hand_over(rosa, desk.talk)
    page = rosa.get(path).text

    assert "En manos de Cantimpalos desde" in page
    assert "Recuperarla" in page
    assert "la devolvió a Cantimpalos" in page
    assert status(house, desk.talk) is Status.HELD


def test_opening_a_link_changes_nothing_and_its_button_does(
    rosa: FlaskClient, other: FlaskClient, desk: Desk, house: House
) -> None:
    hand_over(rosa, desk.talk)
    address = link(house)
    page = other.get(f"{address}?dicho=contestado").text
    before = status(house, desk.talk)
    token = re.findall(r'name="csrf_token" value="([^"]+)"', page)[0]
    answer = other.post(address, data={"dicho": "contestado", "csrf_token": token}, headers={"Referer": "https://x"})

    assert before is Status.HELD
    assert "Lo tengo" in page and desk.talk.subject not in page
    assert "Anotado: está contestada" in answer.text
    assert status(house, desk.talk) is Status.SOLVED
    assert other.get(address).status_code == 410


def test_without_an_address_nothing_is_handed_over(rosa: FlaskClient, desk: Desk, house: House) -> None:
    answer = post(rosa, f"/consultas/{number(desk.talk.id)}/entregar", {"ayuntamiento": desk.talk.town_hall_id})

    assert answer.status_code == 422
    assert "No tenemos un correo de Cantimpalos" in answer.text
    assert status(house, desk.talk) is not Status.HELD


def test_undoing_what_closed_it_leaves_to_the_desk_what_no_town_hall_has_any_more(
    rosa: FlaskClient, desk: Desk, house: House
) -> None:
    path = hand_over(rosa, desk.talk)
    post(rosa, f"{path}/acto", {"acto": "spam"})
    closed = status(house, desk.talk)
    post(rosa, "/consultas/deshacer", {})

    assert (closed, status(house, desk.talk)) == (Status.CLOSED, Status.OPEN)
    assert "Recuperarla" not in rosa.get(path).text
