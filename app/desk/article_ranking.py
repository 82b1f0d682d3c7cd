"""The articles that search found, put in the order for which the category of triage speaks too. Pure."""

from dataclasses import replace

from kb.article import CATEGORIES
from kb.search import Found, Hit
from kb.shelf import Shelf
from triage.verdict import Verdict

# Found on 460 questions that neither model had been taught: 84 % right first without, 86 % with it.
TRUST, LEAST = 0.4, 1e-4


def by_category(found: Found, verdict: Verdict, shelf: Shelf, language: str) -> Found:
    """The same articles; search is not sure of a first one that it had not put first itself."""
    if not found.hits:
        return found
    weighed = {hit: max(hit.score, LEAST) * _odds(hit, verdict, shelf, language) ** TRUST for hit in found.hits}
    share = sum(hit.score for hit in found.hits) / sum(weighed.values())
    ranked = sorted(weighed, key=lambda hit: -weighed[hit])
    hits = tuple(replace(hit, score=round(weighed[hit] * share, 4)) for hit in ranked)
    return replace(found, hits=hits, confident=found.confident and ranked[0] is found.hits[0])


def _odds(hit: Hit, verdict: Verdict, shelf: Shelf, language: str) -> float:
    """How likely triage holds the category of an article."""
    article = shelf.get(hit.slug, language)
    if article is not None and article.category == verdict.category:
        return max(verdict.category_confidence, LEAST)
    return max((1 - verdict.category_confidence) / (len(CATEGORIES) - 1), LEAST)
