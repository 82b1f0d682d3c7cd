"""What the learned model sees of a message: its stems, their pairs, its codes and concepts, and pieces of its words."""

from collections.abc import Iterator
from itertools import pairwise

from kb.query import Query

GRAM = 4


def features(query: Query) -> tuple[str, ...]:
    """Each once, in the order of first mention."""
    return tuple(dict.fromkeys(named(query)))


def named(query: Query) -> Iterator[str]:
    stems = query.stems
    for stem in stems:
        yield f"w {stem}"
    for first, second in pairwise(stems):
        yield f"p {first} {second}"
    for first, second in zip(stems, stems[2:], strict=False):
        yield f"s {first} {second}"
    for code in query.codes:
        yield f"e {code}"
        yield f"f {code.rstrip('0123456789')}"
    for concept in query.concepts:
        yield f"c {concept}"
    for first, second in pairs(sorted(query.concepts)):
        yield f"d {first} {second}"
    for stem in stems:
        padded = f"^{stem}$"
        for place in range(len(padded) - GRAM + 1):
            yield f"g {padded[place : place + GRAM]}"


def pairs(names: list[str]) -> Iterator[tuple[str, str]]:
    for place, first in enumerate(names):
        for second in names[place + 1 :]:
            yield first, second
