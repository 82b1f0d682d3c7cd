"""The supervisor's board: figures that match the queue, work shared out, channels that can be tried again."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app import clock, jobs
from app.desk import absences, board, channel_health
from app.desk.day_board import today
from app.desk.percentiles import spread
from app.errors import Impossible
from app.house import House
from app.models.arrival import Line
from app.models.ticket import Event, Ticket
from app.schedule import reconcile_all
from channels.registry import open_channels
from tests.app.web_desk.conftest import Desk
from tests.app.web_desk.scenes import post, sign_in
from tests.app_fixtures import MAILBOX
from tests.servers.dovecot import Dovecot
from tests.servers.twilio import Twilio

BOSS = "carmen@mesa.example"


@pytest.fixture
def boss(client: FlaskClient, desk: Desk) -> FlaskClient:
    sign_in(client, BOSS)
    return client


def test_the_figures_are_those_of_the_queue(house: House, desk: Desk) -> None:
    with house.db.reading() as session:
        told = today(session, house.books.current(), now=clock.now())
    load = {one.name: one.open for one in told.people}

    assert told.open == sum(load.values()) == sum(one.open for one in told.channels)
    assert (load["Inés Casado"], load["Tomás Yubero"], told.overdue >= 1) == (2, 1, True)


def test_median_and_ninth_tenth_are_lengths_that_happened() -> None:
    told = spread([timedelta(minutes=minute) for minute in range(1, 11)])

    assert (told.count, told.median, told.p90) == (10, timedelta(minutes=5), timedelta(minutes=9))
    assert spread([]).median is None


def test_the_most_urgent_of_one_person_go_to_another_and_each_tells_it(
    boss: FlaskClient, house: House, desk: Desk
) -> None:
    told = {"de": desk.who["ines"].id, "a": desk.who["rosa"].id, "cuantas": 1}
    answer = post(boss, "/cuadro/repartir", told)

    with house.db.reading() as session:
        left = session.scalars(select(Ticket).where(Ticket.owner_id == desk.who["ines"].id)).all()
        events = session.scalars(select(Event).where(Event.what == "assigned")).all()
    assert (answer.status_code, len(left)) == (303, 1)
    assert [event.data["to"] for event in events] == [desk.who["rosa"].id]


def test_the_board_opens_and_stops_the_machine(boss: FlaskClient) -> None:
    post(boss, "/cuadro/maquina", {"parar": "1"})
    page = boss.get("/cuadro")

    assert page.status_code == 200
    assert "Carga de cada persona" in page.text
    assert "Salud de los canales" in page.text


def test_what_comes_in_for_somebody_away_is_nobodys_again_and_says_why(house: House, desk: Desk) -> None:
    now, hours = clock.now(), house.books.current().hours
    day = now.astimezone(hours.zone).date()
    with house.db.transaction() as session:
        ines = desk.who["ines"]
        absences.add(session, ines, first=day, last=day + timedelta(days=2), now=now)
        session.flush()
        given = absences.give_back(session, hours, now=now)
        session.flush()
        again = absences.give_back(session, hours, now=now)
        events = session.scalars(select(Event).where(Event.what == "given_back")).all()

    assert (given, again, len(events)) == (2, 0, 2)
    assert {event.data["of"] for event in events} == {ines.id}


def test_what_is_handed_to_somebody_away_on_purpose_stays_with_her(house: House, desk: Desk) -> None:
    now, hours = clock.now(), house.books.current().hours
    day, ines = now.astimezone(hours.zone).date(), desk.who["ines"]
    with house.db.transaction() as session:
        absences.add(session, ines, first=day, last=day + timedelta(days=2), now=now)
        session.flush()
        absences.give_back(session, hours, now=now)
        ticket = session.get_one(Ticket, desk.talk.id)
        ticket.due_at = now
        board.assign(session, ticket, to=ines, by=desk.who["jefa"], now=now)
        session.flush()
        kept = absences.give_back(session, hours, now=now)
        ticket.heard_at = now + timedelta(minutes=5)
        session.flush()
        given = absences.give_back(session, hours, now=now + timedelta(minutes=6))

    assert (kept, given) == (0, 1)


def test_an_absence_ends_after_it_begins(house: House, desk: Desk) -> None:
    day = clock.now().date()
    with house.db.reading() as session, pytest.raises(Impossible, match="después"):
        absences.add(session, desk.who["ines"], first=day, last=day - timedelta(days=1), now=clock.now())


def test_a_line_in_trouble_says_why_and_can_be_tried_again(boss: FlaskClient, house: House) -> None:
    with house.db.transaction() as session:
        line = session.scalars(select(Line).where(Line.channel == "email")).one()
        line.trouble, line.trouble_at = "El servidor no acepta la contraseña", clock.now()
    shown = boss.get("/cuadro/canales").text
    answer = post(boss, f"/cuadro/canales/{line.id}/reintentar", {})

    assert "Parado" in shown
    assert "El servidor no acepta la contraseña" in shown
    assert answer.status_code == 303
    assert post(boss, "/cuadro/canales/999/reintentar", {}).status_code == 404


def test_a_comparison_is_told_with_what_it_brought_in(boss: FlaskClient, house: House) -> None:
    now, zone = clock.now(), house.config.zone
    with house.db.transaction() as session:
        line = session.scalars(select(Line).where(Line.channel == "whatsapp")).one()
        channel_health.compared(session, "whatsapp", line.address, taken=3, now=now, zone=zone)

    assert "esta semana faltaban 3 mensajes, ya recuperados" in boss.get("/cuadro/canales").text


def test_the_mailbox_is_compared_once_a_night(house: House, desk: Desk, dovecot: Dovecot) -> None:
    read = replace(house, channels=open_channels({"IMAP_URL": dovecot.url(), "MAIL_FROM": MAILBOX}))
    reconcile_all(read)
    with house.db.reading() as session:
        first = channel_health.compared_at(session, "email")
    reconcile_all(read)
    with house.db.reading() as session:
        second = channel_health.compared_at(session, "email")

    assert first is not None
    assert second == first


def test_a_desk_without_a_mailbox_to_read_has_none_that_stands_still(boss: FlaskClient, house: House) -> None:
    with house.db.transaction() as session:
        session.execute(update(Line).values(success_at=None, compared_at=None, trouble=None))
    reconcile_all(house)
    with house.db.reading() as session:
        mail = session.scalars(select(Line).where(Line.channel == "email")).one()

    assert (house.channels["email"].compares, mail.success_at, mail.compared_at) == (False, None, None)
    assert "Comparado con el servidor" not in boss.get("/cuadro/canales").text


def test_a_wire_that_only_pushes_is_said_to_stand_still_until_it_answers_when_it_is_asked(
    boss: FlaskClient, house: House, twilio: Twilio
) -> None:
    with house.db.reading() as session:
        line = session.scalars(select(Line).where(Line.channel == "whatsapp")).one()
    # Its API is away in these tests; that it hands us nothing tells nothing.
    post(boss, f"/cuadro/canales/{line.id}/reintentar", {})
    jobs.poll(house, "whatsapp")
    away = boss.get("/cuadro/canales").text
    answering = open_channels({**twilio.environ, "WHATSAPP_FROM": line.address})
    jobs.reconcile(replace(house, channels=answering), "whatsapp", clock.now() - timedelta(hours=1))
    well = boss.get("/cuadro/canales").text

    assert "Twilio no responde" in away and "Parado" in away
    assert "Twilio no responde" not in well and "Última lectura correcta" in well
