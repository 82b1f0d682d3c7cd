"""What the learned model sees of a message: its stems, their pairs, its codes and concepts, and pieces of its words."""

from collections.abc import Iterator
from itertools import chain, combinations, pairwise

from kb.query import Query

GRAM = 4


def features(query: Query) -> tuple[str, ...]:
    """Each once, in the order of first mention."""
    return tuple(dict.fromkeys(named(query)))


def named(query: Query) -> Iterator[str]:
    stems, later = query.stems, query.stems[2:]
    said = tuple(dict.fromkeys(stems))
    yield from [f"w {stem}" for stem in said]
    yield from [f"p {first} {second}" for first, second in dict.fromkeys(pairwise(stems))]
    yield from [f"s {first} {second}" for first, second in dict.fromkeys(zip(stems, later, strict=False))]
    yield from coded(query)
    yield from [f"d {first} {second}" for first, second in combinations(sorted(query.concepts), 2)]
    yield from chain.from_iterable(map(pieces, said))


def coded(query: Query) -> Iterator[str]:
    """Codes of errors, their families, and concepts."""
    for code in query.codes:
        yield f"e {code}"
        yield f"f {code.rstrip('0123456789')}"
    for concept in query.concepts:
        yield f"c {concept}"


def pieces(stem: str) -> tuple[str, ...]:
    """So many letters of a stem at a time, its edges marked."""
    padded = f"^{stem}$"
    return tuple(f"g {padded[place : place + GRAM]}" for place in range(len(padded) - GRAM + 1))
