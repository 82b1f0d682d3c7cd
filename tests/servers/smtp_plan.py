"""What an SMTP server of the tests took in, and what it was told to do wrong."""

from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Literal

Step = Literal["connect", "ehlo", "auth", "mail", "rcpt", "data", "body"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One mail with its envelope, byte for byte; headers are read with `mail["Subject"]`."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    signed_in: bool

    @property
    def message(self) -> EmailMessage:
        """The mail, parsed."""
        return message_from_bytes(self.raw, policy=policy.default)

    @property
    def text(self) -> str:
        """Its plain text."""
        part = self.message.get_body(("plain",))
        return str(part.get_content()) if part is not None else ""

    def __getitem__(self, header: str) -> str | None:
        value = self.message[header]
        return None if value is None else str(value)


@dataclass(slots=True, kw_only=True)
class Plan:
    """What happens instead of the usual answer, and how often: a reply, silence, or a broken connection."""

    step: Step
    reply: str = ""
    recipient: str | None = None
    hangs: bool = False
    closes: bool = False
    keep: bool = True
    times: int = 1
