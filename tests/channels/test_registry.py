"""Which channels an environment opens, and what knowing them costs."""

import subprocess
import sys

import pytest

from channels.registry import ALL, open_channels

TWILIO = {
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "uno",
    "WHATSAPP_FROM": "+34921000000",
    "PUBLIC_URL": "https://consultas.example.es",
}


def test_without_variables_only_the_telephone_is_there() -> None:
    assert list(open_channels({})) == ["phone"]


def test_a_channel_is_there_when_its_variables_are() -> None:
    channels = open_channels(TWILIO)

    assert set(channels) == {"whatsapp", "phone"}
    assert all(name == channel.name for name, channel in channels.items())
    assert len(ALL) == 3


def test_a_wrong_variable_stops_the_start_with_its_name() -> None:
    with pytest.raises(ValueError, match=r"^WHATSAPP_FROM: "):
        open_channels({**TWILIO, "WHATSAPP_FROM": "hola"})


def test_knowing_the_channels_loads_no_network_library() -> None:
    code = (
        "import sys, channels.registry as r; r.open_channels({}); "
        "print([m for m in ('twilio.rest', 'requests', 'phonenumbers', 'imapclient', 'flask') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
