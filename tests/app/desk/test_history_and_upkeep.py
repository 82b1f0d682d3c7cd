"""The history of a ticket, which nobody can rewrite, and what time alone does to tickets."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, func, select, update

from app import clock, jobs
from app.desk import board, events, upkeep
from app.models.arrival import Arrival
from app.models.message import Direction
from app.models.ticket import Event, Status, Ticket
from tests.app.desk.scenes import CITIZEN, CONFUSED, Desk, form, forward, mail

MADRID = ZoneInfo("Europe/Madrid")
CLERK = "secretaria@pueblo.example"


def broken(desk: Desk) -> int | None:
    with desk.house.db.reading() as session:
        return events.broken(session, desk.tickets()[0].id)


def busy(desk: Desk) -> Ticket:
    """A ticket with some history."""
    desk.hear(form("SM1", CONFUSED), form("SM2", "2"), form("SM3", "gracias"))
    by = desk.user()
    with desk.write() as session:
        ticket = session.get_one(Ticket, desk.ticket().id)
        board.assign(session, ticket, to=by, by=by, now=datetime.now(MADRID))
        board.solve(session, ticket, by=by, now=clock.now(), books=desk.house.books.current())
    return desk.ticket()


def test_a_history_that_nobody_touched_holds(desk: Desk) -> None:
    assert broken(desk) is None if desk.tickets() else True
    assert len(desk.events(busy(desk))) >= 7 and broken(desk) is None


def test_a_changed_event_is_found(desk: Desk) -> None:
    third = desk.events(busy(desk))[2]
    with desk.write() as session:
        session.execute(update(Event).where(Event.id == third.id).values(what="nothing"))

    assert broken(desk) == third.id


def test_a_missing_event_is_found(desk: Desk) -> None:
    _, _, third, fourth, *_ = desk.events(busy(desk))
    with desk.write() as session:
        session.execute(delete(Event).where(Event.id == third.id))

    assert broken(desk) == fourth.id


def test_a_history_written_by_many_at_once_is_one_line(desk: Desk) -> None:
    ticket = busy(desk)

    def act(_: int) -> None:
        with desk.write() as session:
            events.record(session, session.get_one(Ticket, ticket.id), "noted", now=clock.now())

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(act, range(24)))

    assert broken(desk) is None and desk.ticket().version >= ticket.version + 24


def test_events_hold_codes_and_ids_and_no_word_or_address_of_anybody(desk: Desk) -> None:
    desk.register("pueblo.example")
    desk.hear(forward(comment="un comentario", vouched=True), form("SM1", "palabra secreta"), form("SM2", "BAJA"))
    by = desk.user()
    with desk.write() as session:
        ticket = session.get_one(Ticket, 1)
        wanted = {"subject": "Asunto nuevo", "on_behalf_of": "Fulano de Tal", "category": "facturae"}
        board.change(session, ticket, by=by, now=clock.now(), books=desk.house.books.current(), **wanted)
    with desk.house.db.reading() as session:
        told = " ".join(str(data) for data in session.scalars(select(Event.data)))
    people = ("comentario", "secreta", "Asunto", "Fulano", "@", CITIZEN, "blas", "firmar", "Nuria")

    assert [word for word in people if word in told] == []


def test_what_was_solved_for_fifteen_days_is_closed_by_the_clock(desk: Desk) -> None:
    ticket = busy(desk)
    closed = []
    for days in (14, 16):
        with desk.write() as session:
            at = (ticket.solved_at or clock.now()) + timedelta(days=days)
            closed.append(upkeep.close_solved(session, now=at))

    assert closed == [0, 1] and (desk.ticket().status, desk.ticket().close_reason) == (Status.CLOSED, "silence")


def test_what_was_put_off_comes_back(desk: Desk) -> None:
    ticket = busy(desk)
    desk.change(ticket, snoozed_until=clock.now() - timedelta(minutes=1))
    with desk.write() as session:
        woken = upkeep.wake_snoozed(session, now=clock.now())

    assert (woken, desk.ticket().snoozed_until) == (1, None)


def digest(desk: Desk, at: datetime) -> int:
    with desk.write() as session:
        books = desk.house.books.current()
        return upkeep.digest(session, books, public_url="https://consultas.example.es", now=at)


@pytest.fixture
def friday(desk: Desk) -> Desk:
    """A desk to which a clerk passed something on, on a Friday at four."""
    desk.register("pueblo.example")
    desk.hear(forward(vouched=True))
    desk.change(desk.ticket(), created_at=datetime(2026, 11, 20, 16, 0, tzinfo=MADRID))
    return desk


def test_a_clerk_is_told_once_on_the_next_working_day_after_half_past_two(friday: Desk) -> None:
    at = [
        datetime(2026, 11, day, hour, minute, tzinfo=MADRID)
        for day, hour, minute in ((21, 15, 0), (23, 14, 29), (23, 14, 31), (23, 15, 0), (24, 15, 0))
    ]

    assert [digest(friday, moment) for moment in at] == [0, 0, 1, 0, 0]


def test_the_digest_tells_the_state_with_a_link_and_nothing_of_the_talk(friday: Desk) -> None:
    digest(friday, datetime(2026, 11, 23, 14, 31, tzinfo=MADRID))
    told = friday.said()[-1]

    assert (told.author_rule, told.audience, told.identity_id) == (
        "forward_digest",
        "clerk",
        friday.identity(CLERK).id,
    )
    assert "https://consultas.example.es/seguir/" in told.text and "C-1-" in told.text
    assert "Blas" not in told.text and "firmar" not in told.text and told.external_id


def test_the_kill_switch_holds_the_digest_back_until_it_is_released(friday: Desk) -> None:
    at, books = datetime(2026, 11, 23, 14, 31, tzinfo=MADRID), friday.house.books.current()
    silent = replace(books, settings={**books.settings, "kill_switch": True})
    with friday.write() as session:
        held = upkeep.digest(session, silent, public_url="https://consultas.example.es", now=at)
    said = [message.author_rule for message in friday.said()]

    assert (held, digest(friday, at)) == (0, 1)
    assert "forward_digest" not in said


def test_raw_bytes_are_forgotten_long_after_the_end_and_a_twin_stays_a_twin(desk: Desk) -> None:
    big = mail("x" * 10 + CONFUSED) + b"\n" + bytes(range(256)).hex().encode() * 10
    desk.hear(big, form("SM1", CONFUSED))
    first, second = desk.tickets()
    desk.change(first, status=Status.CLOSED, closed_at=clock.now())
    forgotten = []
    for days in (89, 91):
        at = clock.now() + timedelta(days=days)
        with desk.write() as session:
            upkeep.forget_raw(session, days=90, now=at)
            forgotten.append(session.scalar(select(func.count()).where(Arrival.erased_at.is_not(None))))
    desk.hear(big)

    assert forgotten == [0, 1]
    assert len(desk.messages(Direction.IN)) == 2 and second.status is not Status.CLOSED


def test_large_raw_bytes_in_files_are_forgotten_too(desk: Desk) -> None:
    import random

    noise = random.Random(5).randbytes(90_000).hex()
    desk.hear(mail(noise))
    desk.change(desk.ticket(), status=Status.CLOSED, closed_at=clock.now())
    with desk.house.db.reading() as session:
        kept = session.scalars(select(Arrival.raw_file)).one()
    with desk.write() as session:
        gone = upkeep.forget_raw(session, days=90, now=clock.now() + timedelta(days=91))

    assert kept is not None and gone == [kept]


@pytest.mark.slow
def test_a_mailbox_of_three_thousand_old_mails_is_read_and_none_is_answered(desk: Desk, tmp_path: Path) -> None:
    old = clock.now() - timedelta(days=400)
    for start in range(0, 3000, 100):
        raws = []
        for number in range(start, start + 100):
            sent = old + timedelta(minutes=number)
            raw = mail(CONFUSED, sender=f"p{number}@example.com", message_id=f"<{number}@example.com>")
            raws.append(raw.replace(b"Date: ", f"Date: {sent:%a, %d %b %Y %H:%M:%S +0000}\nX-Was: ".encode(), 1))
        desk.post(*raws)
        while jobs.file(desk.house):
            pass
        while jobs.sort(desk.house):
            pass

    assert len(desk.tickets()) == 3000 and desk.said() == []


def test_the_digest_tells_how_it_goes_on_once_it_was_made_one_with_another(friday: Desk) -> None:
    friday.hear(mail("No puedo firmar.", message_id="<dos@example.com>"))
    gone, kept = friday.tickets()
    friday.change(gone, merged_into_id=kept.id, status=Status.CLOSED)
    friday.change(kept, status=Status.WAITING)
    digest(friday, datetime(2026, 11, 23, 14, 31, tzinfo=MADRID))

    assert "C-1-9: contestada." in friday.said(gone)[-1].text
