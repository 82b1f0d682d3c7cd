"""Words that only we can make: the signed mark of a ticket in an address, and secrets of which we keep only a hash."""

import base64
import hashlib
import hmac
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


def _sign(ticket_id: int, key: str) -> str:
    return hmac.new(key.encode(), f"ticket:{ticket_id}".encode(), hashlib.sha256).hexdigest()[: MARK_BYTES * 2]
