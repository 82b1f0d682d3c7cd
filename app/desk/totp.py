"""The six digits of the second step (RFC 6238: SHA-1, thirty seconds, six digits, as every telephone does it). Pure."""

import base64
import hmac
import secrets
import struct
from datetime import datetime
from urllib.parse import quote

STEP, DIGITS, AROUND = 30, 6, (0, -1, 1)


def secret() -> str:
    """A new secret of 160 bits, as telephones take it."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def address(secret: str, *, who: str, issuer: str) -> str:
    """What the QR code holds."""
    return f"otpauth://totp/{quote(issuer)}:{quote(who)}?secret={secret}&issuer={quote(issuer)}"


def code(secret: str, step: int) -> str:
    """The digits of one half minute."""
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", step), "sha1")
    at = digest[-1] & 15
    number = struct.unpack(">I", digest[at : at + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def accepted(secret: str, typed: str, *, now: datetime, used: int | None) -> int | None:
    """The half minute whose digits these are, one to either side allowed; None for wrong ones or ones used before."""
    plain = "".join(sign for sign in typed if sign.isascii() and sign.isdigit())
    here = int(now.timestamp()) // STEP
    for away in AROUND:
        if hmac.compare_digest(code(secret, here + away), plain):
            return here + away if used is None or here + away > used else None
    return None
