"""Which article is suggested first when search and triage have both looked at an enquiry."""

import json
from pathlib import Path

import pytest

from app.desk.article_ranking import by_category
from kb.search import Found, Hit, Search
from kb.shelf import load
from triage.__main__ import province_dir, read
from triage.policy import decide
from triage.province import read_books
from triage.verdict import Verdict

SHELF = load()
KEPT = Path(__file__).parents[2] / "triage" / "unseen"


def hit(slug: str, score: float) -> Hit:
    return Hit(slug=slug, score=score, moment=None, passage="")


def ranked(found: Found, category: str, confidence: float) -> Found:
    return by_category(found, Verdict(category=category, category_confidence=confidence), SHELF, "es")


def test_of_two_that_fit_alike_the_one_of_its_category_is_first_and_nobody_is_sure_of_it() -> None:
    near = Found(hits=(hit("instalar-autofirma", 0.4), hit("dnie-lector-ordenador", 0.35)), confident=True)
    found = ranked(near, "dnie", 0.9)

    assert [one.slug for one in found.hits] == ["dnie-lector-ordenador", "instalar-autofirma"]
    assert not found.confident
    assert sum(one.score for one in found.hits) == pytest.approx(0.75, abs=0.001)


@pytest.mark.parametrize(("category", "confidence"), [("autofirma", 0.9), ("dnie", 0.3), ("", 0.0)])
def test_what_fits_far_better_stays_first_and_sure(category: str, confidence: float) -> None:
    far = Found(hits=(hit("instalar-autofirma", 0.9), hit("dnie-lector-ordenador", 0.05)), confident=True)
    found = ranked(far, category, confidence)

    assert (found.hits[0].slug, found.confident) == ("instalar-autofirma", True)


def test_nothing_found_stays_nothing() -> None:
    assert ranked(Found(), "dnie", 0.9) == Found()


def test_the_category_helps_more_enquiries_kept_aside_than_it_harms() -> None:
    books, search, alone, both = read_books(province_dir()), Search(SHELF), 0, 0
    for line in (line for file in sorted(KEPT.glob("*.jsonl")) for line in file.read_text("utf-8").splitlines()):
        row = json.loads(line)
        right = {row["article"], *row["also_articles"]}
        found = search.find(row["text"], row.get("subject"))
        told = by_category(found, decide(read(row), books), SHELF, "es")
        alone += bool(found.hits) and found.hits[0].slug in right
        both += bool(told.hits) and told.hits[0].slug in right

    assert both > alone
