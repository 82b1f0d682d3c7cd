"""Sending over real HTTP to the stand-in, and what each way of failing means for the message."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from channels.channel import NoAnswer, NotTaken, Refused
from channels.message import Address, Delivery, Outbound
from channels.whatsapp.adapter import WhatsApp
from channels.whatsapp.errors import TABLE, trouble
from channels.whatsapp.settings import read
from tests.servers.twilio import Twilio
from tests.servers.twilio_account import API_KEY, NUMBER, SERVICE

ANA = Address(channel="whatsapp", address="+34600111222", kind="phone")


def outbound(text: str = "Abra «Restaurar instalación».", **changed: object) -> Outbound:
    now = datetime.now(UTC) - timedelta(seconds=5)
    known: dict[str, Any] = {
        "key": 81,
        "attempt": 2,
        "channel": "whatsapp",
        "line": NUMBER,
        "to": ANA,
        "queued_at": now,
    }
    return Outbound(**{**known, "text": text, **changed})


def opened(twilio: Twilio, **changed: str) -> WhatsApp:
    settings = read({**twilio.environ, **changed})
    assert settings is not None
    return WhatsApp(settings)


def test_a_message_goes_out_with_its_callback(twilio: Twilio, whatsapp: WhatsApp) -> None:
    receipt = whatsapp.send(outbound())

    (sent,) = twilio.sent
    assert (receipt.delivery, receipt.external_id, receipt.outbound_key) == (Delivery.SENT, sent.sid, 81)
    assert (sent.to, sent.sender, sent.body) == (f"whatsapp:{ANA.address}", f"whatsapp:{NUMBER}", outbound().text)
    assert sent.callback == "https://consultas.example.es/hooks/whatsapp/status/81-2"


def test_a_business_scoped_id_is_written_to_as_it_is(twilio: Twilio, whatsapp: WhatsApp) -> None:
    whatsapp.send(outbound(to=Address(channel="whatsapp", address="ES.12ab", kind="bsuid")))

    assert twilio.sent[0].to == "whatsapp:ES.12ab"


def test_a_messaging_service_chooses_the_number(twilio: Twilio) -> None:
    opened(twilio, WHATSAPP_FROM=SERVICE).send(outbound(line=SERVICE))

    assert twilio.sent[0].form["MessagingServiceSid"] == [SERVICE]
    assert "From" not in twilio.sent[0].form


def test_an_api_key_is_used_if_there_is_one(twilio: Twilio) -> None:
    receipt = opened(twilio, TWILIO_API_KEY=":".join(API_KEY), TWILIO_AUTH_TOKEN="otro").send(outbound())

    assert receipt.delivery is Delivery.SENT


def test_a_template_goes_without_body(twilio: Twilio, whatsapp: WhatsApp) -> None:
    twilio.templates["HX1"] = "Su consulta {{1}} tiene respuesta."
    whatsapp.send(outbound(template=("HX1", '{"1": "C-10427-3"}')))

    assert twilio.sent[0].body == "Su consulta C-10427-3 tiene respuesta."
    assert "Body" not in twilio.sent[0].form


def test_files_go_by_their_addresses(twilio: Twilio, whatsapp: WhatsApp) -> None:
    whatsapp.send(outbound("", media_urls=("https://x.example.es/1.pdf", "https://x.example.es/2.pdf")))

    assert twilio.sent[0].form["MediaUrl"] == ["https://x.example.es/1.pdf", "https://x.example.es/2.pdf"]


def test_what_the_wire_cannot_carry_is_taken_out_of_the_words(twilio: Twilio, whatsapp: WhatsApp) -> None:
    whatsapp.send(outbound("Hola\x00 \ud83dñ"))

    assert twilio.sent[0].body == "Hola ñ"


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (outbound("a" * 1601), "21617"),
        (outbound("  "), "21619"),
        (outbound(media_urls=("https://x.example.es/1.pdf",) * 11), "21623"),
    ],
)
def test_what_twilio_would_refuse_is_refused_before_we_speak(
    twilio: Twilio, whatsapp: WhatsApp, message: Outbound, code: str
) -> None:
    with pytest.raises(Refused) as refusal:
        whatsapp.send(message)

    assert refusal.value.code == code
    assert twilio.requests == []


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (429, 20429, NotTaken),
        (400, 63018, NotTaken),
        (400, 21211, Refused),
        (400, 63016, Refused),
        (400, 99999, Refused),
        (401, 20003, Refused),
        (408, None, NoAnswer),
        (500, None, NoAnswer),
        (503, 20503, NoAnswer),
    ],
)
def test_an_error_says_whether_the_message_may_go_again(
    twilio: Twilio, whatsapp: WhatsApp, status: int, code: int | None, error: type[Exception]
) -> None:
    twilio.fault(status=status, code=code)

    with pytest.raises(error):
        whatsapp.send(outbound())
    assert twilio.sent == []


def test_a_refusal_says_why_in_spanish_and_names_the_code(twilio: Twilio, whatsapp: WhatsApp) -> None:
    twilio.fault(status=400, code=63016)

    with pytest.raises(Refused, match="24 horas") as refusal:
        whatsapp.send(outbound())
    assert refusal.value.code == "63016"


def test_a_refused_connection_took_nothing(twilio: Twilio, whatsapp: WhatsApp) -> None:
    twilio.close()

    with pytest.raises(NotTaken):
        whatsapp.send(outbound())


@pytest.mark.parametrize("when", ["before", "after"])
def test_silence_is_no_answer_whether_taken_or_not(twilio: Twilio, hasty: WhatsApp, when: str) -> None:
    twilio.fault(silent=when)

    with pytest.raises(NoAnswer):
        hasty.send(outbound())
    assert len(twilio.sent) == (when == "after")


def test_a_line_that_breaks_after_we_spoke_is_no_answer(twilio: Twilio, whatsapp: WhatsApp) -> None:
    twilio.fault(broken=True)

    with pytest.raises(NoAnswer):
        whatsapp.send(outbound())


def test_an_answer_that_is_not_twilio_s_is_no_answer(twilio: Twilio, whatsapp: WhatsApp) -> None:
    twilio.fault(status=200, code=1)

    with pytest.raises(NoAnswer):
        whatsapp.send(outbound())


def test_a_proxy_that_is_not_there_took_nothing(twilio: Twilio) -> None:
    twilio.close()
    settings = read({**twilio.environ, "TWILIO_API_URL": "", "HTTPS_PROXY": twilio.url})
    assert settings is not None

    with pytest.raises(NotTaken):
        WhatsApp(settings).send(outbound())


def test_every_code_has_a_whole_spanish_sentence() -> None:
    for code, known in TABLE.items():
        assert re.fullmatch(r"[0-9]{3,5}", code)
        assert known.reason[0].isupper()
        assert known.reason.endswith(".")

    assert trouble("12345").reason.endswith("(código 12345).")
    assert trouble(None).reason
