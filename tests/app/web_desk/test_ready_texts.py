"""Ready texts in the composer, and templates for a WhatsApp whose window is closed."""

from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import select, update

from app import clock
from app.desk.numbers import number
from app.house import House
from app.models.message import Direction, Message
from app.models.ticket import Ticket
from tests.app.web_desk.conftest import Desk
from tests.app.web_desk.scenes import post, sign_in

SID = "HX" + "0a" * 16
TEMPLATE = {"nombre": "Seguimos", "sid": SID, "texto": "Hola, {{1}}: sobre {{2}}.", "datos": "nombre, numero"}


def here(ticket: Ticket) -> str:
    return f"/consultas/{number(ticket.id)}"


def renew(house: House) -> None:
    """Let the second pass in which a process does not ask for newer books."""
    house.books._looked = 0.0


def test_a_supervisor_keeps_texts_and_a_ticket_fills_their_gaps(
    rosa: FlaskClient, other: FlaskClient, desk: Desk
) -> None:
    sign_in(other, "carmen@mesa.example")
    post(other, "/ajustes/textos", {"nombre": "Firma", "texto": "Consulta {numero}, {ayuntamiento}. Soy {tecnico}."})
    said = f"Consulta {number(desk.talk.id)}, Cantimpalos. Soy Rosa Matesanz."

    assert f'data-insert="{said}"' in rosa.get(here(desk.talk)).text
    assert f"{said}</textarea>" in rosa.get(here(desk.talk) + "?texto=1").text
    assert rosa.get("/ajustes/textos").status_code == 403
    post(other, "/ajustes/textos", {"id": "1", "quitar": "1"})
    assert said not in rosa.get(here(desk.talk)).text


def test_two_texts_do_not_share_a_name(other: FlaskClient, desk: Desk) -> None:
    sign_in(other, "carmen@mesa.example")
    answers = [post(other, "/ajustes/textos", {"nombre": "Firma", "texto": "Hola"}).status_code for _turn in range(2)]

    assert answers == [303, 422]


def test_a_template_goes_when_the_window_is_closed_and_once(
    rosa: FlaskClient, other: FlaskClient, desk: Desk, house: House
) -> None:
    sign_in(other, "carmen@mesa.example")
    post(other, "/ajustes/plantillas", TEMPLATE)
    renew(house)
    with house.db.transaction() as session:
        long_ago = clock.now() - timedelta(days=3)
        heard = (Message.ticket_id == desk.talk.id, Message.direction == Direction.IN)
        session.execute(update(Message).where(*heard).values(received_at=long_ago))
    shown = rosa.get(here(desk.talk)).text
    for _turn in range(2):
        post(rosa, here(desk.talk) + "/plantilla", {"plantilla": SID, "clave": "una"})
    with house.db.reading() as session:
        sent = session.scalars(select(Message).where(Message.client_key == "una")).all()

    assert "Enviar la plantilla" in shown
    assert [message.text for message in sent] == [f"Hola, Milagros Arranz Gozalo: sobre {number(desk.talk.id)}."]
    assert sent[0].template == [SID, f'{{"1": "Milagros Arranz Gozalo", "2": "{number(desk.talk.id)}"}}']


def test_a_template_whose_gaps_do_not_match_is_refused(other: FlaskClient, desk: Desk) -> None:
    sign_in(other, "carmen@mesa.example")
    wrong = post(other, "/ajustes/plantillas", {**TEMPLATE, "datos": "nombre"})
    unnamed = post(other, "/ajustes/plantillas", {**TEMPLATE, "sid": "HX1"})

    assert (wrong.status_code, unnamed.status_code) == (422, 422)
    assert "no casan" in wrong.text
