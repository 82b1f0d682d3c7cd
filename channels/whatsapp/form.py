"""Twilio's form: the fields in the order in which they came, repeated ones too."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Self
from urllib.parse import parse_qsl, urlencode

# What we add to a form ourselves, so that the bytes that we keep tell the whole story.
KEY = "VentanillaKey"
FETCHED = "VentanillaFetched"
CREATED = "VentanillaDateCreated"

UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def clean(text: str) -> str:
    """Without NUL and lone surrogates, which PostgreSQL refuses."""
    return UNSTORABLE.sub("", text)


@dataclass(frozen=True, slots=True)
class Form:
    """Fields by name; iterates over names and offers `getlist`, which is all that Twilio's validator asks for."""

    pairs: tuple[tuple[str, str], ...]

    @classmethod
    def read(cls, raw: bytes) -> Self:
        """The fields as sent, nothing stripped: the signature is over these."""
        return cls(tuple(parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True)))

    def __len__(self) -> int:
        return len(self.pairs)

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self.pairs)

    def getlist(self, name: str) -> list[str]:
        """Every value of a field."""
        return [value for known, value in self.pairs if known == name]

    def get(self, *names: str) -> str:
        """The first of these fields that is there and not blank, without blanks at its ends; else ''."""
        values = (value.strip() for name in names for value in self.getlist(name))
        return next((value for value in values if value), "")

    def cleaned(self) -> "Form":
        """The same fields, fit for a database."""
        return Form(tuple((clean(name), clean(value)) for name, value in self.pairs))


def written(pairs: Iterable[tuple[str, str]]) -> bytes:
    """Fields as Twilio would post them."""
    return urlencode([(clean(name), clean(value)) for name, value in pairs]).encode("ascii")


def sid(form: Form) -> str:
    """The wire's own id of the message that a form speaks of, or ''."""
    return form.get("MessageSid", "SmsSid", "SmsMessageSid")


def status(form: Form) -> str:
    """What a status callback reports, or '' for a message that came in."""
    said = form.get("MessageStatus", "SmsStatus").lower()
    return "" if said in {"received", "receiving"} else said
