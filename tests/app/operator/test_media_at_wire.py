"""What is kept here is deleted at its wire, but not before a backup has seen it; and a poll makes tickets."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app import clock, delivery, jobs, privacy
from app.desk import seeding
from app.desk.data_subject import Scope
from app.models.arrival import Mode
from app.models.message import File, MessageFile
from channels.registry import open_channels
from tests.app.desk.scenes import Desk
from tests.servers.twilio import Twilio
from tests.servers.twilio_account import NUMBER


@pytest.fixture
def asking(desk: Desk, twilio: Twilio) -> Desk:
    """A desk that Twilio cannot reach, with a citizen's photo in it."""
    twilio.attach(twilio.take_in(body="foto"), b"photo", "image/png")
    channels = open_channels({**twilio.environ, "TWILIO_POLL": "1"})
    made = Desk(replace(desk.house, channels=channels))
    with made.write() as session:
        seeding.lines(session, channels, mode=Mode.SEND, now=clock.now())
    jobs.poll(made.house, "whatsapp")
    made.settle()
    jobs.media(made.house)
    return made


def age(desk: Desk, days: int) -> None:
    with desk.write() as session:
        session.execute(update(File).values(stored_at=clock.now() - timedelta(days=days)))


def references(desk: Desk) -> list[str | None]:
    with desk.house.db.reading() as session:
        return list(session.scalars(select(MessageFile.reference)))


def test_a_poll_makes_a_ticket_with_its_file_and_finds_it_no_second_time(asking: Desk) -> None:
    assert "foto" in asking.messages()[0].text and len(asking.tickets()) == 1
    assert jobs.poll(asking.house, "whatsapp") == 0


def test_a_file_leaves_twilio_once_two_backups_have_seen_it(asking: Desk, twilio: Twilio) -> None:
    asked = [delivery.forget(asking.house)]
    age(asking, 3)
    asked += [delivery.forget(asking.house), delivery.forget(asking.house)]

    assert asked == [0, 1, 0] and references(asking) == [None]
    assert [message.media for message in twilio.messages if message.to == f"whatsapp:{NUMBER}"] == [[]]


def test_trouble_at_twilio_leaves_the_file_for_later(asking: Desk, twilio: Twilio) -> None:
    age(asking, 3)
    twilio.fault(status=503)
    first, second = delivery.forget(asking.house), delivery.forget(asking.house)

    assert (first, second) == (0, 1)


def test_the_file_of_somebody_who_was_erased_leaves_twilio_at_once(asking: Desk, twilio: Twilio) -> None:
    privacy.erase(asking.house, Scope((asking.ticket().contact_id,)), because="lo pide", by_id=None)

    assert delivery.forget(asking.house) == 1 and references(asking) == [None]
    assert not any(message.media for message in twilio.messages)
