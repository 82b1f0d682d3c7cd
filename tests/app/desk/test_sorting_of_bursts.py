"""When a ticket is sorted: bursts are read whole, urgent words at once, courtesy changes nothing, newer words win."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from app import clock, deciding, jobs
from app.desk import board, conversation, decided, replies, sorting
from app.models.message import Direction
from app.models.ticket import Answer, Finding, Outcome, Status, Ticket
from channels.message import Delivery
from tests.app.desk.scenes import CONFUSED, ENDS_TODAY, Desk, form, mail

# Two tutorials are as near to this, so a machine does not choose between them.
UNSURE = "le doy a firmar y no me salen certificados"


def wait(desk: Desk) -> timedelta:
    """How long the ticket still waits to be sorted."""
    sort_at = desk.ticket().sort_at
    assert sort_at is not None
    return sort_at - clock.now()


def test_a_burst_is_read_when_the_person_has_been_quiet_for_forty_seconds(desk: Desk) -> None:
    for number, words in enumerate(("hola", CONFUSED, "soy de Cantimpalos")):
        desk.push(form(f"SM{number}", words))
        desk.file()

    assert timedelta(seconds=35) < wait(desk) <= timedelta(seconds=40)
    assert jobs.sort(desk.house) == 0


def test_a_burst_is_read_whole_and_answered_once(desk: Desk) -> None:
    for number, words in enumerate(("hola", CONFUSED, "soy de Cantimpalos")):
        desk.push(form(f"SM{number}", words))
        desk.file()
    desk.settle()

    assert len(desk.said()) == 1 and desk.ticket().town_hall_id is not None


def test_a_question_that_an_article_has_word_for_word_is_answered_beside_a_greeting_and_a_place(desk: Desk) -> None:
    for number, words in enumerate(("hola", "no me sale el certificado al firmar", "soy de Cantimpalos")):
        desk.push(form(f"SM{number}", words))
        desk.file()
    desk.settle()
    [answer] = desk.said()

    assert (answer.author_rule, "\n1. " in answer.text) == ("answer", True)


@pytest.mark.parametrize("bare", ["2", "1", "gracias", "BAJA"])
def test_a_bare_answer_to_a_receipt_leaves_what_the_question_is_about(desk: Desk, bare: str) -> None:
    def about() -> tuple[object, ...]:
        with desk.house.db.reading() as session:
            rows = session.scalars(select(Finding).where(Finding.field.in_(("category", "article")))).all()
        ticket = desk.ticket()
        return ticket.category, ticket.subject, [(row.field, row.value) for row in rows]

    desk.hear(form("SM1", UNSURE))
    before, said = about(), [message.author_rule for message in desk.said()]
    desk.hear(form("SM2", bare))

    assert said == ["receipt"] and before[0] == "autofirma"
    assert about() == before


def test_nobody_waits_more_than_three_minutes_however_much_is_written(desk: Desk) -> None:
    desk.push(form("SM1", CONFUSED))
    desk.file()
    desk.change(desk.ticket(), unsorted_since=clock.now() - timedelta(seconds=170))
    desk.push(form("SM2", "y otra cosa"))
    desk.file()

    assert wait(desk) <= timedelta(seconds=10)


def test_pressing_words_are_sorted_at_once_also_when_more_words_follow(desk: Desk) -> None:
    desk.push(form("SM1", ENDS_TODAY))
    desk.push(form("SM2", "por favor"))
    desk.file()

    assert wait(desk) <= timedelta()


def test_a_mail_is_sorted_at_once(desk: Desk) -> None:
    desk.post(mail(CONFUSED))
    desk.file()

    assert wait(desk) <= timedelta()


def test_a_greeting_alone_spends_no_automatic_turn(desk: Desk) -> None:
    desk.hear(form("SM1", "Hola, buenos días"))

    assert (desk.said(), desk.ticket().automatic_turns, desk.ticket().status) == ([], 0, Status.NEW)


def test_a_message_filed_while_the_ticket_is_read_wins_and_is_sorted_later(desk: Desk) -> None:
    desk.push(form("SM1", CONFUSED))
    desk.file()
    desk.be_quiet()
    now = clock.now()
    with desk.write() as session:
        ids = sorting.claim(session, now=now)
    with desk.house.db.reading() as session:
        (case,) = sorting.cases(session, ids, now=now, zone=desk.house.config.zone)
    desk.push(form("SM2", "perdón, es con el móvil"))
    desk.file()
    made = deciding.decisions(desk.house, [case], now=now)
    with desk.write() as session:
        written = decided.write(session, made, desk.house.books.current(), now=now)

    assert not written and desk.said() == []
    assert timedelta(seconds=30) < wait(desk) <= timedelta(seconds=40)


def test_news_of_a_delivery_does_not_put_the_sorting_off(desk: Desk) -> None:
    desk.push(form("SM1", CONFUSED))
    desk.file()
    desk.be_quiet()
    now = clock.now()
    with desk.write() as session:
        sorting.claim(session, now=now)
    desk.change(desk.ticket(), version=desk.ticket().version + 1)
    with desk.write() as session:
        sorting.again(session, desk.ticket().id, claimed=now)

    assert wait(desk) <= timedelta()


def test_thanks_are_never_answered_and_reopen_nothing(desk: Desk) -> None:
    desk.hear(form("SM1", CONFUSED))
    desk.change(desk.ticket(), status=Status.SOLVED, solved_at=clock.now(), waiting_since=None)
    said = len(desk.said())
    desk.hear(form("SM2", "muchas gracias"), form("SM3", "👍"))
    ticket = desk.ticket()

    assert (ticket.status, len(desk.said()), ticket.waiting_since) == (Status.SOLVED, said, None)


def test_a_word_on_a_solved_ticket_opens_it_again(desk: Desk) -> None:
    desk.hear(form("SM1", CONFUSED))
    desk.change(desk.ticket(), status=Status.SOLVED, solved_at=clock.now(), waiting_since=None)
    desk.hear(form("SM2", "vuelve a fallar al firmar"))
    ticket = desk.ticket()

    assert (ticket.status, ticket.solved_at) == (Status.OPEN, None)
    assert "reopened" in [event.what for event in desk.events(ticket)]


@pytest.mark.parametrize("then", [Status.WAITING, Status.SOLVED])
def test_what_a_technician_has_answered_while_it_waited_is_named_and_stays_answered(desk: Desk, then: Status) -> None:
    nuria, books = desk.user(), desk.house.books.current()
    desk.push(form("SM1", CONFUSED))
    desk.file()
    with desk.write() as session:
        ticket = session.get_one(Ticket, desk.ticket().id)
        replies.reply(session, ticket, text="Pruebe con Chrome.", by=nuria, now=clock.now(), books=books, then=then)
    desk.settle()

    assert (desk.ticket().status, desk.ticket().due_at) == (then, None)
    assert desk.ticket().category == "autofirma" and len(desk.said()) == 1


def test_what_a_technician_has_solved_while_it_waited_stays_solved_and_is_not_answered(desk: Desk) -> None:
    nuria, books = desk.user(), desk.house.books.current()
    desk.push(form("SM1", CONFUSED))
    desk.file()
    with desk.write() as session:
        board.solve(session, session.get_one(Ticket, desk.ticket().id), by=nuria, now=clock.now(), books=books)
    desk.settle()

    assert (desk.ticket().status, desk.said()) == (Status.SOLVED, [])


def test_words_after_a_technicians_answer_open_the_ticket_though_she_answered_while_others_waited(desk: Desk) -> None:
    nuria, books = desk.user(), desk.house.books.current()
    desk.push(form("SM1", CONFUSED))
    desk.file()
    with desk.write() as session:
        ticket = session.get_one(Ticket, desk.ticket().id)
        replies.reply(session, ticket, text="Pruebe con Chrome.", by=nuria, now=clock.now(), books=books)
    desk.push(form("SM2", "tampoco me deja con Chrome"))
    desk.settle()

    assert desk.ticket().status is Status.OPEN


def test_one_says_that_it_helped_and_two_that_a_person_is_wanted(desk: Desk) -> None:
    outcomes = []
    for number, word in enumerate(("1", "2")):
        sender = f"+3460000000{number}"
        desk.hear(form(f"SM{number}a", CONFUSED, sender=sender))
        desk.hear(form(f"SM{number}b", word, sender=sender))
        with desk.house.db.reading() as session:
            answer = session.scalars(select(Answer).order_by(Answer.id.desc())).first()
        outcomes.append((answer.outcome if answer else None, desk.tickets()[-1].status, len(desk.said())))

    assert outcomes == [(Outcome.HELPED, Status.SOLVED, 1), (Outcome.FAILED, Status.OPEN, 2)]


def test_coming_back_on_the_subject_says_that_the_answer_did_not_help(desk: Desk) -> None:
    desk.hear(form("SM1", CONFUSED), form("SM2", "sigue sin conectar con autofirma"))
    with desk.house.db.reading() as session:
        (answer,) = session.scalars(select(Answer))

    assert answer.outcome is Outcome.FAILED and desk.ticket().status is Status.OPEN


def test_what_a_technician_has_set_is_not_set_otherwise_by_a_rule(desk: Desk) -> None:
    from app.desk import board

    desk.hear(form("SM1", CONFUSED))
    by = desk.user()
    with desk.write() as session:
        ticket = session.get_one(type(desk.ticket()), desk.ticket().id)
        books = desk.house.books.current()
        board.change(session, ticket, by=by, now=clock.now(), books=books, category="facturae", priority="P4")
    desk.hear(form("SM2", "autofirma no se conecta, autofirma, autofirma y el plazo acaba mañana"))

    assert (desk.ticket().category, desk.ticket().priority) == ("facturae", "P4")


def test_baja_stops_what_is_unasked_is_told_once_and_questions_are_still_answered(desk: Desk) -> None:
    desk.hear(form("SM1", "BAJA"), form("SM2", "BAJA"))

    assert [m.author_rule for m in desk.said()] == ["stopped"]
    assert desk.identity("+34600111222").opted_out_at is not None and desk.ticket().status is Status.OPEN


def test_an_answer_that_was_sent_waits_for_the_citizen_and_counts_as_a_turn(desk: Desk) -> None:
    desk.hear(form("SM1", CONFUSED))
    ticket, (answer,) = desk.ticket(), desk.said()

    assert (ticket.status, ticket.automatic_turns, ticket.due_at) == (Status.WAITING, 1, None)
    assert (answer.author_rule, answer.delivery) == ("answer", Delivery.QUEUED)


def test_a_ticket_has_at_most_two_automatic_turns(desk: Desk) -> None:
    desk.hear(form("SM1", ENDS_TODAY), form("SM2", ENDS_TODAY), form("SM3", ENDS_TODAY))

    assert len(desk.said()) == 2 and len(desk.messages(Direction.IN)) == 3


def test_the_day_of_the_cap_is_the_desks_day(desk: Desk) -> None:
    desk.hear(mail(CONFUSED))
    (said,) = desk.said()
    desk.change_message(said, created_at=datetime(2026, 12, 1, 23, 30, tzinfo=UTC))
    noon, madrid = datetime(2026, 12, 2, 11, 0, tzinfo=UTC), ZoneInfo("Europe/Madrid")
    with desk.house.db.reading() as session:
        counted = conversation.automatic_today(session, [said.identity_id or 0], now=noon, zone=madrid)

    assert counted == {said.identity_id: 1}
