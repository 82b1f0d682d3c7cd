"""Asking Twilio afterwards: what became of a message, and what we missed."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from channels.channel import NoAnswer, Unreachable
from channels.message import Address, Delivery, Inbound, Outbound, Receipt
from channels.whatsapp.adapter import WhatsApp
from channels.whatsapp.settings import read
from tests.servers.twilio import Twilio
from tests.servers.twilio_account import NUMBER, SERVICE

ANA = Address(channel="whatsapp", address="+34600111222", kind="phone")
AN_HOUR = timedelta(hours=1)


def outbound(text: str = "Abra «Restaurar instalación».", **changed: object) -> Outbound:
    now = datetime.now(UTC) - timedelta(seconds=5)
    known: dict[str, Any] = {
        "key": 81,
        "attempt": 1,
        "channel": "whatsapp",
        "line": NUMBER,
        "to": ANA,
        "queued_at": now,
    }
    return Outbound(**{**known, "text": text, **changed})


def an_hour_ago() -> datetime:
    return datetime.now(UTC) - AN_HOUR


def test_a_message_that_went_out_in_silence_is_found_by_its_words(
    twilio: Twilio, whatsapp: WhatsApp, hasty: WhatsApp
) -> None:
    twilio.fault(silent="after")
    with pytest.raises(NoAnswer):
        hasty.send(outbound())
    receipt = whatsapp.ask(outbound())

    assert receipt is not None
    assert (receipt.external_id, receipt.delivery) == (twilio.sent[0].sid, Delivery.SENT)
    assert receipt.outbound_key == 81


def test_a_message_that_never_arrived_leaves_no_trace(twilio: Twilio, whatsapp: WhatsApp) -> None:
    whatsapp.send(outbound("Otra cosa"))
    whatsapp.send(outbound(to=Address(channel="whatsapp", address="+34600999999", kind="phone")))
    twilio.take_in(body=outbound().text)

    assert whatsapp.ask(outbound()) is None


def test_the_same_words_of_an_earlier_day_are_another_message(twilio: Twilio, whatsapp: WhatsApp) -> None:
    whatsapp.send(outbound())
    twilio.sent[0].created = datetime.now(UTC) - timedelta(days=2)

    assert whatsapp.ask(outbound()) is None


def test_the_same_words_that_we_know_as_another_message_are_not_this_one(twilio: Twilio, whatsapp: WhatsApp) -> None:
    known = whatsapp.send(outbound()).external_id
    absent = whatsapp.ask(outbound(), others={known})
    whatsapp.send(outbound())
    found = whatsapp.ask(outbound(), others={known})

    assert absent is None
    assert found is not None and found.external_id == twilio.sent[1].sid


def test_a_message_is_found_by_a_desk_whose_clock_is_two_hours_fast(twilio: Twilio, whatsapp: WhatsApp) -> None:
    fast = outbound(queued_at=datetime.now(UTC) + timedelta(hours=2))
    whatsapp.send(fast)

    assert whatsapp.ask(fast) is not None


def test_a_try_that_failed_is_not_taken_for_the_one_after_it(twilio: Twilio, whatsapp: WhatsApp) -> None:
    for _ in range(2):
        whatsapp.send(outbound())
    twilio.sent[0].status = "undelivered"
    receipt = whatsapp.ask(outbound())

    assert receipt is not None and receipt.external_id == twilio.sent[1].sid


def test_a_message_is_found_behind_many_pages(twilio: Twilio, whatsapp: WhatsApp) -> None:
    whatsapp.send(outbound())
    sid = twilio.sent[0].sid
    for number in range(230):
        twilio.take_out({"To": [f"whatsapp:{ANA.address}"], "Body": [f"Mensaje {number}"]})
    receipt = whatsapp.ask(outbound())

    assert receipt is not None
    assert receipt.external_id == sid


@pytest.mark.parametrize(
    ("status", "delivery"),
    [("queued", Delivery.SENT), ("delivered", Delivery.DELIVERED), ("undelivered", Delivery.FAILED)],
)
def test_a_message_with_an_id_is_asked_by_it(
    twilio: Twilio, whatsapp: WhatsApp, status: str, delivery: Delivery
) -> None:
    sid = whatsapp.send(outbound()).external_id
    twilio.sent[0].status, twilio.sent[0].error_code = status, 63003
    receipt = whatsapp.ask(outbound(external_id=sid))

    assert receipt is not None
    assert receipt.delivery is delivery
    assert (receipt.code == "63003") is (delivery is Delivery.FAILED)


def test_an_id_that_twilio_does_not_know_leaves_no_trace(whatsapp: WhatsApp) -> None:
    assert whatsapp.ask(outbound(external_id="SM" + "0" * 32)) is None


def test_a_template_that_went_out_is_found_and_another_one_leaves_doubt(twilio: Twilio, whatsapp: WhatsApp) -> None:
    twilio.templates["HX1"] = "Su consulta {{1}} tiene respuesta."
    one = outbound("Su consulta C-1 tiene respuesta.", template=("HX1", '{"1": "C-1"}'))
    whatsapp.send(one)

    assert whatsapp.ask(one) is not None
    with pytest.raises(Unreachable):
        whatsapp.ask(outbound("Su consulta C-2 tiene respuesta.", template=("HX1", '{"1": "C-2"}')))


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 429}, {"broken": True}, {"silent": "before"}])
def test_what_cannot_be_asked_now_is_unreachable(twilio: Twilio, hasty: WhatsApp, fault: dict[str, object]) -> None:
    for ask in (lambda: hasty.ask(outbound()), lambda: list(hasty.since(an_hour_ago()))):
        twilio.fault(**fault)

        with pytest.raises(Unreachable):
            ask()


def test_a_missed_message_comes_back_under_the_key_that_the_push_would_have_had(
    twilio: Twilio, whatsapp: WhatsApp
) -> None:
    missed = twilio.take_in(body="¿Hay alguien? ñ")
    (pushed,) = whatsapp.since(an_hour_ago())
    (read_back,) = whatsapp.parse(pushed.raw, datetime.now(UTC))

    assert pushed.wire_key == missed.sid
    assert isinstance(read_back, Inbound)
    assert (read_back.external_id, read_back.text, read_back.addresses) == (missed.sid, "¿Hay alguien? ñ", (ANA,))
    assert read_back.sent_at == missed.created.replace(microsecond=0)
    assert ("VentanillaFetched", "true") in read_back.original_form


def test_a_missed_file_can_be_fetched(twilio: Twilio, whatsapp: WhatsApp) -> None:
    twilio.attach(twilio.take_in(), b"una foto", "image/jpeg")
    (pushed,) = whatsapp.since(an_hour_ago())
    (read_back,) = whatsapp.parse(pushed.raw, datetime.now(UTC))

    assert isinstance(read_back, Inbound)
    assert read_back.text == "[foto]"
    assert b"".join(whatsapp.fetch(read_back.attachments[0].reference or "")) == b"una foto"


def test_news_of_our_messages_comes_under_the_key_of_its_callback(twilio: Twilio, whatsapp: WhatsApp) -> None:
    for _ in range(3):
        whatsapp.send(outbound())
    read_one, failed, _queued = twilio.sent
    read_one.status, failed.status, failed.error_code = "read", "failed", 63016
    pushed = list(whatsapp.since(an_hour_ago()))
    news = [one for push in pushed for one in whatsapp.parse(push.raw, datetime.now(UTC))]

    assert {push.wire_key for push in pushed} == {f"{read_one.sid}:read", f"{failed.sid}:failed"}
    assert {(one.delivery, one.code) for one in news if isinstance(one, Receipt)} == {
        (Delivery.READ, None),
        (Delivery.FAILED, "63016"),
    }


def test_what_is_older_than_the_moment_does_not_come(twilio: Twilio, whatsapp: WhatsApp) -> None:
    twilio.take_in(body="de ayer").created -= timedelta(days=1)

    assert list(whatsapp.since(an_hour_ago())) == []


def test_a_moment_in_another_zone_is_the_same_moment(twilio: Twilio, whatsapp: WhatsApp) -> None:
    twilio.take_in(body="de hace media hora").created -= timedelta(minutes=30)

    assert len(list(whatsapp.since(an_hour_ago().astimezone(ZoneInfo("Pacific/Auckland"))))) == 1


def test_a_messaging_service_looks_at_all_of_the_account_s_whatsapps(twilio: Twilio) -> None:
    settings = read({**twilio.environ, "WHATSAPP_FROM": SERVICE})
    assert settings is not None
    twilio.take_in(body="por el servicio")
    sms = twilio.take_in(body="un sms")
    sms.to, sms.sender = NUMBER, "+34600111222"

    assert len(list(WhatsApp(settings).since(an_hour_ago()))) == 1


def test_hundreds_of_missed_messages_come_once_each(twilio: Twilio, whatsapp: WhatsApp) -> None:
    for number in range(250):
        twilio.take_in(body=f"Mensaje {number}")
    keys = sorted(pushed.wire_key for pushed in whatsapp.since(an_hour_ago()))

    assert len(keys) == len(set(keys)) == 250
