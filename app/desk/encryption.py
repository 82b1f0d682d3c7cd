"""Short secrets that we must be able to read again, kept so that the database alone gives nothing away."""

import base64
import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE = 12


def lock(word: bytes, keys: tuple[str, ...], *, whose: str) -> str:
    """The word under the first of our keys, good for nobody but this owner."""
    nonce = secrets.token_bytes(NONCE)
    return base64.urlsafe_b64encode(nonce + _lock(keys[0], whose).encrypt(nonce, word, whose.encode())).decode()


def unlock(kept: str, keys: tuple[str, ...], *, whose: str) -> bytes | None:
    """The word, under whichever of our keys; None if it is none of ours."""
    raw = base64.urlsafe_b64decode(kept)
    for key in keys:
        try:
            return _lock(key, whose).decrypt(raw[:NONCE], raw[NONCE:], whose.encode())
        except InvalidTag:
            continue
    return None


def _lock(key: str, whose: str) -> AESGCM:
    purpose = f"locked:{whose.partition(':')[0]}"
    return AESGCM(hmac.new(key.encode(), purpose.encode(), hashlib.sha256).digest())
