"""A matter handed over to its town hall: what each is told, what the town hall says, reminders, calls, the way back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from app import clock
from app.desk import attendance, board, handover, message_acts, replies
from app.errors import Impossible
from app.models.message import Message
from app.models.people import Contact, Identity, Role, User
from app.models.place import TownHall
from app.models.ticket import Status, Ticket
from app.models.work import Handed, HandOver
from channels.message import Delivery
from tests.app.desk.scenes import ENDS_TODAY, Desk, form, mail

SECRET = "este señor no se aclara"
CLERK = "secretaria@pueblo.example"
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def given(desk: Desk, *, hall: str = "Cantimpalos", now: datetime | None = None, by: User | None = None) -> HandOver:
    """The only ticket in the hands of a town hall."""
    by = by or desk.user()
    with desk.write() as session:
        ticket = session.scalars(select(Ticket).order_by(Ticket.id.desc())).first()
        assert ticket is not None
        return handover.hand_over(
            session,
            ticket,
            hall=session.scalars(select(TownHall).where(TownHall.name == hall)).one(),
            address=CLERK,
            by=by,
            now=now or clock.now(),
            books=desk.house.books.current(),
            public_url="https://consultas.example.es",
            keys=("una llave",),
        )


def say(desk: Desk, one: HandOver, state: Handed) -> None:
    with desk.write() as session:
        again = session.get_one(HandOver, one.id)
        handover.say(session, again, state, now=clock.now(), books=desk.house.books.current())


def remind(desk: Desk, now: datetime, *, kill_switch: bool = False) -> int:
    books = desk.house.books.current()
    with desk.write() as session:
        return handover.remind(
            session,
            replace(books, settings={**books.settings, "kill_switch": kill_switch}),
            public_url="https://consultas.example.es",
            keys=("una llave",),
            now=now,
        )


def by_rule(desk: Desk, rule: str) -> list[Message]:
    return [message for message in desk.said() if message.author_rule == rule]


def test_the_town_hall_gets_the_citizens_words_and_three_links_and_no_note(desk: Desk) -> None:
    desk.hear(mail("¿Cuándo abren el punto limpio?", message_id="<uno@example.com>"))
    by = desk.user()
    with desk.write() as session:
        replies.note(session, session.get_one(Ticket, desk.ticket().id), text=SECRET, by=by, now=clock.now())
    given(desk, by=by)
    (asked,) = by_rule(desk, "handed_clerk")

    assert (asked.audience, asked.channel) == ("clerk", "email")
    for words in ("> ¿Cuándo abren el punto limpio?", "Ana Ríos, ana@example.com", "?dicho=lo-tengo", "=no-es-mio"):
        assert words in asked.text
    assert asked.text.count("https://consultas.example.es/entrega/") == 3
    assert all(SECRET not in message.text for message in desk.said())


def test_the_citizen_is_told_who_answers_and_how_to_reach_it(desk: Desk) -> None:
    desk.hear(form("SM1", "cuándo abren el punto limpio"))
    with desk.write() as session:
        known = {"phone": "921 000 111", "attendance": "martes y jueves de 10 a 14"}
        session.execute(update(TownHall).where(TownHall.name == "Cantimpalos").values(**known))
    given(desk)
    (told,) = by_rule(desk, "handed_citizen")

    assert "le contesta el Ayuntamiento de Cantimpalos: teléfono 921 000 111, martes y jueves de 10 a 14." in told.text
    assert CLERK not in told.text
    assert len(told.text) < 600
    assert (desk.ticket().status, desk.ticket().handed_to_id) == (Status.HELD, told_hall(desk))


def told_hall(desk: Desk) -> int:
    with desk.house.db.reading() as session:
        return session.scalars(select(TownHall.id).where(TownHall.name == "Cantimpalos")).one()


def test_what_has_not_left_is_not_sent_when_the_desk_takes_it_back(desk: Desk) -> None:
    desk.hear(form("SM1", "cuándo abren el punto limpio"))
    by = desk.user()
    one = given(desk, by=by)
    with desk.write() as session:
        handover.recall(
            session, session.get_one(HandOver, one.id), by=by, now=clock.now(), books=desk.house.books.current()
        )
    ticket = desk.ticket()

    assert [m.delivery for m in desk.said() if (m.author_rule or "").startswith("handed")] == [Delivery.DROPPED] * 2
    assert (ticket.status, ticket.handed_to_id) == (Status.OPEN, None)
    assert ticket.due_at is not None


def test_a_silent_town_hall_is_reminded_after_two_of_its_days_and_then_called(desk: Desk) -> None:
    desk.hear(mail("¿Cuándo abren el punto limpio?", message_id="<uno@example.com>"))
    with desk.write() as session:
        wednesdays = update(TownHall).where(TownHall.name == "Cantimpalos").values(attendance="miércoles")
        session.execute(wednesdays)
    given(desk, now=MONDAY)
    early = remind(desk, datetime(2026, 12, 2, 9, 0, tzinfo=UTC))
    first = remind(desk, datetime(2026, 12, 3, 9, 0, tzinfo=UTC))
    links = [m.text.split("/entrega/")[1].split("?")[0].split()[0] for m in desk.said() if "/entrega/" in m.text]
    again = remind(desk, datetime(2026, 12, 4, 9, 0, tzinfo=UTC))
    second = remind(desk, datetime(2026, 12, 17, 9, 0, tzinfo=UTC))

    assert (early, first, again, second) == (0, 1, 0, 1)
    assert len(by_rule(desk, "handed_again")) == len(by_rule(desk, "handed_still")) == 1
    assert len(set(links)) == 1
    (call,) = by_rule(desk, "handed_call")
    assert (call.delivery, call.audience, call.channel) == (Delivery.BY_HAND, "clerk", "phone")


@pytest.mark.parametrize("why", ["kill_switch", "blocked", "baja"])
def test_the_clock_writes_to_nobody_to_whom_no_machine_may(desk: Desk, why: str) -> None:
    desk.hear(mail("¿Cuándo abren el punto limpio?", message_id="<uno@example.com>"))
    given(desk, now=MONDAY)
    whose = desk.ticket().contact_id
    with desk.write() as session:
        if why == "blocked":
            session.execute(update(Contact).where(Contact.id == whose).values(blocked_at=MONDAY))
        if why == "baja":
            session.execute(update(Identity).where(Identity.contact_id == whose).values(opted_out_at=MONDAY))
    remind(desk, MONDAY + timedelta(days=4), kill_switch=why == "kill_switch")

    assert by_rule(desk, "handed_still") == []
    assert len(by_rule(desk, "handed_again")) == (why != "kill_switch")


@pytest.mark.parametrize("why", ["kill_switch", "dead"])
def test_a_town_hall_to_which_no_machine_may_write_is_called_at_once(desk: Desk, why: str) -> None:
    desk.hear(mail("¿Cuándo abren el punto limpio?", message_id="<uno@example.com>"))
    given(desk, now=MONDAY)
    with desk.write() as session:
        if why == "dead":
            session.execute(update(Identity).where(Identity.address == CLERK).values(dead_since=MONDAY))
    remind(desk, MONDAY + timedelta(days=4), kill_switch=why == "kill_switch")

    assert [call.delivery for call in by_rule(desk, "handed_call")] == [Delivery.BY_HAND]
    assert by_rule(desk, "handed_again") == []


def test_a_call_to_the_town_hall_solves_nothing(desk: Desk) -> None:
    desk.hear(mail("¿Cuándo abren el punto limpio?", message_id="<uno@example.com>"))
    given(desk, now=MONDAY)
    remind(desk, datetime(2026, 11, 27, 9, 0, tzinfo=UTC))
    remind(desk, datetime(2026, 12, 9, 9, 0, tzinfo=UTC))
    by, books = desk.user("Blanca"), desk.house.books.current()
    with desk.write() as session:
        call = session.scalars(select(Message).where(Message.author_rule == "handed_call")).one()
        message_acts.call_done(session, call, outcome="reached", by=by, now=clock.now(), books=books)

    assert desk.ticket().status is Status.HELD
    assert desk.ticket().first_answered_at is None


def test_a_second_refusal_goes_to_a_supervisor(desk: Desk) -> None:
    desk.hear(mail("¿Cuándo abren el punto limpio?", message_id="<uno@example.com>"))
    boss, by = desk.user("Jefa", Role.SUPERVISOR), desk.user()
    say(desk, given(desk, by=by), Handed.REFUSED)
    once = desk.ticket()
    say(desk, given(desk, hall="Sepúlveda", by=by), Handed.REFUSED)
    twice = desk.ticket()

    assert (once.status, once.owner_id, once.handed_to_id) == (Status.OPEN, None, None)
    assert (twice.owner_id, twice.priority) == (boss.id, "P2")


def test_an_answered_one_is_solved_and_its_link_is_spent(desk: Desk) -> None:
    desk.hear(mail("¿Cuándo abren el punto limpio?", message_id="<uno@example.com>"))
    one = given(desk)
    say(desk, one, Handed.TAKEN)
    say(desk, one, Handed.ANSWERED)
    say(desk, one, Handed.REFUSED)

    assert desk.ticket().status is Status.SOLVED
    assert [event.what for event in desk.events(desk.ticket())][-3:] == ["handed", "hall_taken", "hall_answered"]


@pytest.mark.parametrize("state", [Handed.ANSWERED, Handed.REFUSED])
def test_what_the_citizen_wrote_since_is_not_answered_by_the_town_halls_click(desk: Desk, state: Handed) -> None:
    desk.hear(form("SM1", "cuándo abren el punto limpio"))
    one = given(desk)
    desk.hear(form("SM2", ENDS_TODAY))
    before = desk.ticket()
    say(desk, one, state)
    after = desk.ticket()

    assert (before.status, before.priority) == (Status.OPEN, "P1")
    assert (after.status, after.priority, after.due_at) == (before.status, before.priority, before.due_at)
    with desk.house.db.reading() as session:
        assert handover.current(session, after) is None


def test_what_was_closed_as_spam_is_opened_by_no_click_and_reminds_nobody(desk: Desk) -> None:
    desk.hear(mail("¿Cuándo abren el punto limpio?", message_id="<uno@example.com>"))
    by = desk.user()
    one = given(desk, by=by, now=MONDAY)
    with desk.write() as session:
        board.spam(session, session.get_one(Ticket, desk.ticket().id), by=by, now=clock.now())
    say(desk, one, Handed.REFUSED)
    reminded = remind(desk, MONDAY + timedelta(days=4))

    assert (desk.ticket().status, desk.ticket().handed_to_id, reminded) == (Status.CLOSED, None, 0)


def test_it_is_in_the_hands_of_one_at_a_time(desk: Desk) -> None:
    desk.hear(mail("¿Cuándo abren el punto limpio?", message_id="<uno@example.com>"))
    by = desk.user()
    given(desk, by=by)

    with pytest.raises(Impossible, match="Ya está en manos"):
        given(desk, by=by)


def test_a_clerks_answer_by_mail_joins_the_ticket(desk: Desk) -> None:
    desk.hear(mail("¿Cuándo abren el punto limpio?", message_id="<uno@example.com>"))
    given(desk)
    (asked,) = by_rule(desk, "handed_clerk")
    desk.hear(mail("Lo miramos.", sender=CLERK, message_id="<r@pueblo.example>", In_Reply_To=asked.external_id or ""))

    assert len(desk.tickets()) == 1


@pytest.mark.parametrize(
    ("told", "days"),
    [
        (None, {0, 1, 2, 3, 4}),
        ("martes y jueves de 10 a 14", {1, 3}),
        ("De lunes a viernes, 9:00-14:00", {0, 1, 2, 3, 4}),
        ("miercoles", {2}),
        ("lunes a miércoles y sábados", {0, 1, 2, 5}),
        ("cita previa", {0, 1, 2, 3, 4}),
    ],
)
def test_attendance_days_are_read_from_words(told: str | None, days: set[int]) -> None:
    assert attendance.days(told) == days
