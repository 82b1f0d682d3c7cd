"""Whether the machine has earned to answer alone."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select, update

from app.desk import reliability, replies
from app.desk.reliability import Record
from app.models.arrival import Line, Mode
from app.models.book import Setting
from app.models.knowledge import Proposal
from app.models.message import Direction, Message
from app.models.ticket import Answer, Outcome
from channels.message import Delivery
from tests.app.desk.scenes import CONFUSED, Desk, form

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
KEY = ("whatsapp", "autofirma")


def proposed(desk: Desk) -> Message:
    """A desk that only proposes, and its first proposal."""
    with desk.write() as session:
        session.execute(update(Line).values(mode=Mode.PROPOSE))
    desk.hear(form("SM1", CONFUSED))
    (one,) = (message for message in desk.messages(Direction.OUT) if message.delivery is Delivery.PROPOSED)
    return one


def send(desk: Desk, message: Message, text: str) -> None:
    by, books = desk.user(), desk.house.books.current()
    with desk.write() as session:
        row = session.get_one(Message, message.id)
        replies.approve(session, row, text=text, by=session.merge(by), now=NOW, books=books)


def record(desk: Desk) -> Record:
    with desk.house.db.reading() as session:
        return reliability.records(session)[KEY]


def test_a_proposal_sent_as_it_is_counts_for_the_machine(desk: Desk) -> None:
    one = proposed(desk)
    send(desk, one, one.text)

    assert (record(desk).sent, record(desk).cases, record(desk).alone) == (1, 1, 0)


def test_a_mended_proposal_is_told_with_how_much_was_changed(desk: Desk) -> None:
    one = proposed(desk)
    send(desk, one, one.text.replace("AutoFirma", "el programa", 1))
    with desk.house.db.reading() as session:
        kept = session.scalars(select(Proposal)).one()

    assert (record(desk).edited, 0 < kept.distance < 15) == (1, True)


def test_a_dropped_proposal_counts_against_it(desk: Desk) -> None:
    one, by = proposed(desk), desk.user()
    with desk.write() as session:
        replies.drop(session, session.get_one(Message, one.id), by=session.merge(by), now=NOW)

    assert (record(desk).dropped, record(desk).lower) == (1, 0.0)


def test_one_that_went_unchanged_and_failed_is_not_right(desk: Desk) -> None:
    one = proposed(desk)
    send(desk, one, one.text)
    with desk.write() as session:
        session.execute(update(Answer).values(outcome=Outcome.FAILED))

    assert (record(desk).spoilt, record(desk).failed, record(desk).lower) == (1, 1, 0.0)


def test_what_it_sends_alone_is_told_apart(desk: Desk) -> None:
    desk.hear(form("SM1", CONFUSED), form("SM2", "1"))

    assert (record(desk).alone, record(desk).helped, record(desk).cases) == (1, 1, 0)


@pytest.mark.parametrize(
    ("sent", "dropped", "earned"), [(49, 0, False), (50, 0, False), (60, 0, True), (100, 3, False), (400, 8, True)]
)
def test_it_is_earned_by_fifty_cases_and_a_lower_bound(sent: int, dropped: int, earned: bool) -> None:
    assert Record(sent=sent, dropped=dropped).earned is earned


def test_a_mode_of_a_category_on_one_channel_holds_there_and_never_goes_beyond_the_channel(desk: Desk) -> None:
    with desk.write() as session:
        reliability.set_modes(session, {KEY: "propose", ("email", "autofirma"): ""}, now=NOW)
        session.flush()
        modes: dict[str, Any] = session.execute(select(Setting.value).where(Setting.key == "modes")).scalar_one()
    books = desk.house.books.current()
    told = replace(books, modes={key: Mode(value) for key, value in modes.items()})

    assert told.mode("autofirma", "whatsapp", Mode.SEND) is Mode.PROPOSE
    assert told.mode("autofirma", "email", Mode.SEND) is Mode.SEND
    assert replace(books, modes={"email:autofirma": Mode.SEND}).mode("autofirma", "email", Mode.OFF) is Mode.OFF
