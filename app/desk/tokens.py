"""Words that only we can make: the signed mark of a ticket in an address, and secrets of which we keep only a hash."""

import base64
import hashlib
import hmac
import re
import secrets

MARK_BYTES = 10


def mark(ticket_id: int, keys: tuple[str, ...]) -> str:
    """The signed mark of a ticket for plus-addresses and subjects: `<id in hexadecimal>-<20 hexadecimal digits>`."""
    return f"{ticket_id:x}-{_sign(ticket_id, keys[0])}"


def marked_ticket(token: str, keys: tuple[str, ...]) -> int | None:
    """The ticket that a mark names, signed with any of our keys; None for a forged or damaged one."""
    head, _, signature = token.partition("-")
    try:
        ticket_id = int(head, 16)
    except ValueError:
        return None
    known = any(hmac.compare_digest(_sign(ticket_id, key).encode(), signature.lower().encode()) for key in keys)
    return ticket_id if known else None


def return_mark(message_id: int, keys: tuple[str, ...]) -> str:
    """The signed mark of a message of ours, for the address that reports of its failure go to: `m<id>-<20 digits>`."""
    return f"m{message_id:x}-{_sign(message_id, keys[0], 'message')}"


def marked_message(token: str, keys: tuple[str, ...]) -> int | None:
    """The message that a mark names, signed with any of our keys; None for a ticket's, a forged or a damaged one."""
    head, _, signature = token.lower().partition("-")
    found = re.fullmatch(r"m([0-9a-f]{1,15})", head)
    if found is None:
        return None
    message_id = int(found[1], 16)
    known = any(hmac.compare_digest(_sign(message_id, key, "message").encode(), signature.encode()) for key in keys)
    return message_id if known else None


def secret() -> str:
    """A new word of 128 bits and more, fit for an address line."""
    return secrets.token_urlsafe(24)


def derived(purpose: str, keys: tuple[str, ...]) -> str:
    """A word of 128 bits and more for one purpose, which we can make again: a reminder repeats the link of the mail."""
    made = hmac.new(keys[0].encode(), purpose.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made[:24]).decode()


def fingerprint(word: str) -> str:
    """The hash under which a secret is kept."""
    return hashlib.sha256(word.encode()).hexdigest()


def _sign(number: int, key: str, what: str = "ticket") -> str:
    return hmac.new(key.encode(), f"{what}:{number}".encode(), hashlib.sha256).hexdigest()[: MARK_BYTES * 2]
