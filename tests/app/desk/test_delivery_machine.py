"""Every step of a message of ours, from the queue to the reader: in order, forward only, never twice by us."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import pairwise
from threading import Lock
from typing import Any

import pytest
from sqlalchemy import select

from app import clock, jobs
from app.desk import arrivals, board, message_acts, outbox, receipts, replies, sorting
from app.desk.outbox import ASK_AFTER, ASK_FOR, LEASE
from app.errors import Impossible, Stale
from app.models.arrival import Arrival
from app.models.message import Direction, Draft, Message
from app.models.people import User
from app.models.ticket import Status, Ticket
from channels.message import Delivery, Receipt
from tests.app.desk.scenes import CITIZEN, CONFUSED, Desk, callback, form, later, mail

SOON = timedelta(seconds=1)


@pytest.fixture
def asked(desk: Desk) -> Ticket:
    """A ticket whose automatic answer is out of the way."""
    desk.hear(form("SM1", "necesito hablar con alguien de un asunto raro"))
    for message in desk.said():
        desk.delivered(message, f"SMauto{message.id}")
    return desk.ticket()


@pytest.fixture
def by(desk: Desk) -> User:
    """Somebody of the desk."""
    return desk.user()


def answer(desk: Desk, ticket: Ticket, by: User, text: str = "Pruebe ahora.", **more: Any) -> Message:
    with desk.write() as session:
        row = session.get_one(Ticket, ticket.id)
        now = clock.now()
        return replies.reply(session, row, text=text, by=by, now=now, books=desk.house.books.current(), **more)


def claim(desk: Desk, channel: str = "whatsapp", *, now: datetime | None = None, limit: int = 20) -> list[int]:
    with desk.write() as session:
        return outbox.claim(session, channel, now=now or clock.now() + SOON, limit=limit)


def took(sid: str, delivery: Delivery = Delivery.SENT, **more: str) -> Receipt:
    return Receipt(channel="whatsapp", external_id=sid, delivery=delivery, **more)  # type: ignore[arg-type]


def sent(desk: Desk, message: Message, sid: str = "SMout") -> None:
    claim(desk)
    with desk.write() as session:
        outbox.sent(session, message.id, 1, took(sid), now=clock.now())


def confirm(desk: Desk, receipt: Receipt) -> bool:
    with desk.write() as session:
        return receipts.confirm(session, receipt, now=clock.now())


def now_is(desk: Desk, message: Message) -> Message:
    return next(m for m in desk.said() if m.id == message.id)


def test_messages_to_one_person_leave_one_at_a_time_and_in_order(desk: Desk, asked: Ticket, by: User) -> None:
    ids = [answer(desk, asked, by, text).id for text in ("uno", "dos", "tres")]
    first, meanwhile = claim(desk), claim(desk)
    with desk.write() as session:
        outbox.sent(session, ids[0], 1, took("SMa"), now=clock.now())
    second = claim(desk)

    assert (first, meanwhile, second) == ([ids[0]], [], [ids[1]])


def test_nobody_takes_more_work_than_was_asked_for(desk: Desk) -> None:
    desk.push(*(form(f"SM{n}", CONFUSED, sender=f"+3460099988{n}") for n in range(4)))
    with desk.write() as session:
        read = arrivals.claim(session, now=clock.now(), limit=1)
    desk.hurry_arrivals()
    with desk.write() as session:
        fresh = arrivals.claim(session, now=clock.now())
    desk.hurry_arrivals()
    with desk.write() as session:
        tried = arrivals.claim(session, now=clock.now())
    desk.hurry_arrivals()
    desk.file()
    desk.be_quiet()
    with desk.write() as session:
        sorted_ = sorting.claim(session, now=clock.now(), limit=1)
    desk.settle()

    assert [len(read), len(fresh), len(tried)] == [1, 3, 1]
    assert [len(sorted_), len(claim(desk, limit=1))] == [1, 1]


def test_an_answer_that_can_still_be_taken_back_holds_up_what_comes_after_it(
    desk: Desk, asked: Ticket, by: User
) -> None:
    answer(desk, asked, by, undo=timedelta(seconds=30))
    answer(desk, asked, by, "otra")

    assert claim(desk) == []


def test_what_waits_for_its_second_try_holds_up_nobody(desk: Desk, asked: Ticket, by: User) -> None:
    first, second = answer(desk, asked, by), answer(desk, asked, by, "otra")
    claim(desk)
    with desk.write() as session:
        outbox.not_taken(session, first.id, "ocupado", "20429", wait=None, now=clock.now())

    assert claim(desk) == [second.id]


def test_eight_threads_claim_no_message_twice_and_none_out_of_order(desk: Desk, by: User) -> None:
    people, each = 6, 4
    desk.push(*(form(f"SM{who}", "x", sender=f"+3460000{who:04d}") for who in range(people)))
    desk.file()
    wanted = {answer(desk, ticket, by, f"{n}").id for ticket in desk.tickets() for n in range(each)}
    taken: list[int] = []
    lock = Lock()

    def work(_: int) -> None:
        for _round in range(200):
            ids = claim(desk, limit=3)
            with lock:
                taken.extend(ids)
                if len(taken) >= len(wanted):
                    return
            for message_id in ids:
                with desk.write() as session:
                    outbox.sent(session, message_id, 1, took(f"SMout{message_id}"), now=clock.now())

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    owner = {m.id: m.identity_id for m in desk.said()}
    order = [[i for i in taken if owner[i] == who] for who in set(owner.values())]

    assert sorted(taken) == sorted(wanted)
    assert all(a < b for ids in order for a, b in pairwise(ids))


def test_the_wires_own_wish_to_wait_counts_if_it_is_longer_than_ours(desk: Desk, asked: Ticket, by: User) -> None:
    message, now = answer(desk, asked, by), clock.now()
    claim(desk)
    with desk.write() as session:
        outbox.not_taken(session, message.id, "ocupado", "20429", wait=timedelta(hours=2), now=now)
    row = now_is(desk, message)

    assert (row.delivery, row.due_at, row.reason, row.code) == (
        Delivery.QUEUED,
        now + timedelta(hours=2),
        "ocupado",
        "20429",
    )


def test_a_message_that_is_never_taken_fails_in_the_end_with_its_reason(desk: Desk, asked: Ticket, by: User) -> None:
    message, now, tries = answer(desk, asked, by), clock.now(), 0
    while now_is(desk, message).delivery is Delivery.QUEUED:
        now = max(now, now_is(desk, message).due_at or now) + SOON
        assert claim(desk, now=now) == [message.id]
        with desk.write() as session:
            outbox.not_taken(session, message.id, "No contesta el servidor", None, wait=None, now=now)
        tries += 1
    row = now_is(desk, message)

    assert (row.delivery, row.reason, tries) == (Delivery.FAILED, "No contesta el servidor", 14)
    assert desk.ticket().status is Status.OPEN and desk.ticket().due_at is not None


def test_a_sender_that_died_leaves_an_uncertain_message_that_is_asked_about_and_not_sent(
    desk: Desk, asked: Ticket, by: User
) -> None:
    message = answer(desk, asked, by)
    claim(desk)
    dead = clock.now() + LEASE + SOON * 3
    with desk.write() as session:
        lost, early = outbox.overdue(session, now=dead), outbox.to_ask(session, now=dead)
    with desk.write() as session:
        asked_for = outbox.to_ask(session, now=dead + ASK_AFTER + SOON)

    assert (lost, early, asked_for) == ([message.id], [], [message.id])
    assert claim(desk, now=dead + ASK_AFTER) == []
    assert desk.ticket().status is Status.OPEN


def uncertain(desk: Desk, message: Message) -> None:
    claim(desk)
    with desk.write() as session:
        outbox.uncertain(session, message.id, now=clock.now())


@pytest.mark.parametrize(
    ("receipt", "absent", "expected"),
    [
        (took("SMx"), False, Delivery.SENT),
        (took("SMx", Delivery.READ), False, Delivery.READ),
        (took("SMx", Delivery.FAILED), False, Delivery.FAILED),
        (None, True, Delivery.QUEUED),
        (None, False, Delivery.UNCERTAIN),
    ],
)
def test_the_wires_answer_settles_what_was_uncertain(
    desk: Desk, asked: Ticket, by: User, receipt: Receipt | None, absent: bool, expected: Delivery
) -> None:
    message = answer(desk, asked, by)
    uncertain(desk, message)
    with desk.write() as session:
        outbox.asked(session, message.id, receipt, sure_absent=absent, now=clock.now())

    assert now_is(desk, message).delivery is expected


def test_after_two_days_of_silence_the_wire_is_left_in_peace(desk: Desk, asked: Ticket, by: User) -> None:
    message = answer(desk, asked, by)
    uncertain(desk, message)
    with desk.write() as session:
        outbox.asked(session, message.id, None, sure_absent=False, now=clock.now() + ASK_FOR + SOON)

    assert (now_is(desk, message).delivery, now_is(desk, message).due_at) == (Delivery.UNCERTAIN, None)


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ((Delivery.READ, Delivery.DELIVERED, Delivery.SENT), Delivery.READ),
        ((Delivery.DELIVERED, Delivery.FAILED), Delivery.DELIVERED),
        ((Delivery.SENT, Delivery.FAILED), Delivery.FAILED),
        ((Delivery.FAILED, Delivery.SENT), Delivery.FAILED),
        ((Delivery.DELIVERED, Delivery.READ), Delivery.READ),
    ],
)
def test_late_news_never_undoes_later_news(
    desk: Desk, asked: Ticket, by: User, order: tuple[Delivery, ...], expected: Delivery
) -> None:
    message = answer(desk, asked, by)
    sent(desk, message)
    for delivery in order:
        confirm(desk, took("SMout", delivery))

    assert now_is(desk, message).delivery is expected


def test_news_that_overtakes_our_own_commit_waits_and_is_applied(desk: Desk, asked: Ticket, by: User) -> None:
    desk.push(callback("SMout", "delivered"))
    desk.file()
    message = answer(desk, asked, by)
    sent(desk, message)
    desk.hurry_arrivals()
    desk.file()

    assert now_is(desk, message).delivery is Delivery.DELIVERED


def test_news_that_brings_our_key_names_a_message_whose_sender_was_killed(desk: Desk, asked: Ticket, by: User) -> None:
    message = answer(desk, asked, by)
    claim(desk)
    desk.push(callback("SMout", "delivered", key=f"{message.id}-1"))
    desk.file()
    with desk.write() as session:
        outbox.overdue(session, now=clock.now() + LEASE * 2)
    row = now_is(desk, message)

    assert (row.delivery, row.external_id, claim(desk)) == (Delivery.DELIVERED, "SMout", [])


def test_the_wires_id_of_one_message_is_never_taken_for_that_of_another(desk: Desk, asked: Ticket, by: User) -> None:
    first, second = answer(desk, asked, by), answer(desk, asked, by)
    sent(desk, first, "SMone")
    uncertain(desk, second)
    with desk.house.db.reading() as session:
        others = outbox.others(session, second.id)
    confirm(desk, Receipt(channel="whatsapp", external_id="SMone", delivery=Delivery.SENT, outbound_key=second.id))

    assert "SMone" in others
    assert (now_is(desk, first).external_id, now_is(desk, second).external_id) == ("SMone", None)


def test_news_that_arrives_before_we_hear_of_the_sending_is_not_undone_by_it(
    desk: Desk, asked: Ticket, by: User
) -> None:
    message = answer(desk, asked, by)
    claim(desk)
    confirm(desk, Receipt(channel="whatsapp", external_id="SMout", delivery=Delivery.READ, outbound_key=message.id))
    with desk.write() as session:
        outbox.sent(session, message.id, 1, took("SMout"), now=clock.now())

    assert now_is(desk, message).delivery is Delivery.READ


def test_news_of_an_earlier_try_does_not_fail_the_one_that_is_under_way(desk: Desk, asked: Ticket, by: User) -> None:
    message = answer(desk, asked, by)
    sent(desk, message, "SMold")
    confirm(desk, took("SMold", Delivery.FAILED))
    with desk.write() as session:
        message_acts.retry(session, session.get_one(Message, message.id), by=by, now=clock.now())
    late = Receipt(channel="whatsapp", external_id="SMold", delivery=Delivery.FAILED, outbound_key=message.id)
    confirm(desk, late)
    waiting = now_is(desk, message).delivery
    sent(desk, message, "SMnew")
    confirm(desk, late)

    assert (waiting, now_is(desk, message).delivery) == (Delivery.QUEUED, Delivery.SENT)
    assert now_is(desk, message).external_id == "SMnew"


def test_a_failure_brings_the_ticket_back_with_the_reason_in_its_history(desk: Desk, asked: Ticket, by: User) -> None:
    message = answer(desk, asked, by)
    sent(desk, message)
    desk.push(callback("SMout", "undelivered", code=63024))
    desk.file()
    row, ticket = now_is(desk, message), desk.ticket()

    assert (row.delivery, row.code, ticket.status) == (Delivery.FAILED, "63024", Status.OPEN)
    assert row.reason and desk.events(ticket)[-1].what == "delivery_failed"


def test_only_what_failed_or_is_uncertain_is_sent_again(desk: Desk, asked: Ticket, by: User) -> None:
    message = answer(desk, asked, by)
    with pytest.raises(Impossible), desk.write() as session:
        message_acts.retry(session, session.get_one(Message, message.id), by=by, now=clock.now())

    assert now_is(desk, message).delivery is Delivery.QUEUED


def test_an_answer_taken_back_is_a_draft_again_and_the_ticket_is_ours(desk: Desk, asked: Ticket, by: User) -> None:
    message = answer(desk, asked, by, undo=timedelta(seconds=30))
    with desk.write() as session:
        message_acts.undo(session, session.get_one(Message, message.id), by=by, now=clock.now())
    with desk.house.db.reading() as session:
        draft = session.scalars(select(Draft)).one()
    ticket = desk.ticket()

    assert (now_is(desk, message).delivery, draft.text, ticket.status) == (
        Delivery.DROPPED,
        "Pruebe ahora.",
        Status.OPEN,
    )
    assert ticket.waiting_since is not None and ticket.due_at is not None


def test_an_answer_that_has_left_cannot_be_taken_back(desk: Desk, asked: Ticket, by: User) -> None:
    message = answer(desk, asked, by)
    claim(desk)
    with pytest.raises(Impossible, match="ya ha salido"), desk.write() as session:
        message_acts.undo(session, session.get_one(Message, message.id), by=by, now=clock.now())

    assert now_is(desk, message).delivery is Delivery.SENDING


def test_an_answer_to_an_older_message_than_the_newest_is_stopped(desk: Desk, asked: Ticket, by: User) -> None:
    seen = desk.messages(Direction.IN)[-1].id
    desk.hear(form("SM2", "ya está, gracias a ustedes por nada"))
    before = len(desk.said())
    with pytest.raises(Stale):
        answer(desk, asked, by, last_seen=seen)

    assert len(desk.said()) == before


def test_a_double_click_is_one_answer(desk: Desk, asked: Ticket, by: User) -> None:
    with ThreadPoolExecutor(4) as pool:
        ids = list(pool.map(lambda _: answer(desk, asked, by, client_key="k1").id, range(4)))

    assert len(set(ids)) == 1


def test_a_closed_window_is_refused_here_in_words(desk: Desk, asked: Ticket, by: User) -> None:
    for message in desk.messages(Direction.IN):
        desk.change_message(message, received_at=clock.now() - timedelta(hours=24))
    with pytest.raises(Impossible, match="24 horas"):
        answer(desk, asked, by)

    assert desk.said()[-1].author_user_id is None


def test_a_dead_address_is_refused_here_in_words(desk: Desk, by: User) -> None:
    desk.hear(mail("Una pregunta"))
    with desk.write() as session:
        session.merge(desk.identity("ana@example.com")).dead_since = clock.now()

    with pytest.raises(Impossible, match="devuelve los mensajes"):
        answer(desk, desk.ticket(), by)


def test_the_first_answer_is_a_persons_and_not_the_machines(desk: Desk, asked: Ticket, by: User) -> None:
    before = desk.ticket().first_answered_at
    sent(desk, answer(desk, asked, by))

    assert before is None and desk.ticket().first_answered_at is not None


def test_a_mail_keeps_its_message_id_over_every_try(desk: Desk, by: User) -> None:
    desk.hear(mail("Una pregunta"))
    message = answer(desk, desk.ticket(), by)
    desk.change_message(message, delivery=Delivery.FAILED)
    with desk.write() as session:
        message_acts.retry(session, session.get_one(Message, message.id), by=by, now=clock.now())

    assert message.external_id and now_is(desk, message).external_id == message.external_id


def test_a_call_is_promised_and_written_down_when_it_was_made(desk: Desk, asked: Ticket, by: User) -> None:
    message = answer(desk, asked, by, channel="phone")
    promised = desk.ticket().status
    for outcome in ("no_answer", "reached"):
        with desk.write() as session:
            row = session.get_one(Message, message.id)
            message_acts.call_done(
                session, row, outcome=outcome, by=by, now=clock.now(), books=desk.house.books.current()
            )

    assert (promised, desk.ticket().status) == (Status.OPEN, Status.SOLVED)
    assert (now_is(desk, message).delivery, now_is(desk, message).attempts) == (Delivery.DONE, 2)


def test_nothing_is_said_in_a_ticket_that_turned_out_to_be_spam(desk: Desk, asked: Ticket, by: User) -> None:
    message = answer(desk, asked, by)
    with desk.write() as session:
        board.spam(session, session.get_one(Ticket, asked.id), by=by, now=clock.now())

    assert (now_is(desk, message).delivery, desk.ticket().close_reason) == (Delivery.DROPPED, "spam")


def test_an_undone_row_wakes_its_worker(desk: Desk, asked: Ticket, by: User) -> None:
    answer(desk, asked, by)
    desk.push(form("SM9", CONFUSED, sender=CITIZEN))
    from app.desk import packing

    with desk.house.db.reading() as session:
        kinds = packing.due_kinds(session, now=later(clock.now(), seconds=1))
        assert session.scalars(select(Arrival.id).where(Arrival.filed_at.is_(None))).all()

    assert {"file", "deliver:whatsapp"} <= set(kinds)
    assert jobs.KINDS.keys() == {"file", "sort", "settle", "media", "scan", "film"}
