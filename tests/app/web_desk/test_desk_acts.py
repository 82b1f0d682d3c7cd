"""Following, blocking, tagging many at once, the sheet to print, the code to tell, and how long one may undo."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app import clock
from app.desk import absences, lists
from app.desk.numbers import number
from app.house import House
from app.i18n import long_day
from app.models.message import Message
from app.models.people import Contact, Identity
from app.models.ticket import Status, Ticket
from app.models.work import LinkCode
from channels.message import Delivery
from tests.app.web_desk.conftest import Desk
from tests.app.web_desk.scenes import hear, post, say, sign_in, token
from tests.app.web_desk.test_ticket_page import composer, here, outgoing


def tags(house: House, *tickets: Ticket) -> list[list[str]]:
    with house.db.reading() as session:
        return [list(one.tags) for ticket in tickets if (one := lists.one(session, ticket.id))]


def test_one_follows_a_ticket_of_somebody_else_in_a_list_of_ones_own(
    rosa: FlaskClient, other: FlaskClient, desk: Desk
) -> None:
    sign_in(other, "tomas@mesa.example")
    for _twice in range(2):
        post(rosa, here(desk.mail) + "/acto", {"acto": "seguir"})

    assert desk.mail.subject in rosa.get("/consultas?vista=seguidas").text
    assert desk.mail.subject not in other.get("/consultas?vista=seguidas").text
    assert "Dejar de seguirla" in rosa.get(here(desk.mail)).text
    post(rosa, here(desk.mail) + "/acto", {"acto": "no-seguir"})
    assert desk.mail.subject not in rosa.get("/consultas?vista=seguidas").text


def test_who_is_blocked_is_shown_so_and_can_be_let_in_again(rosa: FlaskClient, desk: Desk) -> None:
    post(rosa, here(desk.mail) + "/acto", {"acto": "bloquear"})
    shown = rosa.get(here(desk.mail)).text
    post(rosa, here(desk.mail) + "/acto", {"acto": "desbloquear"})

    assert "Está bloqueada" in shown and "bloqueó a la persona" in shown
    assert "Está bloqueada" not in rosa.get(here(desk.mail)).text


def test_a_tag_is_put_on_all_chosen_and_taken_back_from_those_that_had_it_not(
    rosa: FlaskClient, desk: Desk, house: House
) -> None:
    post(rosa, here(desk.mail) + "/acto", {"acto": "etiquetar", "etiqueta": "factura"})
    chosen = {"acto": "etiquetar", "etiqueta": "Sede", "consulta": [str(desk.talk.id), str(desk.mail.id)]}
    post(rosa, "/consultas/acto", chosen)
    put = tags(house, desk.talk, desk.mail)
    post(rosa, "/consultas/deshacer", {})

    assert put == [["sede"], ["factura", "sede"]]
    assert tags(house, desk.talk, desk.mail) == [[], ["factura"]]


def test_a_subject_that_was_changed_comes_back_with_the_name_by_undo_which_stays_on_the_consulta(
    rosa: FlaskClient, desk: Desk, house: House
) -> None:
    def named() -> tuple[str, str | None]:
        with house.db.reading() as session:
            ticket = session.get_one(Ticket, desk.talk.id)
            return ticket.subject, ticket.on_behalf_of

    acts = {"acto": ["nombrar", "poner-nombre"], "asunto": "Firma en la sede: no va", "en_nombre_de": "Su madre"}
    before = named()
    post(rosa, here(desk.talk) + "/acto", acts)
    changed, page = named(), rosa.get(here(desk.talk)).text
    back = post(rosa, "/consultas/deshacer", {"volver": here(desk.talk)})

    assert (changed, named()) == (("Firma en la sede: no va", "Su madre"), before)
    assert "Asunto cambiado. Anotado por quién pregunta." in page
    assert f'name="volver" value="{here(desk.talk)}"' in page and back.location == here(desk.talk)
    assert post(rosa, here(desk.talk) + "/acto", {**acts, "asunto": " "}).status_code == 422
    assert named() == before


def test_what_was_refused_leads_back_to_where_it_was_asked(rosa: FlaskClient, desk: Desk) -> None:
    form = {"acto": "posponer-hasta", "hasta": "2020-01-01T10:00", "csrf_token": token(rosa, here(desk.talk))}
    asked = f"http://localhost{here(desk.talk)}"
    refused = rosa.post(here(desk.talk) + "/acto", data=form, headers={"Referer": asked})

    assert refused.status_code == 422 and "Esa hora ya ha pasado" in refused.text
    assert f'href="{asked}">Volver a donde estaba' in refused.text


def test_category_and_priority_changed_in_one_go_are_undone_in_one_go(
    rosa: FlaskClient, desk: Desk, house: House
) -> None:
    def filed() -> tuple[str | None, str]:
        with house.db.reading() as session:
            ticket = session.get_one(Ticket, desk.talk.id)
            return ticket.category, ticket.priority

    before = filed()
    post(rosa, here(desk.talk) + "/acto", {"acto": ["categoria:clave", "prioridad:P2"]})
    changed = filed()
    post(rosa, "/consultas/deshacer", {})

    assert (changed, filed()) == (("clave", "P2"), before)


def test_the_sheet_says_the_last_answer_and_the_steps_in_large_letters(rosa: FlaskClient, desk: Desk) -> None:
    post(rosa, f"{here(desk.talk)}/responder", {**composer(rosa, desk.talk), "text": "Actualice **AutoFirma**."})
    sheet = rosa.get(here(desk.talk) + "/hoja").text

    assert "Actualice <strong>AutoFirma</strong>." in sheet
    assert "No se ha podido conectar con AutoFirma" in sheet
    assert "Preguntar aquí no es presentar un escrito" in sheet
    assert sheet.count('src="data:image/svg+xml') == 2
    assert "nota interna" not in sheet.lower()


def test_the_code_stands_beside_the_call_and_on_the_sheet(rosa: FlaskClient, desk: Desk, house: House) -> None:
    call = desk.tickets[-2]
    post(rosa, f"/consultas/{number(call.id)}/codigo", {})
    with house.db.reading() as session:
        code = session.scalars(select(LinkCode.code)).one()

    assert f"«mande {code} por WhatsApp al" in rosa.get(f"/consultas/{number(call.id)}").text
    assert f"Mande {code} por WhatsApp al" in rosa.get(f"/consultas/{number(call.id)}/hoja").text


def test_a_supervisor_says_how_long_an_answer_can_be_taken_back(
    rosa: FlaskClient, other: FlaskClient, desk: Desk, house: House
) -> None:
    sign_in(other, "carmen@mesa.example")
    kept = post(other, "/ajustes/deshacer", {"deshacer-email": "25", "deshacer-whatsapp": "0"})
    post(rosa, f"{here(desk.mail)}/responder", {**composer(rosa, desk.mail), "text": "Con tiempo."})

    sent = outgoing(house, desk.mail, "Con tiempo.")[0]
    assert kept.status_code == 303
    assert sent.due_at is not None and sent.due_at - sent.created_at == timedelta(seconds=25)
    assert post(other, "/ajustes/deshacer", {"deshacer-email": "61", "deshacer-whatsapp": "0"}).status_code == 422


def test_a_copy_that_is_no_address_keeps_the_words_and_sends_nothing(
    rosa: FlaskClient, desk: Desk, house: House
) -> None:
    form = {**composer(rosa, desk.mail), "text": "Con copia.", "copia": "luis"}
    refused = post(rosa, f"{here(desk.mail)}/responder", form)
    post(rosa, f"{here(desk.mail)}/responder", {**form, "copia": "luis@example.org"})

    assert (refused.status_code, "no es una dirección de correo" in refused.text) == (422, True)
    assert 'value="luis"' in refused.text
    assert outgoing(house, desk.mail, "Con copia.")[0].participants == ["luis@example.org"]
    assert "con copia a luis@example.org" in rosa.get(here(desk.mail)).text


def test_what_the_machine_only_proposes_is_not_printed(rosa: FlaskClient, desk: Desk, house: House) -> None:
    with house.db.reading() as session:
        proposed = session.scalars(select(Message).where(Message.delivery == Delivery.PROPOSED)).one()

    assert proposed.text.splitlines()[-1] not in rosa.get(here(desk.mail) + "/hoja").text


def told(client: FlaskClient, page: str = "/consultas?vista=seguidas") -> list[str]:
    """What the page says is new, in its list and in the rail."""
    shown = client.get(page).text
    return [*re.findall(r"(\d+) mensajes? nuevos?", shown), *re.findall(r"(\d+)<span[^>]*> con novedades", shown)]


def test_who_follows_learns_what_others_say_and_no_longer_once_she_has_looked(
    rosa: FlaskClient, other: FlaskClient, desk: Desk, house: House
) -> None:
    sign_in(other, "tomas@mesa.example")
    post(rosa, here(desk.mail) + "/acto", {"acto": "seguir"})
    before = told(rosa)
    answer = {**composer(other, desk.mail), "text": "Ya está.", "despues": "resuelta"}
    post(other, here(desk.mail) + "/responder", answer)
    with house.db.transaction() as session:
        ticket = session.get_one(Ticket, desk.mail.id)
        hear(session, ticket, "Gracias", now=clock.now())
        say(session, ticket, "Una máquina lo ha leído.", Delivery.SENT, now=clock.now())
    after, on_arriving = told(rosa), rosa.get("/dia").text
    post(rosa, here(desk.mail) + "/presencia", {})

    assert (before, after) == ([], ["2", "1"])
    assert desk.mail.subject in on_arriving.split("Novedades en las que usted sigue")[1].split("</section>")[0]
    # It is over, and stood in the list only until she had seen how.
    assert told(rosa) == [] and desk.mail.subject not in rosa.get("/consultas?vista=seguidas").text


def test_ones_own_words_are_no_news(rosa: FlaskClient, desk: Desk) -> None:
    post(rosa, here(desk.talk) + "/acto", {"acto": "seguir"})
    post(rosa, here(desk.talk) + "/responder", {**composer(rosa, desk.talk), "text": "Para mí", "way": "nota"})

    assert told(rosa) == []


def test_who_follows_what_becomes_part_of_another_follows_that(rosa: FlaskClient, desk: Desk, house: House) -> None:
    with house.db.transaction() as session:
        session.get_one(Ticket, desk.talk.id).contact_id = desk.mail.contact_id
    post(rosa, here(desk.mail) + "/acto", {"acto": "seguir"})
    post(rosa, here(desk.talk) + "/fusionar", {"otra": number(desk.mail.id)})

    assert "Dejar de seguirla" in rosa.get(here(desk.talk)).text


def test_following_stands_in_the_history_and_is_undone(rosa: FlaskClient, desk: Desk) -> None:
    post(rosa, here(desk.mail) + "/acto", {"acto": "seguir"})
    shown = rosa.get(here(desk.mail)).text
    post(rosa, "/consultas/deshacer", {})

    assert "Rosa Matesanz empezó a seguirla" in shown
    assert ">Seguirla<" in rosa.get(here(desk.mail)).text.replace(" ", "").replace("\n", "")


@pytest.mark.parametrize("act", ["spam", "bloquear"])
def test_who_was_shut_out_by_mistake_is_let_in_again_by_undo(
    act: str, rosa: FlaskClient, desk: Desk, house: House
) -> None:
    was = desk.mail.status
    post(rosa, here(desk.mail) + "/acto", {"acto": act})
    with house.db.reading() as session:
        shut = session.get_one(Ticket, desk.mail.id).status
    post(rosa, "/consultas/deshacer", {})

    with house.db.reading() as session:
        ticket = session.get_one(Ticket, desk.mail.id)
        assert (shut, ticket.status, ticket.close_reason) == (Status.CLOSED, was, None)
        assert session.get_one(Contact, ticket.contact_id).blocked_at is None


def test_who_gives_a_consulta_to_somebody_away_is_warned(rosa: FlaskClient, desk: Desk, house: House) -> None:
    now = clock.now()
    today = now.astimezone(house.config.zone).date()
    with house.db.transaction() as session:
        absences.add(session, desk.who["ines"], first=today, last=today, now=now)
    given = post(rosa, here(desk.talk) + "/acto", {"acto": f"asignar:{desk.who['ines'].id}"})
    shown = rosa.get(given.headers["Location"]).text

    assert f"Inés Casado está ausente hasta el {long_day(today)}" in shown
    assert "la atiende Inés Casado" in shown


def asker(house: House, ticket: Ticket) -> tuple[str | None, list[str]]:
    """Who asks, and by which addresses she is known."""
    with house.db.reading() as session:
        contact = session.get_one(Contact, session.get_one(Ticket, ticket.id).contact_id)
        return contact.name, [identity.address for identity in contact.identities]


def test_a_consulta_is_given_to_who_really_asks_and_back(rosa: FlaskClient, desk: Desk, house: House) -> None:
    before = asker(house, desk.talk)
    told = {
        "nueva@persona.example": (None, ["nueva@persona.example"]),
        "+34 600 00 02 01": ("Wenceslao Berzal", ["+34600000201"]),
        "921 00 00 99": (None, ["+34921000099"]),
        number(desk.mail.id): ("Aserradero del Pirón, S. A.", ["oficina@aserradero.example"]),
    }
    for typed, whose in told.items():
        post(rosa, here(desk.talk) + "/acto", {"acto": "cambiar-persona", "persona": typed})
        assert asker(house, desk.talk) == whose
        assert "la pasó a otra persona" in rosa.get(here(desk.talk)).text
        post(rosa, "/consultas/deshacer", {})
        assert asker(house, desk.talk) == before


def test_what_is_said_after_a_consulta_was_given_to_another_goes_to_her(
    rosa: FlaskClient, desk: Desk, house: House
) -> None:
    post(rosa, here(desk.mail) + "/acto", {"acto": "cambiar-persona", "persona": "hija@familia.example"})
    post(rosa, here(desk.mail) + "/responder", {**composer(rosa, desk.mail), "text": "Para usted."})
    (said,) = outgoing(house, desk.mail, "Para usted.")

    with house.db.reading() as session:
        assert session.get_one(Identity, said.identity_id).address == "hija@familia.example"


def test_nobody_is_made_of_what_is_no_address(rosa: FlaskClient, desk: Desk, house: House) -> None:
    before = asker(house, desk.talk)
    refused = post(rosa, here(desk.talk) + "/acto", {"acto": "cambiar-persona", "persona": "la del segundo"})

    assert refused.status_code == 422 and "Escriba su correo, su teléfono" in refused.text
    assert asker(house, desk.talk) == before
