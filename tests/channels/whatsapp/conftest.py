"""What the WhatsApp tests share: the stand-in for Twilio and the channel that speaks to it."""

import pytest

from channels.whatsapp.adapter import WhatsApp
from channels.whatsapp.settings import read
from tests.servers.twilio import Twilio
from tests.servers.twilio_fixture import twilio

__all__ = ["hasty", "twilio", "whatsapp"]


def _opened(twilio: Twilio, timeout: float) -> WhatsApp:
    settings = read(twilio.environ)
    assert settings is not None
    return WhatsApp(settings, timeout=timeout)


@pytest.fixture
def whatsapp(twilio: Twilio) -> WhatsApp:
    """As in life, patient for ten seconds."""
    return _opened(twilio, 10)


@pytest.fixture
def hasty(twilio: Twilio) -> WhatsApp:
    """For those tests in which Twilio says nothing."""
    return _opened(twilio, 1)
