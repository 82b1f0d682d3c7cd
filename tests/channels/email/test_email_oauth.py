"""Signing in with access tokens instead of a password, at a real mailbox and a real way out."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from channels.channel import NotTaken, Unreachable
from channels.email.adapter import Email
from channels.email.settings import read
from tests.channels.email import provider as providers
from tests.channels.email.email_channel import outbound
from tests.channels.email.provider import Provider
from tests.servers import dovecot as dovecots
from tests.servers.dovecot import USER, Dovecot
from tests.servers.smtp import Smtp

SMTP = {"SMTP_URL": f"smtp://{quote(USER)}@127.0.0.1:9?tls=no&auth=oauth2", "MAIL_FROM": "Consultas <c@example.es>"}


@pytest.fixture
def provider() -> Iterator[Provider]:
    with providers.running() as running:
        yield running


@pytest.fixture
def mailbox(provider: Provider) -> Iterator[Dovecot]:
    """A mailbox that asks the provider about tokens."""
    with dovecots.running(introspection=provider.url("introspect")) as running:
        yield running


def settings(provider: Provider, **more: str) -> dict[str, str]:
    return {
        "MAIL_FROM": f"Consultas <{USER}>",
        "MAIL_OAUTH_CLIENT_ID": "ventanilla",
        "MAIL_OAUTH_TOKEN_URL": provider.url("token"),
        "MAIL_OAUTH_REFRESH_TOKEN": "refresh-1",
        **more,
    }


def channel(provider: Provider, **more: str) -> Email:
    opened = Email.from_env(settings(provider, **more))
    assert opened is not None
    return opened


def imap(mailbox: Dovecot) -> str:
    return f"imap://{quote(USER)}@127.0.0.1:{mailbox.port}/INBOX?auth=oauth2"


def smtp_url(smtp: Smtp) -> str:
    return f"smtp://{quote(USER)}@127.0.0.1:{smtp.port}?tls=no&auth=oauth2"


@pytest.mark.slow
def test_a_mailbox_is_read_with_a_token_that_is_asked_for_once(provider: Provider, mailbox: Dovecot) -> None:
    mailbox.deliver(b"From: a@b.example\r\n\r\nhola\r\n")
    opened = channel(provider, IMAP_URL=imap(mailbox))
    found = [len(list(opened.poll(lambda _: False))) for _ in range(2)]

    assert found == [1, 1]
    assert [form["grant_type"] for form in provider.asked] == ["refresh_token"]


@pytest.mark.slow
def test_a_token_that_the_mailbox_no_longer_takes_is_replaced_by_another(provider: Provider, mailbox: Dovecot) -> None:
    opened = channel(provider, IMAP_URL=imap(mailbox))
    list(opened.poll(lambda _: False))
    provider.good.clear()
    with pytest.raises(Unreachable, match="MAIL_OAUTH_CLIENT_ID"):
        list(opened.poll(lambda _: False))
    list(opened.poll(lambda _: False))

    assert len(provider.asked) == 2


def test_mail_goes_out_with_a_token(provider: Provider, smtp: Smtp) -> None:
    smtp.token = "token-1"
    channel(provider, SMTP_URL=smtp_url(smtp)).send(outbound())

    assert [mail.signed_in for mail in smtp.received] == [True]


def test_a_token_that_the_way_out_refuses_leaves_the_mail_untaken_and_the_next_try_asks_anew(
    provider: Provider, smtp: Smtp
) -> None:
    smtp.token = "token-2"
    opened = channel(provider, SMTP_URL=smtp_url(smtp))
    with pytest.raises(NotTaken):
        opened.send(outbound())
    opened.send(outbound())

    assert len(smtp.received) == 1


@pytest.mark.parametrize(("status", "said"), [(503, "no contesta"), (400, "no concede")])
def test_a_provider_that_gives_no_token_leaves_the_mail_untaken(
    provider: Provider, smtp: Smtp, status: int, said: str
) -> None:
    provider.status = status

    with pytest.raises(NotTaken, match=said):
        channel(provider, SMTP_URL=smtp_url(smtp)).send(outbound())


@pytest.mark.slow
def test_a_grant_that_its_owner_took_back_is_said_in_spanish_and_heals_with_a_new_one(
    provider: Provider, mailbox: Dovecot
) -> None:
    mailbox.deliver(b"From: a@b.example\r\n\r\nhola\r\n")
    opened = channel(provider, IMAP_URL=imap(mailbox))
    before = len(list(opened.poll(lambda _: False)))
    provider.refresh = "refresh-9"
    provider.good.clear()
    for said in ("MAIL_OAUTH_CLIENT_ID", "no concede"):
        with pytest.raises(Unreachable, match=said):
            list(opened.poll(lambda _: False))
    renewed = channel(provider, IMAP_URL=imap(mailbox), MAIL_OAUTH_REFRESH_TOKEN="refresh-9")

    assert [before, len(list(renewed.poll(lambda _: False)))] == [1, 1]


def test_a_token_about_to_end_is_not_used(provider: Provider, smtp: Smtp) -> None:
    provider.lasts = 60
    tokens = channel(provider, SMTP_URL=smtp_url(smtp)).settings.smtp
    assert tokens and tokens.tokens

    assert [tokens.tokens.current(), tokens.tokens.current()] == ["token-1", "token-2"]


def test_without_consent_of_the_owner_the_application_asks_in_its_own_name(provider: Provider, smtp: Smtp) -> None:
    smtp.token = "token-1"
    more = {"MAIL_OAUTH_REFRESH_TOKEN": "", "MAIL_OAUTH_CLIENT_SECRET": "secreto", "SMTP_URL": smtp_url(smtp)}
    channel(provider, **more).send(outbound())

    assert (provider.asked[0]["grant_type"], provider.asked[0]["scope"][:8]) == ("client_credentials", "https://")


def test_a_refresh_token_that_the_provider_renews_outlives_the_process(
    provider: Provider, smtp: Smtp, tmp_path: Path
) -> None:
    provider.renews_to = "refresh-2"
    for number in (1, 2):
        smtp.token = f"token-{number}"
        channel(provider, SMTP_URL=smtp_url(smtp), DATA_DIR=str(tmp_path)).send(outbound())

    assert [form["refresh_token"] for form in provider.asked] == ["refresh-1", "refresh-2"]
    assert (tmp_path / "mail-oauth.json").stat().st_mode & 0o777 == 0o600


def test_a_new_refresh_token_in_the_settings_counts_more_than_the_renewed_one(
    provider: Provider, smtp: Smtp, tmp_path: Path
) -> None:
    provider.renews_to = "refresh-2"
    smtp.token = "token-1"
    channel(provider, SMTP_URL=smtp_url(smtp), DATA_DIR=str(tmp_path)).send(outbound())
    provider.refresh, smtp.token = "refresh-9", "token-2"
    more = {"SMTP_URL": smtp_url(smtp), "DATA_DIR": str(tmp_path), "MAIL_OAUTH_REFRESH_TOKEN": "refresh-9"}
    channel(provider, **more).send(outbound())

    assert provider.asked[-1]["refresh_token"] == "refresh-9"


@pytest.mark.parametrize(
    ("more", "variable"),
    [
        ({}, "SMTP_URL"),
        ({"MAIL_OAUTH_TOKEN_URL": "https://x.example/t"}, "MAIL_OAUTH_CLIENT_ID"),
        ({"MAIL_OAUTH_CLIENT_ID": "a", "MAIL_OAUTH_TOKEN_URL": "http://x.example/t"}, "MAIL_OAUTH_TOKEN_URL"),
        ({"MAIL_OAUTH_CLIENT_ID": "a", "MAIL_OAUTH_TOKEN_URL": "https://x.example/t"}, "MAIL_OAUTH_REFRESH_TOKEN"),
    ],
)
def test_what_is_missing_is_named(more: dict[str, str], variable: str) -> None:
    with pytest.raises(ValueError, match=f"^{variable}"):
        read(SMTP | more)


def test_no_secret_is_in_a_representation(provider: Provider) -> None:
    found = read(settings(provider, SMTP_URL=SMTP["SMTP_URL"], MAIL_OAUTH_CLIENT_SECRET="secreto"))
    assert found and found.smtp

    assert not {"secreto", "refresh-1"} & set(repr(found.smtp.tokens).replace("'", " ").split())
