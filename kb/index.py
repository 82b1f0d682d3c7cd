"""An inverted index over the passages, ranked by BM25: how well the words of a message fit each article."""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import numpy.typing as npt

from kb.passages import WEIGHTS, Passage
from kb.query import codes
from kb.words import fold, stem, tokens

SATURATION, LENGTH = 1.2, 0.4
QUOTED_WORDS, QUOTED_WORTH = 4, 1.5

Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fits:
    """How well each article fits (0 if nothing does), by its slug, and how well each passage does."""

    scores: Mapping[str, float]
    passages: Numbers


class Index:
    """Passages of one article must stand together. Never changes once built."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self.passages = tuple(passages)
        rows = [terms(passage.text) for passage in self.passages]
        self.slugs = [slug for slug, _ in groupby(self.passages, key=lambda one: one.slug)]
        first = {passage.slug: place for place, passage in reversed(list(enumerate(self.passages)))}
        self.starts = np.array([first[slug] for slug in self.slugs], dtype=np.int64)
        self.order = {slug: place for place, slug in enumerate(self.slugs)}
        self.rarity: dict[str, float] = {}
        self.postings = self.posted(rows)
        self.errors = quotable(self.passages, rows)
        self.asked = {
            tuple(row): passage.slug
            for passage, row in zip(self.passages, rows, strict=True)
            if passage.kind in ("title", "question")
        }
        self.said: dict[str, list[tuple[float, tuple[str, ...]]]] = defaultdict(list)
        for passage, row in zip(self.passages, rows, strict=True):
            if passage.moment is not None and row:
                self.said[passage.slug].append((passage.moment, tuple(row)))

    def posted(self, rows: Sequence[Sequence[str]]) -> dict[str, tuple[Places, Numbers]]:
        """For each term the places of its passages and what it is worth in each."""
        average = sum(map(len, rows)) / max(1, len(rows)) or 1.0
        found: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for place, row in enumerate(rows):
            size = SATURATION * (1 - LENGTH + LENGTH * len(row) / average)
            for term, count in Counter(row).items():
                worth = count * (SATURATION + 1) / (count + size)
                found[term].append((place, worth * WEIGHTS[self.passages[place].kind]))
        self.rarity = {
            term: math.log(1 + (len(rows) - len(kept) + 0.5) / (len(kept) + 0.5)) for term, kept in found.items()
        }
        return {
            term: (
                np.array([place for place, _ in kept], dtype=np.int64),
                np.array([worth * self.rarity[term] for _, worth in kept], dtype=np.float64),
            )
            for term, kept in found.items()
        }

    def fits(self, stems: Sequence[str], found_codes: Sequence[str] = ()) -> Fits:
        """How every article fits."""
        if not self.passages:
            return Fits(scores={}, passages=np.zeros(0, dtype=np.float64))
        posted = [self.postings[term] for term in dict.fromkeys((*stems, *found_codes)) if term in self.postings]
        scores = np.zeros(len(self.passages), dtype=np.float64)
        if posted:
            places, worths = zip(*posted, strict=True)
            scores += np.bincount(np.concatenate(places), np.concatenate(worths), minlength=len(self.passages))
        # A higher power would listen to the best passage alone, a lower one to all of them; squares are quick.
        sums = (np.add.reduceat((scores**2) ** 2, self.starts) ** (1 / 4)).tolist()
        for slug in self.quoted(stems):
            sums[self.order[slug]] *= QUOTED_WORTH
        return Fits(scores=dict(zip(self.slugs, sums, strict=True)), passages=scores)

    def best(self, slug: str, fits: Fits) -> Passage:
        """The passage of an article that fits best."""
        place = self.order[slug]
        end = self.starts[place + 1] if place + 1 < len(self.starts) else len(self.passages)
        start = int(self.starts[place])
        return self.passages[start + int(fits.passages[start:end].argmax())]

    def quoted(self, stems: Sequence[str]) -> set[str]:
        """The articles whose error text stands word for word in the message."""
        return {
            slug
            for place, first in enumerate(stems)
            if first in self.errors
            for slug, row in self.errors[first]
            if tuple(stems[place : place + len(row)]) == row
        }

    def moment(self, slug: str, stems: Sequence[str]) -> float | None:
        """The second at which the video of this article says what fits best, None if it says nothing of it."""
        asked = set(stems)
        said = [
            (sum(self.rarity[term] for term in asked.intersection(row)) / math.sqrt(len(row)), -moment)
            for moment, row in self.said.get(slug, ())
        ]
        best, moment = max(said, default=(0.0, 0.0))
        return -moment if best > 0 else None


def quotable(
    passages: Sequence[Passage], rows: Sequence[Sequence[str]]
) -> dict[str, list[tuple[str, tuple[str, ...]]]]:
    """The error texts long enough to be recognised, by their first word."""
    found: dict[str, list[tuple[str, tuple[str, ...]]]] = defaultdict(list)
    for passage, row in zip(passages, rows, strict=True):
        if passage.kind == "error" and len(row) >= QUOTED_WORDS:
            found[row[0]].append((passage.slug, tuple(row)))
    return dict(found)


def terms(text: str) -> list[str]:
    """The stems of a text, then its error codes."""
    folded = fold(text)
    return [*(stem(token) for token in tokens(folded)), *codes(folded)]
