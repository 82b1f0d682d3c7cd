"""The stand-in for Twilio as a pytest fixture, apart so that a demo can use the stand-in without pytest."""

from collections.abc import Iterator

import pytest

from tests.servers.twilio import Twilio


@pytest.fixture
def twilio() -> Iterator[Twilio]:
    """A fresh account for one test."""
    account = Twilio()
    yield account
    account.close()
