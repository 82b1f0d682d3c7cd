"""One ticket: what its page shows, what is written in it, and what happens when somebody else was quicker."""

import io
import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app import clock
from app.desk.numbers import number
from app.desk.reply_drafts import Enclosure, together
from app.errors import Impossible
from app.house import House
from app.models.book import CalendarDay
from app.models.message import Direction, Draft, DraftFile, Message, MessageFile
from app.models.people import Contact
from app.models.place import TownHall
from app.models.ticket import Status, Ticket
from channels.message import Delivery
from tests.app.web_desk.conftest import Desk
from tests.app.web_desk.scenes import hear, post, sign_in


def here(ticket: Ticket) -> str:
    return f"/consultas/{number(ticket.id)}"


def composer(client: FlaskClient, ticket: Ticket) -> dict[str, str]:
    """What the composer of the page would send, with the words still to be written."""
    page = client.get(here(ticket)).text
    fields = dict(re.findall(r'name="(clave|visto)" value="([^"]*)"', page))
    return {**fields, "way": ticket.channel, "despues": "espera"}


def proposal(client: FlaskClient, ticket: Ticket) -> dict[str, str]:
    """What the form of a proposal would send besides its words."""
    form = client.get(here(ticket)).text.split("/enviar", 1)[1].split("</form>", 1)[0]
    return dict(re.findall(r'name="(visto)" value="([^"]*)"', form))


def outgoing(house: House, ticket: Ticket, text: str) -> list[Message]:
    with house.db.reading() as session:
        wanted = select(Message).where(Message.ticket_id == ticket.id, Message.text == text)
        return list(session.scalars(wanted))


def row(house: House, ticket: Ticket) -> Ticket:
    with house.db.reading() as session:
        return session.get_one(Ticket, ticket.id)


def test_the_page_tells_the_whole_story(rosa: FlaskClient, desk: Desk) -> None:
    page = rosa.get(here(desk.talk)).text

    for words in (
        "AutoFirma no conecta al presentar la solicitud",
        "Respuesta automática",
        "Leído a las",
        "Nota interna de Tomás Yubero",
        "no la ve nadie de fuera",
        "No entregado: el teléfono no tiene WhatsApp",
        "Reintentar",
        "No se sabe si salió",
        "La ventana se cierra en",
        "«acaba el miércoles»",
        "No se ha podido conectar con AutoFirma",
        "600 00 01 18",
        "Cantimpalos",
        "Gracias, Milagros. Como el ordenador es suyo, puede",
    ):
        assert words in page, words


def test_the_side_tells_the_town_halls_own_holidays_and_what_else_she_asked(
    rosa: FlaskClient, desk: Desk, house: House
) -> None:
    now = clock.now()
    today = now.astimezone(house.config.zone).date()
    with house.db.transaction() as session:
        ticket = session.get_one(Ticket, desk.talk.id)
        session.get_one(Ticket, desk.tickets[0].id).contact_id = ticket.contact_id
        code = session.get_one(TownHall, ticket.town_hall_id).code
        feast = {"town_hall_code": code, "name": "Fiesta local", "scope": "local"}
        session.add(CalendarDay(day=today + timedelta(days=1), **feast))
    page = rosa.get(here(desk.talk)).text

    assert "Festivos: mañana" in page
    assert "1 consulta antes" in page and desk.tickets[0].subject in page


def test_what_is_quoted_is_folded(rosa: FlaskClient, desk: Desk) -> None:
    page = rosa.get(here(desk.mail)).text

    assert "Texto citado, 2 líneas" in page
    assert page.count("&gt; ¿Qué factura?") == 1


def test_a_signature_is_folded_and_still_there(rosa: FlaskClient, desk: Desk, house: House) -> None:
    with house.db.transaction() as session:
        ticket = session.get_one(Ticket, desk.mail.id)
        hear(session, ticket, "Sigue igual.\n\n--\nAserradero del Pirón\nTel. 921 000 111", now=clock.now())
    page = rosa.get(here(desk.mail)).text

    assert "Firma, 2 líneas" in page
    assert page.index("Firma, 2 líneas") < page.index("921 000 111")


def test_a_signed_mail_says_so_and_that_nobody_checked(rosa: FlaskClient, desk: Desk, house: House) -> None:
    with house.db.transaction() as session:
        ticket = session.get_one(Ticket, desk.mail.id)
        hear(session, ticket, "Va firmado.", now=clock.now()).payload = {"signed": True}

    assert "firmado (sin comprobar)" in rosa.get(here(desk.mail)).text


def test_nobody_writes_markup_into_the_page(rosa: FlaskClient, desk: Desk, house: House) -> None:
    with house.db.transaction() as session:
        ticket = session.get_one(Ticket, desk.talk.id)
        ticket.subject = "<img src=x onerror=alert(1)>"
        session.get_one(Contact, ticket.contact_id).name = "<script>alert(2)</script>"
        hear(session, ticket, "<b>hola</b> https://a.example/?a=1&b='\"><script>alert(3)</script>", now=clock.now())
    pages = rosa.get(here(desk.talk)).text + rosa.get("/consultas").text

    assert "<script>alert" not in pages
    assert "<img src=x" not in pages
    assert "<b>hola</b>" not in pages


def test_a_reply_is_queued_with_seconds_to_take_it_back(rosa: FlaskClient, desk: Desk, house: House) -> None:
    form = {**composer(rosa, desk.talk), "text": "Ya puede descargarla."}
    answer = post(rosa, f"{here(desk.talk)}/responder", form)

    assert answer.status_code == 303
    sent = outgoing(house, desk.talk, "Ya puede descargarla.")[0]
    assert sent.delivery is Delivery.QUEUED
    assert sent.due_at is not None
    assert timedelta() < sent.due_at - sent.created_at <= timedelta(seconds=4)
    assert row(house, desk.talk).status is Status.WAITING
    assert row(house, desk.talk).owner_id == desk.who["rosa"].id


def test_a_double_click_sends_once(rosa: FlaskClient, desk: Desk, house: House) -> None:
    form = {**composer(rosa, desk.talk), "text": "Solo una vez."}
    post(rosa, f"{here(desk.talk)}/responder", form)
    post(rosa, f"{here(desk.talk)}/responder", form)

    assert len(outgoing(house, desk.talk, "Solo una vez.")) == 1


def test_a_mail_of_ours_stands_there_as_it_was_laid_out(rosa: FlaskClient, desk: Desk) -> None:
    written = "Es **urgente**:\n- entre en https://sede.example/tramites\n- no escriba <script>"
    post(rosa, f"{here(desk.mail)}/responder", {**composer(rosa, desk.mail), "text": written})
    shown = rosa.get(here(desk.mail)).text.split('class="said is-laid"')[1].split("</div>")[0]

    assert "<strong>urgente</strong>" in shown and shown.count("<li>") == 2
    assert '<a target="_blank" href="https://sede.example/tramites" rel="noopener noreferrer">' in shown
    assert "&lt;script&gt;" in shown and "**" not in shown
    assert "Respuesta: Es urgente: - entre en" in rosa.get("/consultas?vista=esperan").text


def test_a_reply_can_be_taken_back_and_becomes_the_draft(rosa: FlaskClient, desk: Desk, house: House) -> None:
    form = {**composer(rosa, desk.mail), "text": "Me he equivocado"}
    post(rosa, f"{here(desk.mail)}/responder", form)
    sent = outgoing(house, desk.mail, "Me he equivocado")[0]
    post(rosa, f"{here(desk.mail)}/mensajes/{sent.id}/deshacer", {})

    assert outgoing(house, desk.mail, "Me he equivocado")[0].delivery is Delivery.DROPPED
    assert ">Me he equivocado</textarea>" in rosa.get(here(desk.mail)).text


def test_a_mail_taken_back_comes_back_with_its_copies(rosa: FlaskClient, desk: Desk, house: House) -> None:
    form = {**composer(rosa, desk.mail), "text": "Con copia", "copia": "ana@copias.example, luis@copias.example"}
    post(rosa, f"{here(desk.mail)}/responder", form)
    sent = outgoing(house, desk.mail, "Con copia")[0]
    post(rosa, f"{here(desk.mail)}/mensajes/{sent.id}/deshacer", {})

    assert 'value="ana@copias.example, luis@copias.example"' in rosa.get(here(desk.mail)).text


@pytest.mark.parametrize("way", ["whatsapp", "nota"])
def test_a_draft_that_a_page_keeps_late_does_not_bring_back_what_was_said(
    way: str, rosa: FlaskClient, desk: Desk, house: House
) -> None:
    form = {**composer(rosa, desk.talk), "text": "Dicho una vez.", "way": way}
    for _twice in range(2):
        post(rosa, f"{here(desk.talk)}/responder", form)
    post(rosa, f"{here(desk.talk)}/borrador", form)

    assert "Dicho una vez.</textarea>" not in rosa.get(here(desk.talk)).text
    assert len(outgoing(house, desk.talk, "Dicho una vez.")) == 1


def test_a_draft_keeps_its_copies(rosa: FlaskClient, desk: Desk) -> None:
    begun = {"text": "A medias", "way": "email", "copia": "ana@copias.example"}
    post(rosa, f"{here(desk.mail)}/borrador", begun)

    assert 'value="ana@copias.example"' in rosa.get(here(desk.mail)).text


def test_a_note_that_is_only_begun_does_not_come_back_as_an_answer(rosa: FlaskClient, desk: Desk) -> None:
    post(rosa, f"{here(desk.talk)}/borrador", {"text": "Este señor no se aclara", "way": "nota"})
    page = rosa.get(here(desk.talk)).text

    assert ">Este señor no se aclara</textarea>" in page
    assert re.findall(r'id="way-(\w+)"[^>]* checked', page) == ["nota"]


def test_something_newer_stops_a_reply_and_keeps_its_words(rosa: FlaskClient, desk: Desk, house: House) -> None:
    form = {**composer(rosa, desk.talk), "text": "Pruebe con la versión nueva."}
    with house.db.transaction() as session:
        hear(session, session.get_one(Ticket, desk.talk.id), "Ya lo he conseguido, gracias", now=clock.now())
    answer = post(rosa, f"{here(desk.talk)}/responder", form)

    assert answer.status_code == 409
    assert "Ha llegado un mensaje nuevo mientras escribía" in answer.text
    assert "Ya lo he conseguido, gracias" in answer.text
    assert ">Pruebe con la versión nueva.</textarea>" in answer.text
    assert outgoing(house, desk.talk, "Pruebe con la versión nueva.") == []
    with house.db.reading() as session:
        kept = session.scalars(select(Draft.text).where(Draft.ticket_id == desk.talk.id)).one()
    assert kept == "Pruebe con la versión nueva."


def test_a_colleagues_answer_stops_a_second_one_and_keeps_its_words(
    rosa: FlaskClient, other: FlaskClient, desk: Desk, house: House
) -> None:
    sign_in(other, "tomas@mesa.example")
    form = {**composer(rosa, desk.talk), "text": "Lo mismo, dicho otra vez."}
    post(other, f"{here(desk.talk)}/responder", {**composer(other, desk.talk), "text": "Instale la versión nueva."})
    answer = post(rosa, f"{here(desk.talk)}/responder", form)
    again = post(rosa, f"{here(desk.talk)}/responder", {**composer(rosa, desk.talk), "text": "Y reinicie."})

    assert answer.status_code == 409
    assert "Tomás Yubero ha contestado mientras usted escribía" in answer.text
    assert ">Lo mismo, dicho otra vez.</textarea>" in answer.text
    assert outgoing(house, desk.talk, "Lo mismo, dicho otra vez.") == []
    assert (again.status_code, len(outgoing(house, desk.talk, "Y reinicie."))) == (303, 1)


def test_after_reading_it_the_reply_goes(rosa: FlaskClient, desk: Desk, house: House) -> None:
    with house.db.transaction() as session:
        hear(session, session.get_one(Ticket, desk.talk.id), "Otra cosa", now=clock.now())
    form = {**composer(rosa, desk.talk), "text": "Visto."}

    assert post(rosa, f"{here(desk.talk)}/responder", form).status_code == 303


@pytest.mark.parametrize(("ago", "css"), [(23, "push small line"), (3, "push small line wide")])
def test_a_window_that_closes_soon_is_told_on_a_telephone_too(
    rosa: FlaskClient, desk: Desk, house: House, ago: int, css: str
) -> None:
    with house.db.transaction() as session:
        for message in session.scalars(select(Message).where(Message.ticket_id == desk.talk.id)):
            if message.direction is Direction.IN:
                message.received_at = clock.now() - timedelta(hours=ago)

    assert f'<p class="{css}" id="ventana">' in rosa.get(here(desk.talk)).text


def test_a_closed_window_sends_nothing_and_says_why(rosa: FlaskClient, desk: Desk, house: House) -> None:
    with house.db.transaction() as session:
        for message in session.scalars(select(Message).where(Message.ticket_id == desk.talk.id)):
            if message.direction is Direction.IN:
                message.received_at = clock.now() - timedelta(hours=25)
    page = rosa.get(here(desk.talk)).text
    form = {**composer(rosa, desk.talk), "text": "Llega tarde"}
    answer = post(rosa, f"{here(desk.talk)}/responder", form)

    assert "La ventana de WhatsApp está cerrada" in page
    assert answer.status_code == 422
    assert "más de 24 horas" in answer.text
    assert outgoing(house, desk.talk, "Llega tarde") == []


def test_a_note_is_for_nobody_outside(rosa: FlaskClient, desk: Desk, house: House) -> None:
    post(rosa, f"{here(desk.talk)}/responder", {**composer(rosa, desk.talk), "way": "nota", "text": "Ojo con esto"})

    kept = outgoing(house, desk.talk, "Ojo con esto")[0]
    assert kept.direction is Direction.NOTE
    assert kept.delivery is None


def test_a_draft_is_kept_while_it_is_written(rosa: FlaskClient, desk: Desk) -> None:
    answer = post(rosa, f"{here(desk.mail)}/borrador", {"text": "A medio escrib"})

    assert "Guardado" in answer.text
    assert ">A medio escrib</textarea>" in rosa.get(here(desk.mail)).text


def test_a_file_goes_with_a_mail(rosa: FlaskClient, desk: Desk, house: House) -> None:
    form = {**composer(rosa, desk.mail), "text": "Se lo adjunto", "archivos": (io.BytesIO(b"%PDF-1.7"), "../guia.pdf")}
    post(rosa, f"{here(desk.mail)}/responder", form)

    with house.db.reading() as session:
        sent = session.scalars(select(Message).where(Message.text == "Se lo adjunto")).one()
        enclosed = sent.attachments[0]
        assert enclosed.sha256 is not None
        with house.files.open(enclosed.sha256) as kept:
            assert (enclosed.filename, kept.read()) == ("guia.pdf", b"%PDF-1.7")


@pytest.mark.parametrize("way", ["whatsapp", "phone"])
def test_a_file_that_would_not_go_by_this_way_is_refused_and_kept_with_the_draft(
    rosa: FlaskClient, desk: Desk, house: House, way: str
) -> None:
    form = {**composer(rosa, desk.talk), "way": way, "text": "Le mando la guía", "archivos": paper("guia.pdf")}
    refused = post(rosa, f"{here(desk.talk)}/responder", form)

    assert refused.status_code == 422 and "Los archivos solo van por correo o con una nota" in refused.text
    assert "guia.pdf" in refused.text and ">Le mando la guía</textarea>" in refused.text
    assert outgoing(house, desk.talk, "Le mando la guía") == []


def test_what_failed_is_sent_again(rosa: FlaskClient, desk: Desk, house: House) -> None:
    with house.db.reading() as session:
        failed = session.scalars(select(Message).where(Message.delivery == Delivery.FAILED)).one()
    post(rosa, f"{here(desk.talk)}/mensajes/{failed.id}/reintentar", {})

    with house.db.reading() as session:
        assert session.get_one(Message, failed.id).delivery is Delivery.QUEUED


def test_a_message_is_only_reached_through_its_own_ticket(rosa: FlaskClient, desk: Desk, house: House) -> None:
    with house.db.reading() as session:
        failed = session.scalars(select(Message).where(Message.delivery == Delivery.FAILED)).one()

    assert post(rosa, f"{here(desk.mail)}/mensajes/{failed.id}/reintentar", {}).status_code == 404


def test_a_proposal_is_mended_and_sent(rosa: FlaskClient, desk: Desk, house: House) -> None:
    with house.db.reading() as session:
        proposed = session.scalars(select(Message).where(Message.delivery == Delivery.PROPOSED)).one()
    asked = proposal(rosa, desk.mail)
    post(rosa, f"{here(desk.mail)}/mensajes/{proposed.id}/enviar", {**asked, "text": "Mejor así"})

    sent = outgoing(house, desk.mail, "Mejor así")[0]
    assert sent.delivery is Delivery.QUEUED
    assert sent.author_user_id == desk.who["rosa"].id


def test_a_proposal_is_not_sent_past_what_the_person_has_said_since_and_mended_words_are_kept(
    rosa: FlaskClient, desk: Desk, house: House
) -> None:
    with house.db.reading() as session:
        proposed = session.scalars(select(Message).where(Message.delivery == Delivery.PROPOSED)).one()
    asked = proposal(rosa, desk.mail)
    with house.db.transaction() as session:
        hear(session, session.get_one(Ticket, desk.mail.id), "Perdonen, era otra cosa.", now=clock.now())
    there = f"{here(desk.mail)}/mensajes/{proposed.id}/enviar"
    mended = post(rosa, there, {**asked, "text": "Mejor así"})
    as_it_was = post(rosa, there, {**asked, "text": proposed.text})

    assert (mended.status_code, as_it_was.status_code) == (409, 409)
    assert "Ha llegado un mensaje nuevo" in mended.text and ">Mejor así</textarea>" in mended.text
    with house.db.reading() as session:
        assert session.get_one(Message, proposed.id).delivery is Delivery.PROPOSED
    post(rosa, there, {**proposal(rosa, desk.mail), "text": proposed.text})
    assert outgoing(house, desk.mail, proposed.text)[0].delivery is Delivery.QUEUED


def test_a_proposal_is_thrown_away(rosa: FlaskClient, desk: Desk, house: House) -> None:
    with house.db.reading() as session:
        proposed = session.scalars(select(Message).where(Message.delivery == Delivery.PROPOSED)).one()
    post(rosa, f"{here(desk.mail)}/mensajes/{proposed.id}/descartar", {})

    assert "Respuesta propuesta" not in rosa.get(here(desk.mail)).text


def test_a_call_is_promised_and_written_down(rosa: FlaskClient, desk: Desk, house: House) -> None:
    post(rosa, f"{here(desk.talk)}/responder", {**composer(rosa, desk.talk), "way": "phone", "text": "Cómo actualizar"})
    promised = outgoing(house, desk.talk, "Cómo actualizar")[0]
    assert promised.delivery is Delivery.BY_HAND
    assert "Devolver llamada" in rosa.get("/consultas?vista=llamar").text
    post(rosa, f"{here(desk.talk)}/mensajes/{promised.id}/llamada", {"resultado": "reached"})

    assert outgoing(house, desk.talk, "Cómo actualizar")[0].delivery is Delivery.DONE


def test_every_act_does_its_thing(rosa: FlaskClient, desk: Desk, house: House) -> None:
    tomorrow = (clock.now() + timedelta(days=1)).isoformat()
    halls = row(house, desk.tickets[0]).town_hall_id
    acts = (
        ("tomar", lambda t: t.owner_id == desk.who["rosa"].id),
        (f"asignar:{desk.who['ines'].id}", lambda t: t.owner_id == desk.who["ines"].id),
        ("asignar:nadie", lambda t: t.owner_id is None),
        ("categoria:padron", lambda t: t.category == "padron"),
        ("prioridad:P2", lambda t: t.priority == "P2"),
        (f"municipio:{halls}", lambda t: t.town_hall_id == halls),
        ("municipio:", lambda t: t.town_hall_id is None),
        (f"posponer:{tomorrow}", lambda t: t.snoozed_until is not None),
        ("posponer:", lambda t: t.snoozed_until is None),
        ("estado:held", lambda t: t.status is Status.HELD),
        ("reabrir", lambda t: t.status is Status.OPEN),
        ("resolver", lambda t: t.status is Status.SOLVED),
        ("reabrir", lambda t: t.status is Status.OPEN),
        ("spam", lambda t: t.status is Status.CLOSED and t.close_reason == "spam"),
    )
    for word, holds in acts:
        assert post(rosa, f"{here(desk.talk)}/acto", {"acto": word}).status_code == 303, word

        assert holds(row(house, desk.talk)), word


def test_every_act_that_changes_a_thing_can_be_undone(rosa: FlaskClient, desk: Desk, house: House) -> None:
    columns = ("owner_id", "category", "priority", "town_hall_id", "status", "snoozed_until")
    before = [getattr(row(house, desk.talk), column) for column in columns]
    later = (clock.now() + timedelta(days=1)).isoformat()
    for word in ("tomar", "categoria:padron", "prioridad:P4", "municipio:", "estado:waiting", f"posponer:{later}"):
        post(rosa, f"{here(desk.talk)}/acto", {"acto": word})
        post(rosa, "/consultas/deshacer", {})

        assert [getattr(row(house, desk.talk), column) for column in columns] == before, word


def test_an_act_is_written_down_with_who_did_it(rosa: FlaskClient, desk: Desk) -> None:
    post(rosa, f"{here(desk.talk)}/acto", {"acto": f"asignar:{desk.who['ines'].id}"})

    assert "Rosa Matesanz la asignó a Inés Casado" in rosa.get(here(desk.talk)).text


def test_who_takes_a_ticket_is_not_told_to_have_assigned_it_to_herself(rosa: FlaskClient, desk: Desk) -> None:
    post(rosa, f"{here(desk.talk)}/acto", {"acto": "tomar"})

    assert "Rosa Matesanz la tomó" in rosa.get(here(desk.talk)).text


def test_a_moment_in_the_past_is_no_moment_to_wait_for(rosa: FlaskClient, desk: Desk) -> None:
    form = {"acto": "posponer-hasta", "hasta": "2020-01-01T10:00"}

    assert post(rosa, f"{here(desk.talk)}/acto", form).status_code == 422
    assert post(rosa, f"{here(desk.talk)}/acto", {**form, "hasta": "nunca"}).status_code == 422


def test_two_people_become_one_and_two_again(rosa: FlaskClient, desk: Desk, house: House) -> None:
    other = desk.tickets[0]
    post(rosa, f"{here(desk.talk)}/unir", {"otra": number(other.id)})
    joined = row(house, other).contact_id
    page = rosa.get(here(desk.talk)).text
    undo = page.split("data-toast", 1)[1].split('action="', 1)[1].split('"', 1)[0]
    post(rosa, undo, {})

    assert joined == desk.talk.contact_id
    assert other.subject in page
    assert row(house, other).contact_id == other.contact_id


def test_a_proposed_forward_is_accepted_with_one_click(rosa: FlaskClient, desk: Desk, house: House) -> None:
    hall = row(house, desk.tickets[0]).town_hall_id
    with house.db.transaction() as session:
        session.get_one(Ticket, desk.mail.id).proposed_forward = {
            "name": "Benita Arroyo",
            "address": "benita@correo.example",
            "subject": "No puedo firmar",
            "text": "No puedo firmar la instancia",
            "comment": "a ver si la ayudáis",
            "town_hall_id": hall,
        }
    assert "¿La reenvía un ayuntamiento?" in rosa.get(here(desk.mail)).text
    post(rosa, f"{here(desk.mail)}/acto", {"acto": f"reenvio:{hall}"})

    accepted = row(house, desk.mail)
    assert accepted.forwarder_town_hall_id == hall
    assert accepted.subject == "No puedo firmar"


def test_an_article_is_put_into_the_answer_without_scripts_too(rosa: FlaskClient, desk: Desk) -> None:
    page = rosa.get(f"{here(desk.talk)}?insertar=autofirma-no-conecta").text
    words = page.split('id="texto"', 1)[1].split(">", 1)[1].split("</textarea>", 1)[0]

    assert "Gracias, Milagros" in words
    assert "«No se ha podido conectar con AutoFirma»" in words
    assert "https://consultas.example.es/" in words


def test_the_conversation_answers_304_while_nothing_changes(rosa: FlaskClient, desk: Desk, house: House) -> None:
    etag = f'"{desk.talk.id}.{row(house, desk.talk).version}"'
    same = rosa.get(f"{here(desk.talk)}/vivo", headers={"If-None-Match": etag})
    with house.db.transaction() as session:
        hear(session, session.get_one(Ticket, desk.talk.id), "¿Siguen ahí?", now=clock.now())
    other = rosa.get(f"{here(desk.talk)}/vivo", headers={"If-None-Match": etag})

    assert (same.status_code, same.text) == (304, "")
    assert other.status_code == 200
    assert "¿Siguen ahí?" in other.text


def pinned(house: House, ticket: Ticket) -> list[str]:
    """The files that wait with a draft."""
    with house.db.reading() as session:
        hers = select(DraftFile).join(Draft, Draft.id == DraftFile.draft_id).where(Draft.ticket_id == ticket.id)
        return [one.filename for one in session.scalars(hers.order_by(DraftFile.id))]


def paper(name: str, content: bytes = b"%PDF-1.7") -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


def test_files_chosen_for_a_draft_wait_with_it_and_go_with_the_answer_each_once(
    rosa: FlaskClient, desk: Desk, house: House
) -> None:
    kept = post(rosa, f"{here(desk.mail)}/borrador/archivos", {"archivos": [paper("guia.pdf"), paper("otra.pdf")]})
    page, form = rosa.get(here(desk.mail)).text, composer(rosa, desk.mail)
    post(rosa, f"{here(desk.mail)}/responder", {**form, "text": "Con dos.", "archivos": paper("guia.pdf")})

    assert all(f"Quitar {name}" in shown for name in ("guia.pdf", "otra.pdf") for shown in (kept.text, page))
    assert [one.filename for one in sent_with(house, "Con dos.")] == ["guia.pdf", "otra.pdf"]
    assert pinned(house, desk.mail) == []


def test_a_file_is_taken_out_of_a_draft_and_its_bytes_go_unless_they_are_in_use(
    rosa: FlaskClient, desk: Desk, house: House
) -> None:
    chosen = {"archivos": [paper("guia.pdf"), paper("sola.pdf", b"%PDF-1.7 sola")], "text": "Va", "way": "email"}
    post(rosa, f"{here(desk.mail)}/borrador/archivos", chosen)
    post(rosa, f"{here(desk.talk)}/borrador/archivos", {"archivos": paper("guia.pdf")})
    with house.db.reading() as session:
        rows = session.scalars(select(DraftFile).order_by(DraftFile.id)).all()
    for row in rows[:2]:
        post(rosa, f"{here(desk.mail)}/borrador/archivos/{row.id}/quitar", {"text": "Va", "way": "email"})
    again = post(rosa, f"{here(desk.mail)}/borrador/archivos/{rows[0].id}/quitar", {"text": "Va", "way": "email"})

    assert (again.status_code, pinned(house, desk.mail), pinned(house, desk.talk)) == (303, [], ["guia.pdf"])
    assert ">Va</textarea>" in rosa.get(here(desk.mail)).text
    with house.files.open(rows[0].sha256) as still:
        assert still.read() == b"%PDF-1.7"
    with pytest.raises(FileNotFoundError):
        house.files.open(rows[1].sha256)


def test_what_could_not_be_sent_keeps_its_files_and_so_does_what_is_taken_back(
    rosa: FlaskClient, desk: Desk, house: House
) -> None:
    form = {**composer(rosa, desk.mail), "text": "Se lo adjunto", "copia": "luis"}
    refused = post(rosa, f"{here(desk.mail)}/responder", {**form, "archivos": paper("guia.pdf")})
    between = pinned(house, desk.mail)
    post(rosa, f"{here(desk.mail)}/responder", {**form, "copia": ""})
    gone = pinned(house, desk.mail)
    with house.db.reading() as session:
        sent = session.scalars(select(Message.id).where(Message.text == "Se lo adjunto")).one()
    post(rosa, f"{here(desk.mail)}/mensajes/{sent}/deshacer", {})

    assert (refused.status_code, "Quitar guia.pdf" in refused.text) == (422, True)
    assert (between, gone, pinned(house, desk.mail)) == (["guia.pdf"], [], ["guia.pdf"])


def test_a_file_that_must_not_go_out_is_refused_when_it_is_chosen_and_the_others_stay(
    rosa: FlaskClient, desk: Desk, house: House
) -> None:
    post(rosa, f"{here(desk.mail)}/borrador/archivos", {"archivos": paper("guia.pdf")})
    key = paper("clave.pem", b"-----BEGIN PRIVATE KEY-----\nMIIE\n")
    told = post(rosa, f"{here(desk.mail)}/borrador/archivos", {"archivos": key})

    assert (told.status_code, "clave privada" in told.text) == (422, True)
    assert "Quitar guia.pdf" in told.text and pinned(house, desk.mail) == ["guia.pdf"]


def test_files_of_a_draft_together_are_no_more_than_a_mail_carries() -> None:
    one, two = (
        Enclosure(sha256=sign * 64, filename=f"{sign}.pdf", content_type="application/pdf", size=11 * 1024 * 1024)
        for sign in "ab"
    )

    assert together([one], [one]) == [one]
    with pytest.raises(Impossible, match="pasan de 20 MB"):
        together([one], [two])


def test_a_note_keeps_its_files(rosa: FlaskClient, desk: Desk, house: House) -> None:
    note = {**composer(rosa, desk.mail), "way": "nota", "text": "Miren esto", "archivos": paper("captura.pdf")}
    post(rosa, f"{here(desk.mail)}/responder", note)

    assert [one.filename for one in sent_with(house, "Miren esto")] == ["captura.pdf"]
    assert "captura.pdf" in rosa.get(here(desk.mail)).text


def sent_with(house: House, text: str) -> list[MessageFile]:
    """The files of what was said."""
    with house.db.reading() as session:
        return list(session.scalars(select(Message).where(Message.text == text)).one().attachments)
