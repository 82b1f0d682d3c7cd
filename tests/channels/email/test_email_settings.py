"""The variables of the channel: what they mean, and what is said when one is wrong."""

import pytest

from channels.email.adapter import Email, handed
from channels.email.settings import read

FROM = {"MAIL_FROM": "Consultas <Consultas@Example.es>"}


def test_without_servers_there_is_no_channel() -> None:
    assert Email.from_env(FROM) is None


def test_the_line_is_our_address() -> None:
    channel = Email.from_env(FROM | {"SMTP_URL": "smtp://localhost"})

    assert channel is not None
    assert (channel.line, channel.settings.name) == ("consultas@example.es", "Consultas")


def test_a_url_is_read_with_its_defaults() -> None:
    found = read(
        FROM | {"IMAP_URL": "imaps://a%40b.es:p%2Fw%3A1@x.example/Mi%20Buz%C3%B3n", "SMTP_URL": "smtp://y.example"}
    )

    assert found is not None
    assert found.imap is not None
    assert found.smtp is not None
    assert (found.imap.user, found.imap.password, found.imap.folder) == ("a@b.es", "p/w:1", "Mi Buzón")
    assert (found.imap.port, found.imap.tls, found.imap.starttls) == (993, True, False)
    assert (found.smtp.port, found.smtp.tls, found.smtp.starttls) == (587, False, True)


def test_encryption_is_left_out_only_where_it_is_said_or_on_this_machine() -> None:
    plain = read(FROM | {"SMTP_URL": "smtp://y.example?tls=no"})
    here = read(FROM | {"SMTP_URL": "smtp://127.0.0.1:2525"})

    assert plain is not None
    assert plain.smtp is not None
    assert not plain.smtp.starttls
    assert here is not None
    assert here.smtp is not None
    assert not here.smtp.starttls


@pytest.mark.parametrize(
    ("environ", "variable"),
    [
        ({"SMTP_URL": "smtp://y.example"}, "MAIL_FROM"),
        ({"SMTP_URL": "smtp://y.example", "MAIL_FROM": "Consultas"}, "MAIL_FROM"),
        (FROM | {"SMTP_URL": "http://y.example"}, "SMTP_URL"),
        (FROM | {"SMTP_URL": "smtp://y.example:puerto"}, "SMTP_URL"),
        (FROM | {"SMTP_URL": "smtp://y.example", "MAIL_ENVELOPE": "verp"}, "MAIL_ENVELOPE"),
        (FROM | {"IMAP_URL": "imaps://y.example"}, "IMAP_URL"),
        (FROM | {"IMAP_URL": "imaps://u:p@y.example?auth=oauth2"}, "IMAP_URL"),
    ],
)
def test_a_wrong_variable_is_named(environ: dict[str, str], variable: str) -> None:
    with pytest.raises(ValueError, match=variable):
        read(environ)


def test_a_password_is_in_no_representation() -> None:
    assert "secreto" not in repr(read(FROM | {"IMAP_URL": "imaps://u:secreto@y.example"}))


def test_a_mail_handed_over_has_a_key_of_its_bytes() -> None:
    assert handed(b"hola").wire_key == handed(b"hola").wire_key != handed(b"adios").wire_key
