"""Mails as accidents leave them: the samples cut, flipped and spliced, the same ones for the same seed."""

import random
from collections.abc import Iterator
from pathlib import Path

SAMPLES = sorted((Path(__file__).parents[2] / "samples" / "email").glob("*.eml"))
BROKEN = (b"\r\n\r\n", b"\n\n", b"=?utf-8?b?", b"?=", b"--", b"\x00", b'"', b";", b"<", b"\xff\xfe", b"\r", b"> ")


def mutants(count: int, seed: int = 1) -> Iterator[bytes]:
    """So many mails, each with up to six accidents."""
    chance = random.Random(seed)
    mails = [path.read_bytes() for path in SAMPLES]
    for _ in range(count):
        raw = chance.choice(mails)
        for _ in range(chance.randint(1, 6)):
            raw = chance.choice((_cut, _flipped, _spliced, _doubled, _broken))(raw, chance, mails)
        yield raw


def _cut(raw: bytes, chance: random.Random, _mails: list[bytes]) -> bytes:
    start, end = _span(raw, chance)
    return raw[:start] if chance.random() < 0.3 else raw[:start] + raw[end:]


def _flipped(raw: bytes, chance: random.Random, _mails: list[bytes]) -> bytes:
    changed = bytearray(raw)
    for _ in range(chance.randint(1, 20) if raw else 0):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _spliced(raw: bytes, chance: random.Random, mails: list[bytes]) -> bytes:
    other = chance.choice(mails)
    start, end = _span(other, chance)
    at = chance.randint(0, len(raw))
    return raw[:at] + other[start:end] + raw[at:]


def _doubled(raw: bytes, chance: random.Random, _mails: list[bytes]) -> bytes:
    start, end = _span(raw, chance)
    return raw[:end] + raw[start:end] * chance.randint(1, 4) + raw[end:]


def _broken(raw: bytes, chance: random.Random, _mails: list[bytes]) -> bytes:
    at = chance.randint(0, len(raw))
    return raw[:at] + chance.choice(BROKEN) + raw[at:]


def _span(raw: bytes, chance: random.Random) -> tuple[int, int]:
    start = chance.randint(0, len(raw))
    return start, min(len(raw), start + chance.randint(0, 400))
