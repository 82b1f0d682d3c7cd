"""Where a mail carries the token of the ticket it belongs to; read, never believed. Pure."""

import re

from channels.email import people
from channels.email.headers import Headers
from channels.message import Participant

SHAPE = "[A-Za-z0-9_-]{8,64}"
SUBJECT = re.compile(rf"\[#({SHAPE})\]")
HEADERS = ("to", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "cc", "x-forwarded-to", "resent-to")


def find(headers: Headers, *, line: str) -> str | None:
    """The token in an address of ours (`consultas+TOKEN@…`), else in the subject (`[#TOKEN]`); None if neither."""
    local, _, domain = line.lower().partition("@")
    pattern = re.compile(rf"^[\"']?{re.escape(local)}\+({SHAPE})@{re.escape(domain)}$", re.IGNORECASE)
    for name in HEADERS:
        for value in headers.all(name):
            found = _in_addresses(value, pattern)
            if found:
                return found
    match = SUBJECT.search(headers.text("subject"))
    return match[1] if match else None


def _in_addresses(value: str, pattern: re.Pattern[str]) -> str | None:
    """Participants are lower-cased, and a token is not: the written form is asked."""
    for written in re.findall(r"[^\s<>,;\"']+@[^\s<>,;\"']+", value[:50_000]):
        match = pattern.match(written.strip("<>'\""))
        if match:
            return match[1]
    return None


def named(headers: Headers, name: str) -> tuple[Participant, ...]:
    """Everybody in every header of that name."""
    return tuple(person for value in headers.all(name) for person in people.people(value))
