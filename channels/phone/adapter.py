"""The telephone as a Channel: calls are noted down by hand and answered by hand."""

from collections.abc import Mapping
from datetime import datetime
from typing import Self

from channels.channel import Channel, Limits, Refused
from channels.message import Inbound, Outbound, Receipt
from channels.phone import parse


class Phone(Channel):
    """Nothing of it goes over a wire; it is always there."""

    name = "phone"
    polls = compares = False
    limits = Limits(text=10_000, window=None, templates=False, attachment_bytes=0)

    def __init__(self, line: str = "phone") -> None:
        self.line = line

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Self:
        """PHONE_LINE names our end, if somebody wants to see the number there."""
        return cls(environ.get("PHONE_LINE", "").strip() or "phone")

    def parse(self, raw: bytes, received_at: datetime) -> tuple[Inbound | Receipt, ...]:
        """What `channels.phone.parse.write` wrote."""
        return parse.parse(raw, line=self.line)

    def send(self, outbound: Outbound) -> Receipt:
        """Never: an answer by telephone is a call, and the desk keeps it as such."""
        raise Refused("Se llama por teléfono: lo hace una persona")
