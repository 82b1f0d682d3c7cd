"""What a page asks of the database: a handful of queries, however much hangs on what it shows."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select

from app import clock
from app.desk import events, incidents, link_code, presence, replies
from app.desk.numbers import number
from app.house import House
from app.models.people import User
from app.models.ticket import Answer, Finding, Ticket
from app.models.work import Handed, HandOver, Incident, IncidentState, ReadyText
from tests.app.web_desk.conftest import Desk
from tests.app.web_desk.scenes import hall, sign_in

MOST = 8
PLAIN = ("PRAGMA", "BEGIN", "SET TRANSACTION")


def asked(house: House, browser: FlaskClient, address: str) -> list[str]:
    """The queries of one page, after it has been shown once."""
    assert browser.get(address).status_code == 200
    statements: list[str] = []

    def note(*args: object) -> None:
        statements.append(str(args[2]))

    event.listen(house.db.engine, "before_cursor_execute", note)
    browser.get(address)
    event.remove(house.db.engine, "before_cursor_execute", note)
    # The books' version is asked once a second by whoever comes then, which may be this page.
    return [one for one in statements if not one.startswith(PLAIN) and "FROM book" not in one]


@pytest.mark.parametrize(
    "address", ["/consultas?vista=abiertas", "/consultas?vista=seguidas", "/consultas?q=firmar", "/llamadas/nueva"]
)
def test_a_page_of_the_desk_costs_few_queries(address: str, rosa: FlaskClient, house: House) -> None:
    paid = asked(house, rosa, address)

    assert len(paid) <= MOST, paid


def test_a_ticket_with_everything_on_it_costs_few_queries(rosa: FlaskClient, desk: Desk, house: House) -> None:
    now = clock.now()
    with house.db.transaction() as session:
        ticket = session.get_one(Ticket, desk.talk.id)
        twin = session.scalars(select(Ticket).where(Ticket.id != ticket.id)).first()
        assert twin is not None
        twin.contact_id, ticket.related_to_id = ticket.contact_id, twin.id
        replies.save_draft(session, ticket, text="Buenos días", by=desk.who["rosa"], now=now)
        presence.look(session, ticket, by=desk.who["tomas"], writing=True, now=now)
        session.add(ReadyText(name="saludo", body="Buenos días", edited_at=now))
        found = {"field": "category", "value": "clave", "reason": "dice clave", "rule": "words"}
        session.add(Finding(ticket_id=ticket.id, at=now, **found))
        offered = {"slug": "autofirma", "language": "es", "score": 1.0, "confident": True, "at": now}
        session.add(Answer(ticket_id=ticket.id, **offered))
    page = f"/consultas/{number(desk.talk.id)}"
    paid = asked(house, rosa, page)
    shown = rosa.get(page).get_data(as_text=True)

    assert len(paid) <= MOST, paid
    assert all(words in shown for words in ("Buenos días", "Tomás está escribiendo", "saludo", "dice clave"))


def test_a_mail_about_an_outage_that_was_handed_over_costs_few_queries(
    rosa: FlaskClient, desk: Desk, house: House
) -> None:
    now = clock.now()
    with house.db.transaction() as session:
        ticket = session.get_one(Ticket, desk.mail.id)
        ticket.category, ticket.town_hall_id = incidents.OUTAGE, hall(session, "Cantimpalos").id
        for identity in ticket.contact.identities:
            identity.address = "ayto@cantimpalos.example"
        given = {"token_hash": "a" * 64, "user_id": desk.who["rosa"].id, "at": now, "state": Handed.ASKED}
        session.add(HandOver(ticket_id=ticket.id, town_hall_id=ticket.town_hall_id, **given))
        session.add(Incident(town_hall_id=ticket.town_hall_id, state=IncidentState.OPEN, at=now))
        link_code.make(session, ticket, by=desk.who["rosa"], now=now)
        events.record(session, ticket, "handed", now=now, town_hall=ticket.town_hall_id)
    page = f"/consultas/{number(desk.mail.id)}"
    paid = asked(house, rosa, page)
    shown = rosa.get(page).get_data(as_text=True)

    assert len(paid) <= MOST, paid
    told = ("aún no ha dicho nada", "no está en el registro", "por WhatsApp al", "Unir a la incidencia")
    assert [words for words in told if words not in shown] == []


@pytest.mark.parametrize("address", ["/consultas/vivo?vista=abiertas", "/consultas/{talk}/vivo"])
def test_looking_again_costs_few_queries(address: str, rosa: FlaskClient, desk: Desk, house: House) -> None:
    paid = asked(house, rosa, address.format(talk=number(desk.talk.id)))

    assert len(paid) <= MOST, paid


def test_the_page_of_a_clerk_costs_few_queries(client: FlaskClient, desk: Desk, house: House) -> None:
    sign_in(client, desk.who["nieves"].email)
    paid = asked(house, client, "/derivadas")

    assert len(paid) <= MOST, paid


def test_the_board_which_looks_at_everything_costs_few_queries(client: FlaskClient, desk: Desk, house: House) -> None:
    with house.db.transaction() as session:
        # Who has left with something still in her name costs no query more.
        session.get_one(User, desk.who["ines"].id).active = False
    sign_in(client, desk.who["jefa"].email)
    paid = asked(house, client, "/cuadro")

    assert len(paid) <= MOST, paid
