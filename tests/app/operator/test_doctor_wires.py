"""The doctor asks at the wires themselves: credentials, addresses, certificates."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest

from app.cli import doctor
from app.house import House
from channels.email.adapter import Email
from channels.registry import open_channels
from channels.way import Way
from tests.servers.dovecot import Dovecot
from tests.servers.intercepting import Intercepting
from tests.servers.smtp import Smtp
from tests.servers.twilio import Twilio
from tests.servers.twilio_account import NUMBER


def whatsapp(twilio: Twilio, **more: str) -> tuple[str, ...]:
    return open_channels({**twilio.environ, **more})["whatsapp"].check()


def sender(url: str, status: str = "ONLINE") -> dict[str, object]:
    return {"sid": "XE1", "sender_id": f"whatsapp:{NUMBER}", "status": status, "webhook": {"callback_url": url}}


def test_the_right_address_at_twilio_is_well_and_a_sandbox_is_not_blamed(twilio: Twilio) -> None:
    sandbox = whatsapp(twilio)
    twilio.senders.append(sender(f"{twilio.public_url}/hooks/whatsapp#rc=3&rp=ct,rt,5xx"))

    assert (sandbox, whatsapp(twilio)) == ((), ())


def test_another_address_at_twilio_is_told_with_the_right_one(twilio: Twilio) -> None:
    twilio.senders.append(sender("https://old.example.es/hook", "OFFLINE"))
    told = whatsapp(twilio)

    assert "https://old.example.es/hook" in told[0] and "/hooks/whatsapp#rc=3" in told[0] and "OFFLINE" in told[1]
    assert whatsapp(twilio, TWILIO_POLL="1") == ()


def test_wrong_credentials_and_silence_are_told_apart(twilio: Twilio) -> None:
    wrong = whatsapp(twilio, TWILIO_AUTH_TOKEN="another")
    twilio.close()

    assert "TWILIO_AUTH_TOKEN" in wrong[0] and "HTTPS_PROXY" in whatsapp(twilio)[0]


@pytest.mark.slow
def test_mail_servers_that_let_us_in_are_well(dovecot: Dovecot, smtp: Smtp) -> None:
    told = {"IMAP_URL": dovecot.url(), "SMTP_URL": smtp.url(login=True), "MAIL_FROM": "c@example.es"}
    well, wrong = Email.from_env(told), Email.from_env({**told, "IMAP_URL": dovecot.url(password="otra")})
    assert well is not None and wrong is not None

    assert well.check() == () and "IMAP_URL" in wrong.check()[0]


@pytest.mark.parametrize("step", ["mail", "rcpt"])
def test_a_server_that_takes_no_sender_with_a_plus_is_told_where_one_is_asked_for(
    smtp: Smtp, step: Literal["mail", "rcpt"]
) -> None:
    told = {"SMTP_URL": smtp.url(), "MAIL_FROM": "c@example.es"}
    plain, plus = Email.from_env(told), Email.from_env({**told, "MAIL_ENVELOPE": "plus"})
    assert plain is not None and plus is not None
    taken = plus.check()
    smtp.answer(step, "553 5.7.1 Sender address rejected", times=2)

    assert ["MAIL_ENVELOPE" in "".join(words) for words in (taken, plain.check(), plus.check())] == [False, False, True]
    assert smtp.received == []


def test_mail_servers_that_are_away_are_told(smtp: Smtp) -> None:
    channel = Email.from_env({"SMTP_URL": "smtp://127.0.0.1:9?tls=no", "MAIL_FROM": "c@example.es"})
    assert channel is not None

    assert [word for words in channel.check() for word in ("IMAP_URL", "SMTP_URL") if word in words] == [
        "IMAP_URL",
        "SMTP_URL",
    ]


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[Intercepting]:
    found = Intercepting(tmp_path)
    yield found
    found.close()


@pytest.fixture
def listening() -> Iterator[int]:
    """Somebody who accepts."""
    door = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=lambda: door.accept()[0].close(), daemon=True).start()
    yield door.getsockname()[1]
    door.close()


def test_a_certificate_of_our_own_that_ends_soon_is_told(house: House, proxy: Intercepting, listening: int) -> None:
    proxy.leads["imap.example.es"] = listening
    environ = {"HTTPS_PROXY": proxy.url, "CA_BUNDLE": str(proxy.authority)}
    config = replace(house.config, public_url="https://imap.example.es", environ=environ)
    *_, found = doctor.wires(replace(house, config=config, channels={}))

    assert not found.well and "caduca en 1 días" in found.cure
    assert Way.from_env(environ).proxy_for("imap.example.es")


def test_an_address_without_tls_is_told(house: House) -> None:
    config = replace(house.config, public_url="http://consultas.example.es")
    found = list(doctor.wires(replace(house, config=config, channels={})))

    assert [one.name for one in found if not one.well] == ["canal whatsapp", "canal email", "PUBLIC_URL"]
