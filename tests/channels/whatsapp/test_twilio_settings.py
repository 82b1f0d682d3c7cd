"""The variables of WhatsApp: absent, right, and wrong with a cure."""

import pytest

from channels.whatsapp.adapter import WhatsApp

GOOD = {
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "uno, dos,",
    "WHATSAPP_FROM": "whatsapp:+34 921 000 000",
    "PUBLIC_URL": "https://consultas.example.es/",
}


def test_without_variables_there_is_no_whatsapp() -> None:
    assert WhatsApp.from_env({"PUBLIC_URL": "https://consultas.example.es", "WHATSAPP_FROM": " "}) is None


def test_the_variables_are_read_and_typed() -> None:
    channel = WhatsApp.from_env(GOOD)

    assert channel is not None
    assert channel.line == "+34921000000"
    assert channel.settings.tokens == ("uno", "dos")
    assert channel.settings.credentials == ("AC" + "0" * 32, "uno")
    assert channel.settings.public_url == "https://consultas.example.es"


def test_an_api_key_signs_in_and_a_service_may_speak() -> None:
    channel = WhatsApp.from_env({**GOOD, "TWILIO_API_KEY": "SK" + "1" * 32 + ":s:e", "WHATSAPP_FROM": "MG" + "2" * 32})

    assert channel is not None
    assert channel.settings.credentials == ("SK" + "1" * 32, "s:e")
    assert channel.line == "MG" + "2" * 32


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TWILIO_ACCOUNT_SID", ""),
        ("TWILIO_ACCOUNT_SID", "AC123"),
        ("TWILIO_AUTH_TOKEN", " , "),
        ("TWILIO_API_KEY", "SK123"),
        ("TWILIO_API_URL", "localhost:9000"),
        ("TWILIO_API_URL", "http://127.0.0.1:9000/2010"),
        ("WHATSAPP_FROM", "921000000"),
        ("PUBLIC_URL", ""),
        ("PUBLIC_URL", "https://mi_servidor.example.es"),
        ("PUBLIC_URL", "https://consultas.example.es/?a=1"),
    ],
)
def test_a_wrong_variable_is_named(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=f"^{name}: "):
        WhatsApp.from_env({**GOOD, name: value})


def test_secrets_are_not_shown_when_settings_are_printed() -> None:
    channel = WhatsApp.from_env({**GOOD, "TWILIO_API_KEY": "SK" + "1" * 32 + ":secreto"})

    assert channel is not None
    assert "dos" not in repr(channel.settings)
    assert "secreto" not in repr(channel.settings)
