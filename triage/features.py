"""What the learned model sees of an enquiry: stems, their pairs, sounds, pieces of words, concepts, signs."""

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise
from zlib import crc32

from kb.concepts import FILE as CONCEPTS
from kb.concepts import Concepts
from kb.query import SHORT, codes
from kb.words import folded_tokens, sound, stem
from triage.phrases import phrases

SIZE = 1 << 16
GRAM = 4
LONGEST_WORDS = 220
NUMBERS = re.compile(r"^\d+$")
STOP = phrases("small")


@lru_cache(maxsize=1)
def concepts() -> Concepts:
    return Concepts(CONCEPTS.read_text(encoding="utf-8").splitlines())


def features(text: str, plain: str, signs: Iterable[str]) -> list[int]:
    """Bucket numbers, each once. `text` may be raw: subject, a newline, and the body; `plain` is the same folded."""
    said = [SHORT.get(token, token) for token in folded_tokens(plain)[:LONGEST_WORDS]]
    stems = [stem(token) for token in said]
    kept = [one for one in stems if one not in STOP]
    names = [f"e {code.rstrip('0123456789')}" for code in codes(text.lower())]
    names += [f"c {one}" for one in concepts().find(stems)]
    names += [f"f {one}" for one in signs]
    found = set(map(bucket, names))
    found.update(*map(alone, set(said)))
    found.update(bucket(f"p {one} {two}") for one, two in set(pairwise(stems)))
    found.update(bucket(f"k {one} {two}") for one, two in set(pairwise(kept)))
    return sorted(found)


def bucket(name: str) -> int:
    return crc32(name.encode()) % SIZE


@lru_cache(maxsize=20_000)
def alone(token: str) -> tuple[int, ...]:
    """A word's stem, its sound and the pieces of it."""
    stemmed = stem(token)
    names = [] if NUMBERS.match(stemmed) else [f"w {stemmed}"]
    if len(token) >= 4 and token.isalpha():
        heard = sound(token)
        padded = f"^{heard}$"
        names += [f"s {heard}", *(f"g {padded[at : at + GRAM]}" for at in range(len(padded) - GRAM + 1))]
    return tuple(map(bucket, names))
