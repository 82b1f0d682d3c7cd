"""A call written down while it lasts."""

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app import clock
from app.desk.calls import half_hours
from app.house import House
from app.models.arrival import Arrival
from app.models.message import Direction, Message
from app.models.people import Identity
from app.models.ticket import Status, Ticket
from channels.message import Delivery
from tests.app.web_outer.people import clerk, sign_in, token_of, worker

PAGE = "/llamadas/nueva"


@pytest.fixture
def desk(client: FlaskClient, house: House) -> FlaskClient:
    with house.db.transaction() as session:
        worker(session)
    sign_in(client)
    return client


def call(desk: FlaskClient, **told: str) -> tuple[int, str]:
    form = {
        "csrf_token": token_of(desk, PAGE),
        "id": "one-call",
        "empezo": clock.now().isoformat(),
        "accion": "guardar",
        "telefono": "921 000 062",
        "nombre": "Hipólito Sanz",
        "municipio": "riaza",
        "que": "No puede abrir la notificación",
        "fin": "cola",
        **told,
    }
    answer = desk.post("/llamadas", data=form)
    return answer.status_code, answer.headers.get("Location", answer.text)


def only_ticket(house: House) -> Ticket:
    with house.db.reading() as session:
        ticket = session.scalars(select(Ticket)).one()
        # The rows are looked at after the session: load what the tests ask for.
        assert ticket.contact.identities is not None
        assert ticket.town_hall is None or ticket.town_hall.name
        return ticket


def messages(house: House) -> list[Message]:
    with house.db.reading() as session:
        return list(session.scalars(select(Message).order_by(Message.id)))


def test_a_saved_call_is_a_ticket_of_the_caller(desk: FlaskClient, house: House) -> None:
    status, where = call(desk)

    ticket = only_ticket(house)
    assert (status, where) == (303, f"/consultas/C-{ticket.id}-9" if ticket.id == 1 else where)
    assert (ticket.channel, ticket.contact.name) == ("phone", "Hipólito Sanz")
    assert [one.address for one in ticket.contact.identities] == ["+34921000062"]
    assert ticket.town_hall is not None and ticket.town_hall.name == "Riaza"


def test_a_double_click_is_one_call(desk: FlaskClient, house: House) -> None:
    began = clock.now().isoformat()
    first, second = call(desk, empezo=began), call(desk, empezo=began)

    assert first == second
    assert len(messages(house)) == 1


def test_a_call_to_return_waits_as_a_message_that_a_person_delivers(desk: FlaskClient, house: House) -> None:
    slot = house.books.current().hours.next_opening(clock.now() + timedelta(days=1))
    call(desk, fin="llamar", hora=slot.isoformat())

    ticket, said = only_ticket(house), messages(house)[-1]
    assert (said.direction, said.delivery) == (Direction.OUT, Delivery.BY_HAND)
    assert (ticket.call_back_at, ticket.status) == (slot, Status.OPEN)


def test_nobody_is_promised_a_call_while_the_desk_is_closed(desk: FlaskClient, house: House) -> None:
    sunday = datetime(2026, 11, 29, 11, 0, tzinfo=UTC)
    status, _ = call(desk, fin="llamar", hora=sunday.isoformat())

    assert status == 422
    assert messages(house) == []


def test_a_call_answered_at_once_is_solved_and_stays_solved(desk: FlaskClient, house: House) -> None:
    call(desk, fin="resuelta", articulo="autofirma-no-conecta")

    ticket, said = only_ticket(house), messages(house)[-1]
    assert (ticket.status, ticket.category, ticket.sort_at) == (Status.SOLVED, "autofirma", None)
    assert said.delivery is Delivery.DONE


def test_a_link_needs_a_way_to_send_it(desk: FlaskClient, house: House) -> None:
    status, page = call(desk, fin="enlace", articulo="autofirma-no-conecta")

    assert status == 422
    assert "No hay correo ni WhatsApp abierto" in page
    assert messages(house) == []


def test_the_link_goes_by_mail_to_a_caller_whose_address_is_known(desk: FlaskClient, house: House) -> None:
    call(desk)
    with house.db.transaction() as session:
        contact = session.scalars(select(Ticket)).one().contact
        contact.identities.append(Identity(channel="email", address="hipolito@example.com", kind="email"))
        known = contact.id
    status, _ = call(desk, id="second", contacto=str(known), fin="enlace", articulo="autofirma-no-conecta")

    said = messages(house)[-1]
    assert (status, said.channel, said.delivery) == (303, "email", Delivery.QUEUED)
    assert "No se ha podido conectar con AutoFirma" in said.text and "/19" in said.text


def test_whoever_called_before_is_shown_with_what_she_asked_last(desk: FlaskClient, house: House) -> None:
    call(desk)
    ticket = only_ticket(house)
    token = token_of(desk, PAGE)
    beside = desk.post("/llamadas/ayuda", data={"csrf_token": token, "contacto": str(ticket.contact_id)}).text

    assert "Hipólito ya preguntó" in beside
    assert f"/consultas/C-{ticket.id}-" in beside and "Añadir a esta consulta" in beside


def test_a_whatsapp_read_on_a_handset_is_written_down_like_a_call(desk: FlaskClient, house: House) -> None:
    _, where = call(desk, via="handset", fin="resuelta")
    page = desk.get(where).text

    assert "WhatsApp leído en el móvil" in page and "Contestada en el móvil." in page
    assert "Hipólito Sanz llamó" not in page
    assert {one.channel for one in only_ticket(house).contact.identities} == {"phone"}


def test_a_call_without_words_is_not_kept_and_nothing_typed_is_lost(desk: FlaskClient, house: House) -> None:
    status, page = call(desk, que=" ")

    assert status == 422
    assert "Escriba qué le pasa" in page and 'value="Hipólito Sanz"' in page
    assert messages(house) == []


def test_a_town_hall_that_does_not_exist_is_told_at_its_field(desk: FlaskClient) -> None:
    status, page = call(desk, municipio="Atlantis")

    assert status == 422
    assert "No hay ningún municipio con ese nombre." in page


def test_a_caller_may_stay_unknown(desk: FlaskClient, house: House) -> None:
    status, _ = call(desk, telefono="", nombre="", municipio="")

    assert status == 303
    assert only_ticket(house).contact.name is None


def test_a_call_can_be_added_to_an_open_ticket(desk: FlaskClient, house: House) -> None:
    call(desk)
    ticket = only_ticket(house)
    call(desk, id="second-call", consulta=str(ticket.id), que="Sigue igual")

    assert {one.ticket_id for one in messages(house)} == {ticket.id}
    assert len(messages(house)) == 2


def test_a_date_given_on_the_phone_is_among_the_words_that_triage_reads(desk: FlaskClient, house: House) -> None:
    call(desk, plazo="2026-12-01")

    assert "El plazo termina el 01/12/2026." in messages(house)[0].text


def test_people_are_found_by_the_beginning_of_their_number_and_by_name(desk: FlaskClient) -> None:
    call(desk)
    token = token_of(desk, PAGE)
    by_number = desk.post("/llamadas/personas", data={"csrf_token": token, "telefono": "921 0"}).text
    by_name = desk.post("/llamadas/personas", data={"csrf_token": token, "nombre": "hipolito"}).text

    assert "Hipólito Sanz" in by_number and "Riaza" in by_number
    assert "Hipólito Sanz" in by_name


@pytest.mark.parametrize("typed", ["0034 921 00 01 23", "+34 (921) 00-01-23", "921.00.01.23", "tel. 921000123 ext 4"])
def test_people_are_found_by_their_number_in_whatever_shape_it_is_typed(desk: FlaskClient, typed: str) -> None:
    call(desk, telefono="921 000 123")
    form = {"csrf_token": token_of(desk, PAGE), "telefono": typed}

    assert "Hipólito Sanz" in desk.post("/llamadas/personas", data=form).text


def test_articles_are_found_while_the_words_come(desk: FlaskClient) -> None:
    form = {"csrf_token": token_of(desk, PAGE), "que": "no me conecta autofirma al firmar", "municipio": "Riaza"}
    page = desk.post("/llamadas/ayuda", data=form).text

    assert "No se ha podido conectar con AutoFirma" in page
    assert 'data-pick="1"' in page and "Riaza" in page


def test_without_script_a_button_brings_the_articles_and_keeps_nothing(desk: FlaskClient, house: House) -> None:
    status, page = call(desk, accion="buscar", que="no me conecta autofirma al firmar")

    assert status == 200
    assert "No se ha podido conectar con AutoFirma" in page
    with house.db.reading() as session:
        assert session.scalar(select(Arrival.id)) is None


def test_calls_are_the_desks_and_not_a_clerks(client: FlaskClient, house: House) -> None:
    with house.db.transaction() as session:
        clerk(session, "40041")
    sign_in(client, "secretaria@pueblo.example")

    assert client.get(PAGE).status_code == 403


def test_half_hours_are_todays_and_then_the_next_open_day(house: House) -> None:
    hours = house.books.current().hours
    almost_noon = datetime(2026, 11, 23, 12, 55, tzinfo=UTC)
    local = [at.astimezone(hours.zone).strftime("%d %H:%M") for at in half_hours(hours, almost_noon)]

    assert local == ["23 14:30", "24 08:00", "24 08:30", "24 09:00", "24 09:30", "24 10:00"]
