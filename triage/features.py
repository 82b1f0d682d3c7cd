"""What the learned model sees of an enquiry: stems, their pairs, sounds, pieces of words, concepts, signs."""

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import islice, pairwise
from typing import NamedTuple
from zlib import crc32

import numpy as np
import numpy.typing as npt

from kb.concepts import FILE as CONCEPTS
from kb.concepts import Concepts
from kb.known import Known
from kb.query import SHORT, codes
from kb.words import sound, stem
from triage.phrases import phrases

SIZE = 1 << 16
GRAM = 4
LONGEST_WORDS = 220
NUMBERS = re.compile(r"^\d+$")
STOP = phrases("small")
PIECE = crc32(b"g ")

Buckets = npt.NDArray[np.intp]


class Word(NamedTuple):
    """What a word brings by itself, and the sums over the beginnings of its pairs; a small word has none `kept`."""

    stem: str
    encoded: bytes
    pair: int
    kept: int
    own: Buckets


@lru_cache(maxsize=1)
def concepts() -> Concepts:
    return Concepts(CONCEPTS.read_text(encoding="utf-8").splitlines())


def features(text: str, tokens: Iterable[str], signs: Iterable[str]) -> Buckets:
    """Bucket numbers, each once, in order. `text` may be raw: subject, a newline, body; `tokens` its folded words."""
    said = [WORDS[token] for token in islice(tokens, LONGEST_WORDS)]
    names = [f"e {code.rstrip('0123456789')}" for code in codes(text.lower())]
    names += [f"c {one}" for one in concepts().find([word.stem for word in said])]
    names += [f"f {one}" for one in signs]
    kept = [word for word in said if word.kept]
    # The sum over a name goes on from that over its beginning.
    summed = [crc32(second.encoded, first.pair) for first, second in pairwise(said)]
    summed += [crc32(second.encoded, first.kept) for first, second in pairwise(kept)]
    found = np.zeros(SIZE, dtype=np.bool_)
    found[np.array([*map(bucket, names), *summed], dtype=np.intp) % SIZE] = True
    if said:
        found[np.concatenate([word.own for word in said])] = True
    return np.flatnonzero(found)


def bucket(name: str) -> int:
    return crc32(name.encode()) % SIZE


def word(token: str) -> Word:
    """A word's stem, its sound and the pieces of it."""
    token = SHORT.get(token, token)
    stemmed = stem(token)
    own = [] if NUMBERS.match(stemmed) else [bucket(f"w {stemmed}")]
    if len(token) >= 4 and token.isalpha():
        heard = sound(token)
        padded = f"^{heard}$"
        own.append(bucket(f"s {heard}"))
        own += [crc32(padded[at : at + GRAM].encode(), PIECE) % SIZE for at in range(len(padded) - GRAM + 1)]
    return Word(
        stem=stemmed,
        encoded=stemmed.encode(),
        pair=crc32(f"p {stemmed} ".encode()),
        kept=0 if stemmed in STOP else crc32(f"k {stemmed} ".encode()),
        own=np.array(own, dtype=np.intp),
    )


WORDS = Known(word)
