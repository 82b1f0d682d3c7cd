"""Files at Twilio: downloaded whole, never larger than allowed, and never with our credentials for anybody else."""

import pytest

from channels.channel import Refused, Unreachable
from channels.whatsapp.adapter import WhatsApp
from channels.whatsapp.media import fetch
from channels.whatsapp.settings import read
from tests.servers.twilio import Twilio
from tests.servers.twilio_account import ACCOUNT

PHOTO = bytes(range(256)) * 1000
HEX = "1" * 32
THERE = f"/2010-04-01/Accounts/{ACCOUNT}/Messages/MM{HEX}/Media/ME{HEX}"


def test_a_file_comes_whole_from_the_cdn_without_our_credentials(twilio: Twilio, whatsapp: WhatsApp) -> None:
    reference = twilio.attach(twilio.take_in(), PHOTO, "image/jpeg")

    assert b"".join(whatsapp.fetch(reference)) == PHOTO
    assert [authorized for _, _, authorized in twilio.requests] == [True, False]


def test_an_address_of_twilio_s_own_is_asked_at_our_base(twilio: Twilio, whatsapp: WhatsApp) -> None:
    reference = twilio.attach(twilio.take_in(), PHOTO, "image/jpeg").replace(twilio.url, "https://api.twilio.com")

    assert b"".join(whatsapp.fetch(reference)) == PHOTO


@pytest.mark.parametrize("fault", [{"status": 404}, {"status": 500}, {"status": 401}, {"broken": True}])
def test_a_file_that_is_not_there_yet_may_come_later(
    twilio: Twilio, whatsapp: WhatsApp, fault: dict[str, object]
) -> None:
    reference = twilio.attach(twilio.take_in(), PHOTO, "image/jpeg")
    twilio.fault(**fault)

    with pytest.raises(Unreachable):
        list(whatsapp.fetch(reference))
    assert b"".join(whatsapp.fetch(reference)) == PHOTO


def test_a_file_larger_than_allowed_is_refused_while_it_comes(twilio: Twilio, whatsapp: WhatsApp) -> None:
    reference = twilio.attach(twilio.take_in(), PHOTO, "image/jpeg")

    with pytest.raises(Refused):
        list(fetch(reference, whatsapp.settings, limit=len(PHOTO) - 1, timeout=1))
    assert b"".join(fetch(reference, whatsapp.settings, limit=len(PHOTO), timeout=1)) == PHOTO


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/x",
        "http://mms.twiliocdn.com/x",
        "https://twiliocdn.com.evil.example/x",
        "https://eviltwiliocdn.com/x",
        "https://user@mms.twiliocdn.com/x",
        "https://mms.twiliocdn.com:8443/x",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "http://[::1",
    ],
)
def test_a_redirect_to_a_stranger_is_not_followed(twilio: Twilio, whatsapp: WhatsApp, elsewhere: str) -> None:
    reference = twilio.attach(twilio.take_in(), PHOTO, "image/jpeg")
    twilio.redirect = elsewhere

    with pytest.raises(Refused):
        list(whatsapp.fetch(reference))
    assert len(twilio.requests) == 1


def test_a_circle_of_redirects_ends(twilio: Twilio, whatsapp: WhatsApp) -> None:
    reference = twilio.attach(twilio.take_in(), PHOTO, "image/jpeg")
    twilio.redirect = reference

    with pytest.raises(Unreachable):
        list(whatsapp.fetch(reference))
    assert len(twilio.requests) <= 4


@pytest.mark.parametrize(
    "reference",
    [
        "https://evil.example" + THERE,
        "http://api.twilio.com" + THERE,
        "https://api.twilio.com.evil.example" + THERE,
        "https://api.twilio.com@evil.example" + THERE,
        "https://api.twilio.com:444" + THERE,
        "https://api.twilio.com" + THERE.replace(ACCOUNT, "AC" + "f" * 32),
        "https://api.twilio.com" + THERE + "/../../../../Calls.json",
        "https://api.twilio.com" + THERE + "?x=1",
        "https://[api.twilio.com" + THERE,
        "/etc/passwd",
        "",
    ],
)
def test_our_credentials_go_to_no_address_but_a_file_of_our_own_account(
    twilio: Twilio, whatsapp: WhatsApp, reference: str
) -> None:
    without_base = read({**twilio.environ, "TWILIO_API_URL": ""})
    assert without_base is not None

    for channel in (whatsapp, WhatsApp(without_base, timeout=0.01)):
        with pytest.raises(Refused):
            list(channel.fetch(reference))
    assert twilio.requests == []
