"""A message in, the articles that answer it out, with the second of the video and how sure we are."""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from kb import concepts
from kb.asked import asked
from kb.index import Fit, Index
from kb.model import NOTHING, Model
from kb.model import load as load_model
from kb.passages import passages
from kb.query import Query, Reader
from kb.shelf import Shelf
from kb.spelling import Spelling
from kb.words import tokens

SURE, AHEAD = 0.6, 0.3
TRUST_MODEL, TRUST_WORDS = 0.8, 3.0
# What the model says of an article it was never taught: as likely as one of a hundred, the words decide.
UNTAUGHT = math.log(0.01)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """`score` is how likely this article is the right one; `passage` is the text of it that fitted best."""

    slug: str
    score: float
    moment: float | None
    passage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Best first. `confident` says that the first may be offered without a person looking; of the article only."""

    hits: tuple[Hit, ...] = ()
    confident: bool = False


class Search:
    """Built once for a shelf; `find` may be called from any thread."""

    def __init__(self, shelf: Shelf, model: Model | None = None) -> None:
        self.model = model or load_model()
        self.titles = {(one.slug, one.language): one.title for one in shelf}
        self.indexes = {
            language: Index([
                passage
                for one in shelf if one.language == language
                for passage in passages(one, shelf.said(one.slug, language))
            ])
            for language in shelf.languages()
        }  # fmt: skip
        self.reader = reader(shelf)

    def find(self, text: str, subject: str | None = None, limit: int = 5, language: str = "es") -> Found:
        """Never raises on any text. Nothing is found in a text without words, or in a language without articles."""
        index = self.indexes.get(language)
        query = self.reader.read(text, subject)
        if index is None or not query.stems:
            return Found()
        fits = {fit.slug: fit for fit in index.fits(query.stems, query.codes)}
        chances = self.chances(query, fits, [slug for slug, spoken in self.titles if spoken == language])
        ranked = sorted(((chance, slug) for slug, chance in chances.items() if slug != NOTHING), key=order)[:limit]
        hits = tuple(self.hit(index, slug, chance, fits.get(slug), query, language) for chance, slug in ranked)
        return Found(hits=hits, confident=sure(chances))

    def chances(self, query: Query, fits: Mapping[str, Fit], slugs: list[str]) -> dict[str, float]:
        """How likely each article is: what the model learned, and how well the words of the article fit."""
        learned = self.model.log_odds(query) if self.model else {}
        top = max((fit.score for fit in fits.values()), default=1.0)
        points = {
            slug: TRUST_MODEL * learned.get(slug, UNTAUGHT)
            + TRUST_WORDS * (fits[slug].score / top if slug in fits else 0.0)
            for slug in slugs
        }
        if NOTHING in learned:
            points[NOTHING] = TRUST_MODEL * learned[NOTHING] + TRUST_WORDS * 0.5
        highest = max(points.values(), default=0.0)
        shares = {slug: math.exp(point - highest) for slug, point in points.items()}
        total = sum(shares.values())
        return {slug: share / total for slug, share in shares.items()}

    def hit(self, index: Index, slug: str, chance: float, fit: Fit | None, query: Query, language: str) -> Hit:
        passage = index.passages[fit.best].text if fit else self.titles[slug, language]
        moment = index.moment(slug, query.stems) if fit else None
        return Hit(slug=slug, score=round(chance, 4), moment=moment, passage=passage)


def order(ranked: tuple[float, str]) -> tuple[float, str]:
    return -ranked[0], ranked[1]


def sure(chances: Mapping[str, float]) -> bool:
    best, second = (*sorted(chances.values(), reverse=True), 0.0, 0.0)[:2]
    return best >= SURE and best - second >= AHEAD and chances.get(NOTHING, 0.0) < best


def reader(shelf: Shelf) -> Reader:
    """Reads with the words of the articles, the concepts and the examples; corrects towards them only."""
    known = concepts.load()
    uses = Counter(known.vocabulary)
    for one in shelf:
        for told in (one.title, one.body, *one.questions, *one.words, *one.errors):
            uses.update(tokens(told))
    for _, text in asked():
        uses.update(tokens(text))
    return Reader(spelling=Spelling(uses.items()), concepts=known)
