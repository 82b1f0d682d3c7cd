"""A message in, the articles that answer it out, with the second of the video and how sure we are."""

import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from kb import concepts
from kb.asked import asked
from kb.index import Index
from kb.model import NOTHING, Model
from kb.model import load as load_model
from kb.passages import passages
from kb.query import SMALL, Query, Reader
from kb.shelf import Shelf
from kb.spelling import Spelling
from kb.words import tokens

SURE = 0.7
# Signing fails with the same words on every system and with every card, so more is asked before one of them is sent.
ALIKE, SURE_ALIKE = frozenset({"autofirma", "dnie"}), 0.92
# With fewer words of its own a message fits several articles, however well it fits one.
LEAST_WORDS = 4
# The same for a question that an article has word for word, in a message no longer than this.
SURE_ASKED, LEAST_ASKED, SHORT = 0.35, 3, 300
# Who says where she is from, in a line beside her question, has asked nothing more.
FROM = re.compile(r"\W*(soy|somos|vivo|vivimos|escribo|llamo) (\w+ ){0,2}(de|del|en|desde) (\w+\W+){0,5}\w+\W*")
TRUST_MODEL, TRUST_WORDS = 0.8, 1.5
AT_ONCE = 16
# An article that the model was never taught leads if it fits this much better than the model's favourite.
BETTER, TRUST_UNTAUGHT = 1.25, 4.0


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


class Heard:
    """A message as it was read, and what the model makes of it, which is worked out once for whoever asks."""

    def __init__(self, query: Query, model: Model | None) -> None:
        self.query, self.model = query, model

    @cached_property
    def log_odds(self) -> dict[str, float]:
        """Nothing without a model."""
        return self.model.log_odds(self.query) if self.model else {}


class Search:
    """Built once for a shelf; `find` may be called from any thread."""

    def __init__(self, shelf: Shelf, model: Model | None = None) -> None:
        self.model = model or load_model()
        self.indexes = {
            language: Index([
                passage
                for one in shelf if one.language == language
                for passage in passages(one, shelf.said(one.slug, language))
            ])
            for language in shelf.languages()
        }  # fmt: skip
        self.alike = {one.slug for one in shelf if one.category in ALIKE}
        self.reader = reader(shelf)
        # Triage asks about a message, then the desk for its articles, other threads about theirs in between.
        self.heard = lru_cache(maxsize=AT_ONCE)(self._heard)

    def _heard(self, text: str, subject: str | None = None) -> Heard:
        return Heard(self.reader.read(text, subject), self.model)

    def find(self, text: str, subject: str | None = None, limit: int = 5, language: str = "es") -> Found:
        """Never raises on any text. Nothing is found in a text without words, or in a language without articles."""
        index = self.indexes.get(language)
        heard = self.heard(text, subject)
        query = heard.query
        if index is None or not query.stems:
            return Found()
        fits = index.fits(query.stems, query.codes)
        chances = self.chances(heard, fits.scores)
        literal = self.asked(text, query, index)
        sure = self.sure(query, chances, fits.scores, literal)
        if literal:
            chances = led(chances, literal)
        ranked = sorted(((chance, slug) for slug, chance in chances.items() if slug != NOTHING), key=order)[:limit]
        hits = tuple(
            Hit(
                slug=slug,
                score=round(chance, 4),
                moment=index.moment(slug, query.stems),
                passage=index.best(slug, fits).text,
            )
            for chance, slug in ranked
        )
        return Found(hits=hits, confident=sure)

    def asked(self, text: str, query: Query, index: Index) -> str | None:
        """The article whose title or question these very words are, but for a greeting and where somebody is from."""
        if slug := index.asked.get((*query.stems, *query.codes)):
            return slug
        lines = [self.reader.read(line) for line in text.splitlines()] if len(text) <= SHORT else []
        said = [one for one in lines if not (SMALL.issuperset(one.stems) or FROM.fullmatch(one.text))]
        return index.asked.get((*said[0].stems, *said[0].codes)) if len(said) == 1 else None

    def chances(self, heard: Heard, fits: Mapping[str, float]) -> dict[str, float]:
        """How likely each article is: what the model learned, and how well the words of the article fit."""
        taught = self.model is not None and any(slug in fits for slug in self.model.classes)
        learned = heard.log_odds if taught else {}
        top = max(fits.values(), default=0.0) or 1.0
        points = {
            slug: TRUST_MODEL * learned.get(slug, 0.0) + TRUST_WORDS * fit / top
            for slug, fit in fits.items()
            if slug in learned or not learned
        }
        points |= untaught(points, fits)
        if NOTHING in learned:
            points[NOTHING] = TRUST_MODEL * learned[NOTHING] + TRUST_WORDS * 0.5
        highest = max(points.values(), default=0.0)
        shares = {slug: math.exp(point - highest) for slug, point in points.items()}
        total = sum(shares.values())
        return {slug: share / total for slug, share in shares.items()}

    def sure(self, query: Query, chances: Mapping[str, float], fits: Mapping[str, float], literal: str | None) -> bool:
        """Sure when the model and the words of the articles point to the same one, and it is likely enough.

        What an article has word for word need not be as likely, nor as long.
        """
        best = max(chances, key=lambda slug: chances[slug])
        own = len(set(query.stems) - SMALL)
        if literal:
            return best == literal and chances[best] >= SURE_ASKED and own >= LEAST_ASKED
        nearest = max(fits, key=lambda slug: fits[slug])
        enough = SURE_ALIKE if best in self.alike else SURE
        return best == nearest and chances[best] >= enough and own >= LEAST_WORDS


def untaught(points: Mapping[str, float], fits: Mapping[str, float]) -> dict[str, float]:
    """Points for the articles that have none: how their words fit beside those of the favourite."""
    if not points:
        return {}
    favourite = max(points, key=lambda slug: points[slug])
    fair = fits[favourite] or 1.0
    return {
        slug: points[favourite] + TRUST_UNTAUGHT * (min(fit / fair, 2.0) - BETTER)
        for slug, fit in fits.items()
        if slug not in points
    }


def led(chances: dict[str, float], slug: str) -> dict[str, float]:
    """With the article first whose title or question these very words are, whatever the model makes of them."""
    highest = max(chances.values())
    if chances[slug] == highest:
        return chances
    raised = {**chances, slug: highest * BETTER}
    total = sum(raised.values())
    return {name: chance / total for name, chance in raised.items()}


def order(ranked: tuple[float, str]) -> tuple[float, str]:
    return -ranked[0], ranked[1]


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
