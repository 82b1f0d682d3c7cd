"""A clock that ran two hours fast and was put right: nobody waits for a time that it never was, nothing goes twice."""

from datetime import timedelta

from sqlalchemy import select

from app import clock
from app.desk import arrivals, outbox
from app.models.arrival import Arrival
from app.models.book import Lease
from app.schedule import Clock, hold
from channels.message import Delivery
from tests.app.desk.scenes import CONFUSED, Desk, form, mail

FAST = timedelta(hours=2)


def test_what_came_in_while_the_clock_was_fast_is_filed_as_soon_as_it_is_right(desk: Desk) -> None:
    with clock.standing_at(clock.now() + FAST):
        desk.push(form("SM1", "hola"))
        # Whoever reads the mailbox dies with his lease.
        desk.post(mail("Una pregunta"))
        with desk.write() as session:
            arrivals.claim(session, now=clock.now())
    desk.file()
    before = len(desk.messages())
    Clock().tick(desk.house)
    desk.file()

    assert (before, len(desk.messages())) == (0, 2)


def test_what_waited_to_be_sent_while_the_clock_was_fast_goes_once_when_it_is_right(desk: Desk) -> None:
    with clock.standing_at(clock.now() + FAST):
        desk.hear(form("SM1", CONFUSED), form("SM2", CONFUSED, sender="+34600999888"))
        with desk.write() as session:
            under_way = outbox.claim(session, "whatsapp", now=clock.now(), limit=1)
    with desk.write() as session:
        early = outbox.claim(session, "whatsapp", now=clock.now())
    Clock().tick(desk.house)
    with desk.write() as session:
        due = outbox.claim(session, "whatsapp", now=clock.now())
        lost = outbox.overdue(session, now=clock.now() + timedelta(seconds=1))

    assert (early, lost) == ([], under_way)
    assert len(due) == 1 and due != under_way


def test_the_lease_of_a_clock_that_died_fast_does_not_stop_the_next_one(desk: Desk) -> None:
    with clock.standing_at(clock.now() + FAST), desk.write() as session:
        hold(session, "clock", "dead", now=clock.now())

    assert Clock().tick(desk.house)


def test_a_clock_that_is_right_hurries_nothing(desk: Desk) -> None:
    desk.push(form("SM1", CONFUSED))
    desk.hear(mail("Una pregunta"))
    with desk.write() as session:
        claimed = outbox.claim(session, "email", now=clock.now(), limit=1)
        arrivals.claim(session, now=clock.now())
        leased = {one.id: one.leased_until for one in session.scalars(select(Arrival))}
    Clock().tick(desk.house)
    with desk.house.db.reading() as session:
        after = {one.id: one.leased_until for one in session.scalars(select(Arrival))}
        holder = session.scalars(select(Lease)).one().until

    assert claimed and [m.delivery for m in desk.said() if m.id in claimed] == [Delivery.SENDING]
    assert after == leased and holder > clock.now()
