"""What the search's model makes of an enquiry: which article would answer it, and so which category it is of."""

import math
from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property

from kb.search import Search
from kb.shelf import Shelf, load

OTHER = "otros-no-competencia"


class Library:
    """The articles of a shelf and their search; those that are shipped unless others are given, opened when asked."""

    def __init__(self, shelf: Shelf | None = None, search: Search | None = None) -> None:
        self._given = (shelf, search) if shelf is not None and search is not None else None

    def odds(self, text: str, subject: str | None) -> Mapping[str, float]:
        """The share of each category, 0 to 1; nothing for a text without words, or without a model."""
        search, categories = self._opened
        heard = search.heard(text, subject)
        if not heard.query.stems:
            return {}
        shares: defaultdict[str, float] = defaultdict(float)
        for slug, chance in heard.log_odds.items():
            shares[categories.get(slug, OTHER)] += math.exp(chance)
        return shares

    @cached_property
    def _opened(self) -> tuple[Search, Mapping[str, str]]:
        shelf, search = self._given or _shipped()
        return search, {one.slug: one.category for one in shelf}


def _shipped() -> tuple[Shelf, Search]:
    shelf = load()
    return shelf, Search(shelf)
