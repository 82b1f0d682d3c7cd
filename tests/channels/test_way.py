"""Every wire goes out through the house's proxy and trusts the house's authority, or stays at home."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from channels.channel import NotTaken, Unreachable
from channels.email.adapter import Email
from channels.message import Delivery
from channels.way import Way
from channels.whatsapp.adapter import WhatsApp
from channels.whatsapp.settings import read
from tests.channels.email import provider
from tests.channels.email.email_channel import outbound as mail
from tests.channels.whatsapp.test_twilio_send import outbound
from tests.servers.dovecot import Dovecot
from tests.servers.intercepting import Intercepting
from tests.servers.smtp import Smtp
from tests.servers.twilio import Twilio
from tests.servers.twilio_fixture import twilio

__all__ = ["twilio"]


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[Intercepting]:
    found = Intercepting(tmp_path)
    yield found
    found.close()


def environ(proxy: Intercepting, **more: str) -> dict[str, str]:
    return {"HTTPS_PROXY": proxy.url, "CA_BUNDLE": str(proxy.authority), "MAIL_FROM": "consultas@example.es", **more}


def whatsapp(twilio: Twilio, proxy: Intercepting, **more: str) -> WhatsApp:
    proxy.leads["api.twilio.com"] = int(twilio.url.rpartition(":")[2])
    settings = read({**twilio.environ, **environ(proxy), "TWILIO_API_URL": "", "TWILIO_POLL": "1", **more})
    assert settings is not None
    return WhatsApp(settings, timeout=5)


def test_whatsapp_goes_through_the_proxy_and_says_who_we_are_there(twilio: Twilio, proxy: Intercepting) -> None:
    channel = whatsapp(twilio, proxy)
    receipt = channel.send(outbound())
    reference = twilio.attach(twilio.take_in(body="hola"), b"photo", "image/png").replace(
        twilio.url, "https://api.twilio.com"
    )
    twilio.redirect = "https://api.twilio.com/not/a/cdn"
    heard = list(channel.poll(lambda key: key.startswith(receipt.external_id)))
    channel.forget(reference)

    assert receipt.delivery is Delivery.SENT and len(heard) == 1 and twilio.messages[-1].media == []
    assert (
        set(proxy.asked) == {"api.twilio.com"} and "Proxy-Authorization: Basic Z2VudGU6Y2xhdmVAeA==" in proxy.headers[0]
    )


def test_a_certificate_of_the_house_is_not_believed_unless_it_is_told_to_be(
    twilio: Twilio, proxy: Intercepting
) -> None:
    with pytest.raises(NotTaken):
        whatsapp(twilio, proxy, CA_BUNDLE="").send(outbound())

    assert twilio.sent == []


def test_a_proxy_that_lets_us_through_nowhere_took_nothing(twilio: Twilio, proxy: Intercepting) -> None:
    channel = whatsapp(twilio, proxy)
    proxy.leads.clear()

    with pytest.raises(NotTaken):
        channel.send(outbound())


def test_mail_goes_out_through_the_proxy(smtp: Smtp, proxy: Intercepting) -> None:
    proxy.leads["smtp.example.es"] = smtp.port
    channel = Email.from_env(environ(proxy, SMTP_URL="smtps://smtp.example.es"))
    assert channel is not None

    assert channel.send(mail()).delivery is Delivery.SENT
    assert len(smtp.received) == 1 and proxy.asked == ["smtp.example.es"]


@pytest.mark.slow
def test_a_mailbox_is_read_through_the_proxy(dovecot: Dovecot, proxy: Intercepting) -> None:
    proxy.leads["imap.example.es"] = dovecot.port
    url = dovecot.url().replace("imap://", "imaps://").replace(f"127.0.0.1:{dovecot.port}", "imap.example.es")
    channel = Email.from_env(environ(proxy, IMAP_URL=url))
    stranger = Email.from_env({**environ(proxy, IMAP_URL=url), "CA_BUNDLE": ""})
    assert channel is not None and stranger is not None

    assert list(channel.poll(lambda _: False)) == [] and set(proxy.asked) == {"imap.example.es"}
    with pytest.raises(Unreachable, match="certificado"):
        list(stranger.poll(lambda _: False))


def test_the_permission_for_a_mailbox_is_asked_for_through_the_proxy(smtp: Smtp, proxy: Intercepting) -> None:
    with provider.running() as grants:
        proxy.leads |= {"login.provider.example": grants.server_address[1], "smtp.example.es": smtp.port}
        channel = Email.from_env(
            environ(
                proxy,
                SMTP_URL="smtps://consultas%40example.es@smtp.example.es?auth=oauth2",
                MAIL_OAUTH_CLIENT_ID="ventanilla",
                MAIL_OAUTH_TOKEN_URL="https://login.provider.example/token",
                MAIL_OAUTH_REFRESH_TOKEN=grants.refresh,
            )
        )
        assert channel is not None
        with contextlib.suppress(NotTaken):
            channel.send(mail())

        assert [form["refresh_token"] for form in grants.asked] == [grants.refresh]
    assert "login.provider.example" in proxy.asked


@pytest.mark.parametrize(
    ("host", "through"),
    [
        ("api.twilio.com", True),
        ("correo.council.example", False),
        ("council.example", False),
        ("notcouncil.example", True),
        ("localhost", False),
        ("127.0.0.1", False),
    ],
)
def test_what_is_near_is_reached_without_the_proxy(host: str, through: bool) -> None:
    way = Way.from_env({"HTTPS_PROXY": "http://proxy.example:3128", "NO_PROXY": ".council.example, 10.0.0.1"})

    assert (way.proxy_for(host) is not None) is through


def test_a_star_means_no_proxy_at_all() -> None:
    assert Way.from_env({"HTTPS_PROXY": "http://p.example", "NO_PROXY": "*"}).proxy_for("api.twilio.com") is None


def test_the_password_of_the_proxy_is_not_shown() -> None:
    assert "clave" not in repr(Way(proxy="http://gente:clave@proxy.example"))
