"""The queue: what each view shows, filters and search, pages by key, acts on several and their undo, live polling."""

import re
from datetime import timedelta

from flask.testing import FlaskClient

from app import clock
from app.desk import badges, board, lists
from app.desk.lists import Cursor, Filters, Order
from app.desk.numbers import number
from app.desk.queue_views import View
from app.house import House
from app.models.ticket import Status, Ticket
from tests.app.web_desk.conftest import Desk
from tests.app.web_desk.scenes import Asked, ask, post


def subjects(client: FlaskClient, query: str) -> list[str]:
    page = client.get(f"/consultas?{query}").text
    return re.findall(r'class="subject cut" href="[^"]+">([^<]+)<', page)


def fresh(house: House) -> Ticket:
    hours = house.books.current().hours
    asked = Asked(who="Recién Llegada", address="+34600000999", subject="Acaba de llegar")
    with house.db.transaction() as session:
        return ask(session, asked, now=clock.now(), hours=hours)


def test_open_ones_come_with_the_first_to_fall_due_on_top(rosa: FlaskClient) -> None:
    shown = subjects(rosa, "vista=abiertas")

    assert shown[0] == "Error 403 al entrar en la sede con certificado"
    assert "No recuerda la contraseña del certificado" not in shown
    assert shown[-1] == "Subvención de deportes: adjuntar más de un archivo"


def test_each_view_shows_its_own(rosa: FlaskClient) -> None:
    assert subjects(rosa, "vista=mias") == [
        "Devolver llamada: notificación en el día 9",
        "Subvención de deportes: adjuntar más de un archivo",
    ]
    assert set(subjects(rosa, "vista=ayuntamientos")) == {
        "No me llega el SMS de Cl@ve",
        "Volante de empadronamiento para el colegio",
    }
    assert subjects(rosa, "vista=esperan") == ["Entré con el certificado de mi marido"]
    assert subjects(rosa, "vista=otros") == ["Subvención de deportes: adjuntar más de un archivo"]
    assert subjects(rosa, "vista=fallidas") == ["AutoFirma no conecta al presentar la solicitud de la bolsa"]
    assert subjects(rosa, "vista=resueltas") == ["No recuerda la contraseña del certificado"]


def test_a_snoozed_one_is_out_of_sight_until_its_moment(rosa: FlaskClient, desk: Desk, house: House) -> None:
    with house.db.transaction() as session:
        session.get_one(Ticket, desk.tickets[0].id).snoozed_until = clock.now() + timedelta(hours=1)

    assert desk.tickets[0].subject not in subjects(rosa, "vista=abiertas")
    assert desk.tickets[0].subject in subjects(rosa, "vista=esperan")


def test_filters_narrow_a_view_and_stand_in_the_address(rosa: FlaskClient) -> None:
    assert subjects(rosa, "vista=abiertas&canal=telefono") == ["Devolver llamada: notificación en el día 9"]
    assert subjects(rosa, "vista=abiertas&prioridad=P2&canal=correo&categoria=clave") == ["No me llega el SMS de Cl@ve"]
    assert "Quitar el filtro de canal" in rosa.get("/consultas?vista=abiertas&canal=telefono").text


def test_an_address_that_makes_no_sense_is_no_error(rosa: FlaskClient) -> None:
    for query in ("vista=nada&orden=x&desde=~&canal=9&municipio=abc&de=-1", "desde=2026~5", "desde=x~1", "q=%00%27%22"):
        assert rosa.get(f"/consultas?{query}").status_code == 200


def test_search_looks_through_everything_said(rosa: FlaskClient) -> None:
    assert subjects(rosa, "q=el+último+día+la+página") == ["Se me pasa el plazo del recibo de la basura"]
    assert subjects(rosa, "q=PAGINAS+ultimos") == ["Se me pasa el plazo del recibo de la basura"]
    assert subjects(rosa, "q=hipopótamo") == []


def test_search_understands_from_where_and_in_which_state(rosa: FlaskClient) -> None:
    assert subjects(rosa, "q=municipio:cuéllar") == ["No me llega el SMS de Cl@ve"]
    assert subjects(rosa, "q=municipio:cuellar+estado:nueva") == ["No me llega el SMS de Cl@ve"]
    assert subjects(rosa, "q=de:velasco") == ["Entré con el certificado de mi marido"]
    assert subjects(rosa, "q=municipio:atlantida") == []


def test_a_number_goes_straight_to_its_ticket(rosa: FlaskClient, desk: Desk) -> None:
    answer = rosa.get("/consultas", query_string={"q": number(desk.talk.id).lower().replace("-", " ")})

    assert answer.headers["Location"] == f"/consultas/{number(desk.talk.id)}"


def test_every_view_says_something_when_it_is_empty(client: FlaskClient, rosa: FlaskClient) -> None:
    for view in View:
        page = rosa.get(f"/consultas?vista={view.value}&categoria=dnie").text

        assert "Con estos filtros no hay ninguna" in page


def test_pages_by_key_show_each_ticket_once(house: House, desk: Desk) -> None:
    books, now, rosa = house.books.current(), clock.now(), desk.who["rosa"]
    for order in Order:
        seen: list[int] = []
        after: Cursor | None = None
        with house.db.reading() as session:
            while True:
                page = lists.tickets(
                    session, View.ALL, user=rosa, books=books, now=now, order=order, after=after, limit=5
                )
                seen += [ticket.id for ticket in page.tickets]
                after = page.after
                if after is None:
                    break
            whole = lists.tickets(session, View.ALL, user=rosa, books=books, now=now, order=order, limit=100)

        assert seen == [ticket.id for ticket in whole.tickets]
        assert len(seen) == len(set(seen)) == 12


def test_badges_stop_at_a_hundred(house: House, desk: Desk) -> None:
    now, books = clock.now(), house.books.current()
    with house.db.transaction() as session:
        for turn in range(101):
            asked = Asked(who=f"N {turn}", address=f"+3461{turn:07}", text="Hola")
            ask(session, asked, now=now, hours=books.hours)
    with house.db.reading() as session:
        counts = badges.count(session, desk.who["rosa"], books=books, now=now).views

    assert counts[View.ALL] == 100
    assert counts[View.MINE] == 2


def test_several_are_taken_at_once_and_given_back(rosa: FlaskClient, desk: Desk, house: House) -> None:
    chosen = [desk.tickets[0].id, desk.tickets[1].id]
    answer = post(rosa, "/consultas/acto", {"acto": "tomar", "consulta": chosen, "volver": "/consultas?vista=abiertas"})
    assert answer.headers["Location"] == "/consultas?vista=abiertas"
    with house.db.reading() as session:
        owners = {session.get_one(Ticket, one).owner_id for one in chosen}
    post(rosa, "/consultas/deshacer", {})
    with house.db.reading() as session:
        after = {session.get_one(Ticket, one).owner_id for one in chosen}

    assert owners == {desk.who["rosa"].id}
    assert after == {None}


def test_several_are_solved_and_opened_again(rosa: FlaskClient, desk: Desk, house: House) -> None:
    chosen = [desk.tickets[0].id, desk.tickets[1].id]
    post(rosa, "/consultas/acto", {"acto": "resolver", "consulta": chosen})
    with house.db.reading() as session:
        solved = {session.get_one(Ticket, one).status for one in chosen}
    post(rosa, "/consultas/deshacer", {})
    with house.db.reading() as session:
        again = {session.get_one(Ticket, one).status for one in chosen}

    assert solved == {Status.SOLVED}
    assert again == {Status.NEW}


def test_undo_twice_changes_nothing_more(rosa: FlaskClient, desk: Desk) -> None:
    post(rosa, "/consultas/acto", {"acto": "tomar", "consulta": [desk.tickets[0].id]})
    post(rosa, "/consultas/deshacer", {})
    post(rosa, "/consultas/deshacer", {})

    assert "Ya no hay nada que deshacer" in rosa.get("/consultas").text


def test_an_act_that_nobody_knows_is_refused(rosa: FlaskClient, desk: Desk) -> None:
    assert post(rosa, "/consultas/acto", {"acto": "volar", "consulta": [desk.tickets[0].id]}).status_code == 422
    assert (
        post(rosa, "/consultas/acto", {"acto": "categoria:nada", "consulta": [desk.tickets[0].id]}).status_code == 422
    )


def test_nobody_is_sent_elsewhere_after_an_act(rosa: FlaskClient, desk: Desk) -> None:
    form = {"acto": "tomar", "consulta": [desk.tickets[0].id], "volver": "https://malo.example/consultas"}

    assert post(rosa, "/consultas/acto", form).headers["Location"] == "/consultas"


def live(client: FlaskClient, known: str, etag: str | None = None) -> tuple[int, str, str]:
    headers = {"X-Live": "1"} | ({"If-None-Match": f'"{etag}"'} if etag else {})
    answer = client.get(f"/consultas/vivo?vista=abiertas&conocidas={known}", headers=headers)
    return answer.status_code, answer.text, answer.headers.get("ETag", "").strip('"')


def drawn(client: FlaskClient) -> tuple[str, str]:
    page = client.get("/consultas?vista=abiertas").text
    etag = re.search(r'data-etag="(\w+)"', page)
    rows = re.findall(r'data-id="(\d+)" data-version="(\d+)"', page)
    assert etag is not None
    return ",".join(f"{one}.{version}" for one, version in rows), etag[1]


def test_polling_answers_304_while_nothing_changes(rosa: FlaskClient) -> None:
    known, etag = drawn(rosa)
    status, body, again = live(rosa, known, etag)

    assert (status, body, again) == (304, "", etag)


def test_a_new_one_waits_behind_its_line(rosa: FlaskClient, house: House) -> None:
    known, etag = drawn(rosa)
    fresh(house)
    status, body, _etag = live(rosa, known, etag)

    assert status == 200
    assert "Hay 1 consulta nueva: mostrar" in body
    assert "Acaba de llegar" not in body
    assert len(body) < 5000


def test_a_changed_row_comes_alone(rosa: FlaskClient, desk: Desk, house: House) -> None:
    known, etag = drawn(rosa)
    with house.db.transaction() as session:
        ticket = session.get_one(Ticket, desk.tickets[1].id)
        board.assign(session, ticket, to=desk.who["tomas"], by=desk.who["tomas"], now=clock.now())
    status, body, _etag = live(rosa, known, etag)

    assert status == 200
    assert re.findall(r'<tr [^>]*data-id="(\d+)"', body) == [str(desk.tickets[1].id)]


def test_a_row_that_left_the_view_is_named(rosa: FlaskClient, desk: Desk, house: House) -> None:
    known, etag = drawn(rosa)
    with house.db.transaction() as session:
        ticket = session.get_one(Ticket, desk.tickets[1].id)
        board.solve(session, ticket, by=desk.who["tomas"], now=clock.now(), books=house.books.current())
    _status, body, _etag = live(rosa, known, etag)

    assert f'data-gone="{desk.tickets[1].id}"' in body


def test_a_contact_filter_takes_signs_as_they_are(house: House, desk: Desk) -> None:
    now, books = clock.now(), house.books.current()
    with house.db.reading() as session:
        page = lists.tickets(
            session,
            View.ALL,
            user=desk.who["rosa"],
            books=books,
            now=now,
            filters=Filters(contact="%", everywhere=True),
        )

    assert page.tickets == []
