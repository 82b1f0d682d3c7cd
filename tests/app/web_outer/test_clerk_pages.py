"""A town hall's clerk sees what she passed on, its state, and nothing that was said."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.house import House
from app.models.message import Direction, Message
from app.models.ticket import Status, Ticket
from channels.message import Delivery
from tests.app.web_outer.people import clerk, sign_in, token_of, worker

FORM = "/derivadas/nueva"


@pytest.fixture
def counter(client: FlaskClient, house: House) -> FlaskClient:
    with house.db.transaction() as session:
        clerk(session, "40041")
        clerk(session, "40155", email="otra@pueblo.example")
    sign_in(client, "secretaria@pueblo.example")
    return client


def forward(counter: FlaskClient, **told: str) -> int:
    form = {
        "csrf_token": token_of(counter, FORM),
        "id": "one-form",
        "ayuntamiento": "40041",
        "nombre": "Ana Pérez",
        "contacto": "ana@example.com",
        "asunto": "No puede firmar",
        "que": "Dice que al firmar no conecta con AutoFirma",
        "comentario": "Esta señora no se aclara",
        **told,
    }
    return counter.post(FORM, data=form).status_code


def test_what_she_passes_on_is_the_citizens_and_marked_as_forwarded(counter: FlaskClient, house: House) -> None:
    status = forward(counter)

    with house.db.reading() as session:
        ticket = session.scalars(select(Ticket)).one()
        assert (status, ticket.channel, ticket.contact.name) == (303, "email", "Ana Pérez")
        assert ticket.contact.identities[0].address == "ana@example.com"
        assert ticket.forwarder is not None and ticket.forwarder.code == "40041"
        assert ticket.forwarder_address == "secretaria@pueblo.example"


def test_her_comment_is_a_note_and_no_word_of_it_is_in_what_came_from_the_citizen(
    counter: FlaskClient, house: House
) -> None:
    forward(counter)

    with house.db.reading() as session:
        said = {one.direction: one.text for one in session.scalars(select(Message))}
    assert said == {
        Direction.IN: "Dice que al firmar no conecta con AutoFirma",
        Direction.NOTE: "Esta señora no se aclara",
    }


def test_sending_the_form_twice_is_one_enquiry(counter: FlaskClient, house: House) -> None:
    assert [forward(counter), forward(counter)] == [303, 303]
    with house.db.reading() as session:
        assert len(session.scalars(select(Ticket)).all()) == 1


def test_a_citizen_of_whom_only_a_telephone_is_known_waits_for_a_call(counter: FlaskClient, house: House) -> None:
    forward(counter, contacto="600 123 456")

    with house.db.reading() as session:
        ticket = session.scalars(select(Ticket)).one()
        out = session.scalars(select(Message).where(Message.direction == Direction.OUT)).one()
        assert (ticket.channel, ticket.owner_id, out.delivery) == ("phone", None, Delivery.BY_HAND)


@pytest.mark.parametrize("wrong", [{"contacto": "no sé"}, {"que": " "}, {"contacto": "ana@"}])
def test_what_cannot_be_answered_is_told_at_its_field(
    counter: FlaskClient, house: House, wrong: dict[str, str]
) -> None:
    assert forward(counter, **wrong) == 422
    with house.db.reading() as session:
        assert session.scalar(select(Ticket.id)) is None


def test_she_cannot_pass_on_for_a_town_hall_that_is_not_hers(counter: FlaskClient, house: House) -> None:
    assert forward(counter, ayuntamiento="40155") == 422


def test_she_sees_the_state_and_none_of_the_talk(counter: FlaskClient, house: House) -> None:
    forward(counter)
    with house.db.transaction() as session:
        session.scalars(select(Ticket)).one().status = Status.WAITING
    page = counter.get("/derivadas").text

    assert "contestada" in page and "Ana Pérez" in page
    assert "conecta con AutoFirma" not in page and "no se aclara" not in page


def test_of_what_was_made_one_with_another_she_sees_how_that_goes_on(counter: FlaskClient, house: House) -> None:
    forward(counter)
    forward(counter, id="another-form")
    with house.db.transaction() as session:
        gone, kept = session.scalars(select(Ticket).order_by(Ticket.id)).all()
        gone.merged_into_id, gone.status, kept.forwarder_address = kept.id, Status.CLOSED, None
        kept.forwarder_town_hall_id, kept.status = None, Status.WAITING
    shown = counter.get("/derivadas").text

    assert "contestada" in shown
    assert "cerrada" not in shown


def test_a_colleague_of_another_town_hall_sees_nothing_of_it(counter: FlaskClient) -> None:
    forward(counter)
    other = counter.application.test_client()
    sign_in(other, "otra@pueblo.example")

    assert "C-1-9" not in other.get("/derivadas").text


def test_the_desks_people_have_no_forwards_of_their_own(client: FlaskClient, house: House) -> None:
    with house.db.transaction() as session:
        worker(session)
    sign_in(client)

    assert client.get("/derivadas").status_code == 403
