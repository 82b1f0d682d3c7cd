"""What the learned model sees of an enquiry: stems, their pairs, sounds, pieces of words, concepts, signs."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from zlib import crc32

from kb.concepts import FILE as CONCEPTS
from kb.concepts import Concepts
from kb.query import SHORT, codes
from kb.words import sound, stem, tokens
from triage.phrases import phrases
from triage.rules.signs import signs

SIZE = 1 << 16
GRAM = 4
LONGEST_WORDS = 220
NUMBERS = re.compile(r"^\d+$")
STOP = phrases("small")


@lru_cache(maxsize=1)
def concepts() -> Concepts:
    return Concepts(CONCEPTS.read_text(encoding="utf-8").splitlines())


def features(text: str, attachments: tuple[str, ...] = ()) -> list[int]:
    """Bucket numbers, each once. `text` may be raw: subject, a newline, and the body."""
    return sorted({bucket(name) for name in named(text, attachments)})


@lru_cache(maxsize=100_000)
def bucket(name: str) -> int:
    """The number of a name; most names of a message have been met before."""
    return crc32(name.encode()) % SIZE


def named(text: str, attachments: tuple[str, ...] = ()) -> Iterator[str]:
    """The names behind the numbers."""
    said = [SHORT.get(token, token) for token in tokens(text)[:LONGEST_WORDS]]
    stems = [stem(token) for token in said]
    yield from (f"w {one}" for one in stems if not NUMBERS.match(one))
    yield from (f"p {one} {two}" for one, two in pairwise(stems))
    kept = [one for one in stems if one not in STOP]
    yield from (f"k {one} {two}" for one, two in pairwise(kept))
    for token in said:
        yield from sounds(token)
    yield from (f"e {code.rstrip('0123456789')}" for code in codes(text.lower()))
    yield from (f"c {one}" for one in concepts().find(stems))
    yield from (f"f {one}" for one in signs(text, attachments))


@lru_cache(maxsize=20_000)
def sounds(token: str) -> tuple[str, ...]:
    """A word's sound and the pieces of it."""
    if len(token) < 4 or not token.isalpha():
        return ()
    heard = sound(token)
    padded = f"^{heard}$"
    return (f"s {heard}", *(f"g {padded[at : at + GRAM]}" for at in range(len(padded) - GRAM + 1)))
