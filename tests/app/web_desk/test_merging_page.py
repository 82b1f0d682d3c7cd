"""Merging, splitting, relating and tagging from the ticket's page, and the way back of each."""

from flask.testing import FlaskClient
from sqlalchemy import select

from app import clock
from app.desk import lists
from app.desk.numbers import number
from app.house import House
from app.models.people import Identity
from app.models.ticket import Ticket
from tests.app.web_desk.conftest import Desk
from tests.app.web_desk.scenes import Asked, ask, hear, post


def here(ticket: Ticket) -> str:
    return f"/consultas/{number(ticket.id)}"


def of_the_same(house: House, desk: Desk) -> Ticket:
    """Another enquiry of the person of the long talk."""
    hours, now = house.books.current().hours, clock.now()
    with house.db.transaction() as session:
        ticket = ask(session, Asked(who="Otra", address="+34600000777", subject="Sigo igual"), now=now, hours=hours)
        ticket.contact_id = desk.talk.contact_id
    return ticket


def row(house: House, ticket: Ticket) -> Ticket:
    with house.db.reading() as session:
        found = lists.one(session, ticket.id)
    assert found is not None
    return found


def test_two_become_one_and_two_again(rosa: FlaskClient, desk: Desk, house: House) -> None:
    gone = of_the_same(house, desk)
    answer = post(rosa, here(desk.talk) + "/fusionar", {"otra": number(gone.id)})
    page = rosa.get(answer.headers["Location"]).text
    undo = f"{here(desk.talk)}/fusiones/1/deshacer"

    assert undo in page
    assert f"unió a esta la consulta {number(gone.id)}" in page
    assert "Esta consulta está unida a otra" in rosa.get(here(gone)).text
    post(rosa, undo, {})
    assert row(house, gone).merged_into_id is None


def test_what_cannot_be_merged_is_told(rosa: FlaskClient, desk: Desk) -> None:
    stranger = post(rosa, here(desk.talk) + "/fusionar", {"otra": number(desk.mail.id)})
    nobody = post(rosa, here(desk.talk) + "/fusionar", {"otra": "C-1-1"})

    assert (stranger.status_code, nobody.status_code) == (422, 422)
    assert "Son de personas distintas" in stranger.text
    assert "Ese número de consulta no existe" in nobody.text


def test_a_message_is_split_off_and_put_back(rosa: FlaskClient, desk: Desk, house: House) -> None:
    with house.db.transaction() as session:
        ticket = session.get_one(Ticket, desk.talk.id)
        message_id = hear(session, ticket, "Y otra cosa: ¿dónde pago el recibo?", now=clock.now()).id
    answer = post(rosa, f"{here(desk.talk)}/mensajes/{message_id}/separar", {})
    new = rosa.get(answer.headers["Location"]).text

    assert "Y otra cosa: ¿dónde pago el recibo?" in new
    assert f"la separó de la consulta {number(desk.talk.id)}" in new
    post(rosa, here(desk.talk) + "/fusionar", {"otra": answer.headers["Location"].rpartition("/")[2]})
    assert "Y otra cosa: ¿dónde pago el recibo?" in rosa.get(here(desk.talk)).text


def test_splitting_is_offered_for_the_persons_words_and_not_for_a_clerks(
    rosa: FlaskClient, desk: Desk, house: House
) -> None:
    with house.db.transaction() as session:
        ticket, other = session.get_one(Ticket, desk.talk.id), session.get_one(Ticket, desk.mail.id)
        hers = hear(session, ticket, "Y otra cosa: ¿dónde pago el recibo?", now=clock.now()).id
        clerks = hear(session, ticket, "No se aclara nunca.", now=clock.now())
        clerks.identity_id = session.scalars(
            select(Identity.id).where(Identity.contact_id == other.contact_id).limit(1)
        ).one()
        clerks_id = clerks.id
    page = rosa.get(here(desk.talk)).text

    assert f"/mensajes/{hers}/separar" in page and f"/mensajes/{clerks_id}/separar" not in page
    assert post(rosa, f"{here(desk.talk)}/mensajes/{clerks_id}/separar", {}).status_code == 422


def test_related_tickets_are_shown_beside(rosa: FlaskClient, desk: Desk) -> None:
    done = post(rosa, here(desk.talk) + "/relacionar", {"otra": number(desk.mail.id)})
    undo = rosa.get(done.headers["Location"]).text.split("data-toast")[1].split("</form>")[0]
    shown = rosa.get(here(desk.mail)).text
    post(rosa, here(desk.talk) + "/relacionar", {"otra": ""})

    assert f"{here(desk.talk)}/relacionar" in undo and 'name="otra" value=""' in undo
    assert number(desk.talk.id).replace("-", "‑") in shown
    assert "Relacionada con</p>" not in rosa.get(here(desk.mail)).text


def test_tags_are_put_found_taken_off_and_put_back(rosa: FlaskClient, desk: Desk, house: House) -> None:
    post(rosa, here(desk.talk) + "/acto", {"acto": "etiquetar", "etiqueta": "Tasa de basura"})
    found = rosa.get("/consultas?vista=abiertas&etiqueta=tasa+de+basura").text
    sought = rosa.get("/consultas?q=etiqueta:tasa").text
    post(rosa, here(desk.talk) + "/acto", {"acto": "sin-etiqueta:tasa de basura"})

    assert desk.talk.subject in found
    assert desk.mail.subject not in found
    assert desk.talk.subject not in sought
    assert row(house, desk.talk).tags == []
    post(rosa, "/consultas/deshacer", {})
    assert row(house, desk.talk).tags == ["tasa de basura"]
