"""Twilio asked instead of listened to, and what it keeps of ours deleted."""

from datetime import UTC, datetime

import pytest

from channels.channel import Refused, Unreachable
from channels.message import Inbound, Receipt
from channels.whatsapp.adapter import WhatsApp
from channels.whatsapp.settings import read
from tests.channels.whatsapp.test_twilio_send import outbound
from tests.servers.twilio import Twilio


@pytest.fixture
def asking(twilio: Twilio) -> WhatsApp:
    """The channel of a desk that Twilio cannot reach."""
    settings = read({**twilio.environ, "TWILIO_POLL": "1"})
    assert settings is not None
    return WhatsApp(settings, timeout=5)


def polled(channel: WhatsApp, known: set[str]) -> list[Inbound | Receipt]:
    """What a look brings, by now known."""
    heard: list[Inbound | Receipt] = []
    for pushed in channel.poll(known.__contains__):
        known.add(pushed.wire_key)
        heard += channel.parse(pushed.raw, twilio_now())
    return heard


def twilio_now() -> datetime:
    return datetime.now(UTC)


def test_messages_and_news_are_found_once_without_a_webhook(twilio: Twilio, asking: WhatsApp) -> None:
    known: set[str] = set()
    twilio.take_in(body="hola")
    first, again = polled(asking, known), polled(asking, known)
    sent = asking.send(outbound())
    next(message for message in twilio.messages if message.sid == sent.external_id).status = "delivered"
    twilio.take_in(body="otra cosa")
    third = polled(asking, known)

    assert [one.text for one in first if isinstance(one, Inbound)] == ["hola"] and again == []
    assert {one.text if isinstance(one, Inbound) else one.delivery.value for one in third} == {"otra cosa", "delivered"}


def test_a_channel_that_is_pushed_to_asks_nothing(twilio: Twilio, whatsapp: WhatsApp) -> None:
    twilio.take_in(body="hola")

    assert list(whatsapp.poll(lambda _: False)) == [] and twilio.requests == []


def test_the_files_of_known_messages_are_not_asked_for_again(twilio: Twilio, asking: WhatsApp) -> None:
    twilio.attach(twilio.take_in(body="foto"), b"x", "image/png")
    known: set[str] = set()
    polled(asking, known)
    before = len(twilio.requests)
    polled(asking, known)

    assert [path for _, path, _ in twilio.requests[before:] if "Media" in path] == []


def test_a_look_that_failed_is_made_again_as_far_back(twilio: Twilio, asking: WhatsApp) -> None:
    twilio.fault(status=500)
    with pytest.raises(Unreachable):
        polled(asking, set())
    twilio.take_in(body="hola")

    assert len(polled(asking, set())) == 1


def test_a_file_is_deleted_at_twilio_and_deleting_twice_is_no_error(twilio: Twilio, whatsapp: WhatsApp) -> None:
    message = twilio.take_in()
    reference = twilio.attach(message, b"x", "image/png")
    whatsapp.forget(reference)
    whatsapp.forget(reference)

    assert message.media == []


def test_a_file_that_twilio_does_not_delete_now_is_tried_again_and_another_s_is_never(
    twilio: Twilio, whatsapp: WhatsApp
) -> None:
    reference = twilio.attach(twilio.take_in(), b"x", "image/png")
    twilio.fault(status=503)
    with pytest.raises(Unreachable):
        whatsapp.forget(reference)
    with pytest.raises(Refused):
        whatsapp.forget("https://evil.example/2010-04-01/x")


@pytest.mark.parametrize(
    ("variable", "value"), [("TWILIO_POLL", "ja"), ("HTTPS_PROXY", "proxy:3128"), ("CA_BUNDLE", "/x")]
)
def test_wrong_settings_are_told_with_their_name(twilio: Twilio, variable: str, value: str) -> None:
    with pytest.raises(ValueError, match=variable):
        read({**twilio.environ, variable: value})
