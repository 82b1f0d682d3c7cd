"""What the WhatsApp tests share: the stand-in for Twilio and the channel that speaks to it."""

import pytest

from channels.whatsapp.adapter import WhatsApp
from channels.whatsapp.settings import read
from tests.servers.twilio import Twilio, twilio_fixture

__all__ = ["twilio_fixture"]


@pytest.fixture
def whatsapp(twilio: Twilio) -> WhatsApp:
    settings = read(twilio.environ)
    assert settings is not None

    return WhatsApp(settings, timeout=1)
