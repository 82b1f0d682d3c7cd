"""An inverted index over the passages, ranked by BM25: how well the words of a message fit each passage."""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from kb.passages import WEIGHTS, Passage
from kb.query import codes, phrase_in
from kb.words import fold, stem, tokens

SATURATION, LENGTH = 1.2, 0.4
LITERAL_WORDS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """How well an article fits: its best passages summed, the best of them, and whether its error text was quoted."""

    slug: str
    score: float
    best: int
    quoted: bool


class Index:
    def __init__(self, passages: Sequence[Passage]) -> None:
        self.passages = tuple(passages)
        rows = [terms(passage.text) for passage in self.passages]
        average = sum(map(len, rows)) / max(1, len(rows)) or 1.0
        self.errors = [
            (place, tuple(row)) for place, row in enumerate(rows)
            if self.passages[place].kind == "error" and len(row) >= LITERAL_WORDS
        ]  # fmt: skip
        self.postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for place, row in enumerate(rows):
            for term, count in Counter(row).items():
                size = SATURATION * (1 - LENGTH + LENGTH * len(row) / average)
                self.postings[term].append((place, count * (SATURATION + 1) / (count + size)))
        self.said: dict[str, list[tuple[float, tuple[str, ...]]]] = defaultdict(list)
        for passage, row in zip(self.passages, rows, strict=True):
            if passage.moment is not None and row:
                self.said[passage.slug].append((passage.moment, tuple(row)))
        self.idf = {term: self.rarity(len(places)) for term, places in self.postings.items()}

    def rarity(self, places: int) -> float:
        return math.log(1 + (len(self.passages) - places + 0.5) / (places + 0.5))

    def fits(self, stems: Sequence[str], found_codes: Sequence[str] = ()) -> list[Fit]:
        """The articles that share words with the message, best first."""
        scores: dict[int, float] = defaultdict(float)
        for term in dict.fromkeys((*stems, *found_codes)):
            for place, weight in self.postings.get(term, ()):
                scores[place] += weight * self.idf[term]
        quoted = {self.passages[place].slug for place, row in self.errors if phrase_in(row, stems)}
        by_slug: dict[str, list[tuple[float, int]]] = defaultdict(list)
        for place, score in scores.items():
            passage = self.passages[place]
            by_slug[passage.slug].append((score * WEIGHTS[passage.kind], place))
        found = [self.fit(slug, sorted(places, reverse=True), slug in quoted) for slug, places in by_slug.items()]
        return sorted(found, key=lambda one: (-one.score, one.slug))

    def moment(self, slug: str, stems: Sequence[str]) -> float | None:
        """The second at which the video of this article says what fits the message best, None without one."""
        asked = set(stems)
        said = [
            (sum(self.idf[term] for term in asked.intersection(row)) / math.sqrt(len(row)), -moment)
            for moment, row in self.said.get(slug, ())
        ]
        best, moment = max(said, default=(0.0, 0.0))
        return -moment if best > 0 else (0.0 if said else None)

    def fit(self, slug: str, places: list[tuple[float, int]], quoted: bool) -> Fit:
        score = places[0][0] + 0.25 * sum(score for score, _ in places[1:4])
        return Fit(slug=slug, score=score * (1.5 if quoted else 1), best=places[0][1], quoted=quoted)


def terms(text: str) -> list[str]:
    folded = fold(text)
    return [*(stem(token) for token in tokens(folded)), *codes(folded)]
