"""Several enquiries about one outage are proposed as an incident, answered together, and told when it is over."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from app import clock
from app.desk import incident_notices, incidents, outbox
from app.desk.incident_notices import Told
from app.errors import Impossible
from app.models.message import Message
from app.models.people import User
from app.models.place import TownHall
from app.models.ticket import Status, Ticket
from app.models.work import Incident, IncidentState
from channels.message import Delivery
from tests.app.desk.scenes import ENDS_TODAY, Desk, form, mail

MADRID = ZoneInfo("Europe/Madrid")
PLACES = ("Cantimpalos", "Coca", "Cuéllar")


def hall(desk: Desk, name: str) -> TownHall:
    with desk.house.db.reading() as session:
        return session.scalars(select(TownHall).where(TownHall.name == name)).one()


def asked(desk: Desk, *places: str, category: str = incidents.OUTAGE) -> list[Ticket]:
    """One person a place, all of them just now: the first writes a mail, the others by WhatsApp."""
    before = len(desk.tickets())
    for at, place in enumerate(places, before):
        if at == 0:
            desk.hear(mail("La sede no abre.", message_id=f"<{at}@example.com>"))
        else:
            desk.hear(form(f"SM{at}", "la sede no abre", sender=f"+3460011100{at}"))
        desk.change(desk.tickets()[-1], category=category, town_hall_id=hall(desk, place).id, priority="P3")
    return desk.tickets()[before:]


def look(desk: Desk) -> list[Incident]:
    with desk.write() as session:
        return incidents.propose(session, now=clock.now())


def confirm(desk: Desk, incident: Incident, by: User) -> None:
    with desk.write() as session:
        row = session.get_one(Incident, incident.id)
        incidents.confirm(session, row, by=by, now=clock.now(), books=desk.house.books.current())


def join(desk: Desk, incident: Incident, tickets: list[Ticket], by: User) -> int:
    with desk.write() as session:
        row, wanted = session.get_one(Incident, incident.id), [ticket.id for ticket in tickets]
        return incidents.join(session, row, wanted, by=by, now=clock.now(), books=desk.house.books.current())


def answer(desk: Desk, incident: Incident, by: User, key: str = "k") -> Told:
    with desk.write() as session:
        row, books = session.get_one(Incident, incident.id), desk.house.books.current()
        return incident_notices.answer(
            session, row, text="Lo sabemos ({numero}).", key=key, by=by, now=clock.now(), books=books
        )


def over(desk: Desk, incident: Incident, by: User, at: datetime) -> Told:
    with desk.write() as session:
        row, books = session.get_one(Incident, incident.id), desk.house.books.current()
        return incident_notices.over(session, row, text="Ya va.", key="fin", solved=True, by=by, now=at, books=books)


def by_people(desk: Desk) -> list[Message]:
    return [message for message in desk.said() if message.author_user_id is not None]


@pytest.fixture
def outage(desk: Desk) -> Incident:
    asked(desk, *["Coca"] * 3)
    (found,) = look(desk)
    return found


def test_three_people_on_one_sede_within_half_an_hour_are_proposed_as_one(desk: Desk) -> None:
    asked(desk, "Coca", "Coca")
    before = look(desk)
    asked(desk, "Coca")
    found = look(desk)

    assert before == []
    assert [(one.state, one.town_hall_id) for one in found] == [(IncidentState.PROPOSED, hall(desk, "Coca").id)]
    assert [desk.events(ticket)[-1].what for ticket in desk.tickets()] == ["incident_proposed"] * 3
    assert look(desk) == []


@pytest.mark.parametrize(
    ("supplier", "site", "known"),
    [("Nube", None, "Nube"), (None, "https://aqui.nube.example/info", "nube.example"), (None, None, None)],
)
def test_three_villages_of_one_supplier_are_one_and_of_none_are_not(
    desk: Desk, supplier: str | None, site: str | None, known: str | None
) -> None:
    with desk.write() as session:
        session.execute(update(TownHall).where(TownHall.name.in_(PLACES)).values(supplier=supplier, sede_url=site))
    asked(desk, *PLACES)
    found = look(desk)
    (late,) = asked(desk, PLACES[0])

    assert [(one.supplier, one.town_hall_id) for one in found] == ([(known, None)] if known else [])
    with desk.house.db.reading() as session:
        assert [[one.id for one in incidents.candidates(session, one)] for one in found] == [[late.id]] * len(found)


def test_one_who_asks_three_times_or_three_long_apart_are_none(desk: Desk) -> None:
    one, *others = asked(desk, *["Coca"] * 3)
    desk.change(others[0], contact_id=one.contact_id)
    same = look(desk)
    desk.change(others[0], contact_id=others[0].contact_id, created_at=clock.now() - timedelta(minutes=31))

    assert (same, look(desk)) == ([], [])


def test_what_comes_later_is_offered_to_join_and_joining_can_be_taken_back(desk: Desk, outage: Incident) -> None:
    rosa = desk.user()
    confirm(desk, outage, rosa)
    (late,) = asked(desk, "Coca")
    with desk.house.db.reading() as session:
        offered = [one.id for one in incidents.candidates(session, session.get_one(Incident, outage.id))]
        looks_like, joined = incidents.of(session, session.get_one(Ticket, late.id))
    count = join(desk, outage, [late], rosa)
    raised = desk.tickets()[-1].priority
    with desk.write() as session:
        row, ticket = session.get_one(Incident, outage.id), session.get_one(Ticket, late.id)
        incidents.leave(session, row, ticket, by=rosa, now=clock.now(), books=desk.house.books.current())

    assert (offered, looks_like and looks_like.id, joined) == ([late.id], outage.id, False)
    assert (count, join(desk, outage, desk.tickets()[:1], rosa), raised) == (1, 0, "P1")
    assert desk.tickets()[-1].priority == "P3"
    with desk.house.db.reading() as session:
        assert incidents.candidates(session, session.get_one(Incident, outage.id)) == []


def test_what_is_dismissed_is_not_proposed_again_until_three_others_come(desk: Desk, outage: Incident) -> None:
    rosa = desk.user()
    with desk.write() as session:
        incidents.dismiss(session, session.get_one(Incident, outage.id), by=rosa, now=clock.now())
    asked(desk, "Coca", "Coca")
    before = look(desk)
    asked(desk, "Coca")

    assert before == []
    assert len(look(desk)) == 1
    with pytest.raises(Impossible):
        answer(desk, outage, rosa)


def test_one_answer_goes_to_all_once_each_with_its_own_number(desk: Desk, outage: Incident) -> None:
    rosa = desk.user()
    confirm(desk, outage, rosa)
    told, again = answer(desk, outage, rosa), answer(desk, outage, rosa)

    assert (told.said, told.left, sorted(told.channels)) == (3, 0, ["email", "whatsapp"])
    assert (again.said, again.left) == (0, 0)
    assert len({message.text for message in by_people(desk)}) == 3
    assert {ticket.status for ticket in desk.tickets()} == {Status.WAITING}


def test_when_it_is_over_all_are_told_who_can_be_written_to(desk: Desk, outage: Incident) -> None:
    rosa, noon = desk.user(), clock.now().astimezone(MADRID).replace(hour=12)
    confirm(desk, outage, rosa)
    letter, chat, closed = desk.tickets()
    with desk.write() as session:
        session.execute(
            update(Message).where(Message.ticket_id == closed.id).values(received_at=noon - timedelta(days=2))
        )
        session.execute(update(Message).where(Message.ticket_id == chat.id).values(received_at=noon))
    told = over(desk, outage, rosa, noon)

    assert (told.said, told.left) == (2, 1)
    assert {message.ticket_id for message in by_people(desk)} == {letter.id, chat.id}
    assert [ticket.status for ticket in desk.tickets()][:2] == [Status.SOLVED] * 2
    assert desk.events(closed)[-1].data == {"incident": outage.id, "told": False}


def test_at_night_the_news_waits_for_eight_in_the_morning(desk: Desk, outage: Incident) -> None:
    rosa, night = desk.user(), datetime(2026, 11, 24, 23, 0, tzinfo=MADRID)
    confirm(desk, outage, rosa)
    over(desk, outage, rosa, night)
    (first, *_) = by_people(desk)

    assert first.delivery is Delivery.QUEUED
    assert first.due_at == datetime(2026, 11, 25, 8, 0, tzinfo=MADRID)
    assert incident_notices.daytime(night.replace(hour=7), MADRID) == night.replace(hour=8)


def test_the_texts_to_begin_with_name_the_site_and_leave_the_number_open(desk: Desk, outage: Incident) -> None:
    with desk.house.db.reading() as session:
        row = session.get_one(Incident, outage.id)
        drafts = [
            incident_notices.draft(row, name, desk.house.books.current())
            for name in ("incident_answer", "incident_over")
        ]

    assert all("la sede del Ayuntamiento de Coca" in text and "{numero}" in text for text in drafts)
    assert all(len(text) < 600 for text in drafts)


def test_news_that_waits_for_the_morning_holds_up_no_other_word_to_the_same_people(
    desk: Desk, outage: Incident
) -> None:
    by = desk.user()
    confirm(desk, outage, by)
    for said in desk.said():
        desk.delivered(said, said.external_id or f"SMout{said.id}")
    night = clock.now().astimezone(MADRID).replace(hour=21, minute=30)
    over(desk, outage, by, night)
    waiting = by_people(desk)
    desk.hear(mail(ENDS_TODAY, message_id="<otra@example.com>"))
    (rescue,) = [message for message in desk.said() if message.author_rule == "rescue"]
    with desk.write() as session:
        taken = outbox.claim(session, "email", now=night + timedelta(minutes=10))

    assert all(message.due_at and message.due_at > night + timedelta(hours=1) for message in waiting)
    assert rescue.identity_id in {message.identity_id for message in waiting}
    assert taken == [rescue.id]
