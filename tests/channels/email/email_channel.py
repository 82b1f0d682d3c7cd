"""The e-mail channel over the servers of the tests, and a message for it."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from channels.email.adapter import Email
from channels.message import Address, Outbound

ADDRESS = "consultas@example.es"
NOW = datetime(2026, 11, 23, 11, 30, tzinfo=UTC)


def email(*, step: float = 10, whole: float = 20, **urls: str) -> Email:
    """The channel with `imap` and `smtp` as given."""
    environ = {"MAIL_FROM": f"Consultas de la Diputación <{ADDRESS}>"}
    environ |= {f"{name.upper()}_URL": url for name, url in urls.items()}
    opened = Email.from_env(environ)
    assert opened is not None
    return Email(opened.settings, step=step, whole=whole)


def outbound(**changes: Any) -> Outbound:
    """An answer to a citizen."""
    plain = Outbound(
        key=7,
        attempt=1,
        channel="email",
        line=ADDRESS,
        to=Address(channel="email", address="ana@correo.example", kind="email"),
        to_name="Ana Peña",
        text="Buenos días:\n\nPruebe otra vez.\n",
        subject="Re: ¿Cómo firmo?",
        message_id="<7.1@example.es>",
        queued_at=NOW,
    )
    return replace(plain, **changes)
