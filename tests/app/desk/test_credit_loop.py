"""What became of an offered article, over WhatsApp and by mail: said, come back, or silence."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from app import clock
from app.desk import article_outcomes, message_links, replies, silence
from app.models.ticket import Answer, Outcome, Status, Ticket
from tests.app.desk.scenes import CONFUSED, Desk, form, mail

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def outcomes(desk: Desk) -> Sequence[Outcome]:
    with desk.house.db.reading() as session:
        return session.scalars(select(Answer.outcome).order_by(Answer.id)).all()


def offered(desk: Desk, at: datetime, **ticket: object) -> None:
    """A citizen who was offered an article at a moment, and said nothing."""
    desk.hear(form("SM1", CONFUSED))
    with desk.write() as session:
        session.execute(update(Answer).values(at=at))
    if ticket:
        desk.change(desk.ticket(), **ticket)


def look(desk: Desk, now: datetime) -> int:
    with desk.write() as session:
        return silence.look(session, desk.house.books.current(), now=now)


@pytest.mark.parametrize(("priority", "days"), [("P1", 1), ("P2", 1), ("P3", 3), ("P4", 3)])
def test_silence_comes_to_a_person_as_not_known_and_never_as_solved(desk: Desk, priority: str, days: int) -> None:
    offered(desk, MONDAY, priority=priority)
    early = look(desk, MONDAY + timedelta(days=days - 1))
    late = look(desk, MONDAY + timedelta(days=days))

    assert (early, late, outcomes(desk)) == (0, 1, [Outcome.UNKNOWN])
    assert desk.ticket().status is Status.OPEN and (silence.CHECK in desk.ticket().tags) is (days == 3)


def test_a_weekend_is_no_silence_and_nobody_is_given_work_at_night(desk: Desk) -> None:
    friday = MONDAY + timedelta(days=4)
    offered(desk, friday, priority="P2")

    assert [look(desk, friday + timedelta(days=days)) for days in (1, 2)] == [0, 0]
    assert [look(desk, friday + timedelta(days=3, hours=hours)) for hours in (-8, 0)] == [0, 1]


def test_silence_after_a_technicians_own_answer_is_not_about_the_article(desk: Desk) -> None:
    offered(desk, MONDAY, priority="P2")
    nuria, books = desk.user(), desk.house.books.current()
    with desk.write() as session:
        ticket = session.get_one(Ticket, desk.ticket().id)
        replies.reply(session, ticket, text="Pruebe con otro navegador.", by=nuria, now=clock.now(), books=books)

    assert look(desk, MONDAY + timedelta(days=2)) == 0
    assert desk.ticket().status is Status.WAITING


def test_one_said_after_the_silence_is_still_believed(desk: Desk) -> None:
    offered(desk, clock.now(), status=Status.OPEN)
    with desk.write() as session:
        session.execute(update(Answer).values(outcome=Outcome.UNKNOWN))
    desk.hear(form("SM2", "1"))

    assert (outcomes(desk), desk.ticket().status) == ([Outcome.HELPED], Status.SOLVED)


def test_one_counts_for_the_consulta_whose_answer_it_quotes(desk: Desk) -> None:
    desk.hear(form("SM1", CONFUSED))
    desk.delivered(desk.said()[0], "SMquoted")
    desk.change(desk.ticket(), status=Status.CLOSED)
    desk.hear(form("SM2", "como pido un volante de empadronamiento en mi pueblo por internet"))
    desk.change(desk.tickets()[0], status=Status.WAITING)
    desk.hear(form("SM3", "1", OriginalRepliedMessageSid="SMquoted"))
    with desk.house.db.reading() as session:
        said = session.scalars(select(Answer.ticket_id).where(Answer.outcome == Outcome.HELPED)).all()

    assert said == [desk.tickets()[0].id]


def answered(desk: Desk, text: str, **more: Any) -> None:
    """A technician says something in the newest ticket."""
    nuria, books = desk.user(), desk.house.books.current()
    with desk.write() as session:
        ticket = session.get_one(Ticket, desk.tickets()[-1].id)
        replies.reply(session, ticket, text=text, by=nuria, now=clock.now(), books=books, **more)


@pytest.mark.parametrize("word", ["sí", "1", "2"])
def test_a_word_that_answers_the_technicians_question_says_nothing_of_the_article(desk: Desk, word: str) -> None:
    offered(desk, clock.now())
    answered(desk, "¿Le sale el mismo error con otro navegador?")
    desk.hear(form("SM2", word))

    assert (outcomes(desk), desk.ticket().status) == ([Outcome.OFFERED], Status.OPEN)


def test_a_one_that_quotes_the_article_is_about_it_whoever_has_spoken_since(desk: Desk) -> None:
    offered(desk, clock.now())
    desk.delivered(desk.said()[0], "SMquoted")
    answered(desk, "¿Le sale el mismo error con otro navegador?")
    desk.hear(form("SM2", "1", OriginalRepliedMessageSid="SMquoted"))

    assert (outcomes(desk), desk.ticket().status) == ([Outcome.HELPED], Status.SOLVED)


def test_another_question_does_not_count_against_the_answer(desk: Desk) -> None:
    offered(desk, clock.now())
    desk.hear(form("SM2", "otra cosa: necesito un volante de empadronamiento, cómo pido el volante del padrón"))

    assert outcomes(desk)[0] is Outcome.OFFERED


def test_coming_back_after_a_week_does_not_count_against_it(desk: Desk) -> None:
    offered(desk, clock.now() - timedelta(days=8))
    desk.hear(form("SM2", "sigue sin conectar con autofirma"))

    assert outcomes(desk) == [Outcome.OFFERED]


def test_thanks_are_no_credit(desk: Desk) -> None:
    offered(desk, clock.now())
    desk.hear(form("SM2", "gracias 👍"))

    assert outcomes(desk) == [Outcome.OFFERED]


@pytest.mark.parametrize(("helped", "outcome"), [(True, Outcome.HELPED), (False, Outcome.FAILED)])
def test_a_company_says_by_a_link_what_the_answer_was_worth(desk: Desk, helped: bool, outcome: Outcome) -> None:
    desk.hear(mail(f"Buenos días, {CONFUSED}. Gracias."))
    said = next(message.text for message in desk.said() if "/respuesta/" in message.text)
    token = re.findall(r"/respuesta/([\w-]+)", said)[0]
    now = clock.now()
    with desk.write() as session:
        link = message_links.find(session, token, purpose=message_links.FEEDBACK, now=now)
        assert link is not None
        message_links.settle(session, link, helped=helped, now=now, books=desk.house.books.current())

    assert outcomes(desk) == [outcome]


def test_each_article_is_told_with_what_became_of_it_and_proposals_are_no_offers(desk: Desk) -> None:
    for number, word in enumerate(("1", "2", "gracias")):
        sender = f"+3460000000{number}"
        desk.hear(form(f"SM{number}a", CONFUSED, sender=sender), form(f"SM{number}b", word, sender=sender))
    with desk.house.db.reading() as session:
        told = article_outcomes.credits(session, since=clock.now().date())["autofirma-no-conecta"]

    assert (told.offered, told.helped, told.failed, told.silent) == (3, 1, 1, 1)
