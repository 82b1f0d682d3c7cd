"""The demo's other side, which exists in the demo only."""

import time
from collections.abc import Callable
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app import clock
from app.house import House
from app.models.arrival import Arrival, ArrivalKind
from app.models.ticket import Ticket
from tests.app.web_outer.conftest import Live
from triage.enquiry import Enquiry
from triage.policy import decide


def test_a_real_desk_has_no_simulator(client: FlaskClient, app: Flask) -> None:
    assert client.get("/simulador").status_code == 404
    assert "simulator.page" not in app.view_functions


def post(url: str, **told: str) -> None:
    """Open the page for its token and send its form, as a browser without script does."""
    browser = build_opener(HTTPCookieProcessor())
    page = browser.open(url.rsplit("/", 1)[0]).read().decode()
    token = page.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
    form = urlencode({**told, "csrf_token": token}).encode()
    browser.open(Request(url, data=form)).close()


def until(check: Callable[[], bool], *, seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if check():
            return True
        time.sleep(0.1)
    return False


def tickets(house: House) -> list[Ticket]:
    with house.db.reading() as session:
        return list(session.scalars(select(Ticket)))


@pytest.mark.slow
def test_a_message_goes_through_the_signed_hook_and_the_answer_comes_back(demo: Live) -> None:
    post(demo.url + "/simulador/whatsapp", numero="+34600111222", nombre="Ana", texto="no me conecta autofirma")
    with demo.house.db.reading() as session:
        kinds = session.scalars(select(Arrival.kind)).all()

    assert kinds[0] is ArrivalKind.PUSHED
    assert until(
        lambda: any("Respuesta automática" in page(demo, "/simulador/whatsapp?numero=34600111222") for _ in "1")
    )


@pytest.mark.slow
def test_the_first_example_of_the_telephone_is_one_that_a_tutorial_answers(demo: Live) -> None:
    example = page(demo, "/simulador").split('name="ejemplo" value="', 1)[1].split('"', 1)[0]
    verdict = decide(
        Enquiry(channel="whatsapp", received_at=clock.now(), text=example), demo.house.books.current().triage
    )

    assert demo.house.books.current().search.find(example).confident
    assert (verdict.withheld, verdict.priority) == ((), "P3")


@pytest.mark.slow
def test_a_mail_goes_through_the_channels_door_and_becomes_a_ticket(demo: Live) -> None:
    told = {"de": "marta@example.com", "nombre": "Marta Cobo", "asunto": "Factura", "texto": "No puedo presentarla."}
    post(demo.url + "/simulador/correo", **told)

    assert until(lambda: bool(tickets(demo.house)))
    with demo.house.db.reading() as session:
        ticket = session.scalars(select(Ticket)).one()
        assert (ticket.channel, ticket.subject, ticket.contact.name) == ("email", "Factura", "Marta Cobo")
        assert session.scalars(select(Arrival.kind)).first() is ArrivalKind.GIVEN


def page(demo: Live, path: str) -> str:
    text: str = build_opener().open(demo.url + path).read().decode()
    return text
