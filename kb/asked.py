"""Examples of what people ask, written for the model to learn from: kb/data/asked/*.txt."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).parent / "data" / "asked"


@lru_cache(maxsize=2)
def asked(folder: Path = FOLDER) -> tuple[tuple[str, str], ...]:
    """(slug, text) of every example. A line «== slug» names the article, each line below is one example.

    Several slugs in that line mean that nobody could tell from these words alone which of them is meant.
    """
    return tuple(pair for file in sorted(folder.glob("*.txt")) for pair in pairs(file.read_text(encoding="utf-8")))


def pairs(text: str) -> Iterator[tuple[str, str]]:
    slugs: list[str] = []
    for line in text.splitlines():
        if line.startswith("== "):
            slugs = line[3:].split()
        elif line.strip():
            yield from ((slug, line.strip()) for slug in slugs)
