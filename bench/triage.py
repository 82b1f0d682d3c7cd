"""Scores triage and search on labelled enquiries: `python -m bench.triage FILE.jsonl… [--misses]`.

For each file what is right with rules alone, with the learned models alone, and with both.
"""

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.desk.article_ranking import by_category
from bench.kb import share
from kb import model as kb_model
from kb.search import Search
from kb.shelf import load
from kb.vocabulary import Vocabulary
from triage.__main__ import province_dir, read
from triage.books import Books
from triage.model import NOTHING
from triage.policy import RULES
from triage.province import read_books
from triage.reading import Reading
from triage.score import accepted
from triage.verdict import Verdict

Row = Mapping[str, Any]
Slugs = Callable[[Row], list[str]]
SHELF = load()
UNTAUGHT = kb_model.Model(classes=(), vocabulary=Vocabulary(()), rarity=None, weights=None, scale=None, bias=None)


class Tally:
    """Counts by a name, in the order in which the names came."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.right: Counter[str] = Counter()

    def add(self, name: str, right: bool) -> None:
        self.asked[name] += 1
        self.right[name] += right

    def lines(self) -> Iterator[str]:
        for name, asked in self.asked.items():
            yield f"{name}: {share(self.right[name], asked)}"


def decided(row: Row, books: Books, *, learned: bool = True) -> tuple[Verdict, Reading]:
    """The verdict on a row, and the reading that the rules were asked with."""
    enquiry = read(dict(row))
    reading = Reading(enquiry=enquiry, books=books)
    if not learned:
        vars(reading)["opinion"] = NOTHING
    verdict = replace(Verdict(), language=enquiry.languages[0] if enquiry.languages else "es")
    for rule in RULES:
        verdict = rule(reading, verdict)
    return verdict, reading


def count(rows: list[Row], books: Books, search: Search) -> tuple[Tally, list[tuple[str, str, str]]]:
    """What is right of every field, and the categories that are wrong: id, meant, found."""
    tally, misses = Tally(), []
    words = Search(SHELF, UNTAUGHT)
    for row in rows:
        verdict, reading = decided(row, books)
        right = accepted(row, "category")
        tally.add("category", verdict.category in right)
        tally.add("category, rules alone", decided(row, books, learned=False)[0].category in right)
        tally.add("category, model alone", reading.opinion.best[0] in right)
        if verdict.category not in right:
            misses.append((str(row["id"]), str(row["category"]), verdict.category))
        _facts(tally, row, verdict)
        _articles(tally, row, verdict, search, words)
    return tally, misses


def _facts(tally: Tally, row: Row, verdict: Verdict) -> None:
    if "town_hall" in row:
        tally.add("town hall: state", verdict.town_hall_state == row["town_hall_state"])
        if row["town_hall"]:
            tally.add("town hall: found when given", verdict.town_hall == row["town_hall"])
        if verdict.town_hall:
            tally.add("town hall: right when named", verdict.town_hall == row["town_hall"])
    if "priority" in row:
        tally.add("priority: four levels", verdict.priority == row["priority"])
        if row["priority"] == "P1":
            tally.add("priority: P1 seen", verdict.priority == "P1")
        if verdict.priority == "P1":
            tally.add("priority: P1 right", row["priority"] == "P1")
    if "language" in row:
        tally.add("language", verdict.language == row["language"])
    if "filing" in row:
        tally.add("filing: seen" if row["filing"] else "filing: look-alike let be", verdict.filing == row["filing"])


def _articles(tally: Tally, row: Row, verdict: Verdict, search: Search, words: Search) -> None:
    right = {row.get("article"), *row.get("also_articles", ())} - {None}
    found = search.find(row["text"], row.get("subject"))
    slugs = [hit.slug for hit in found.hits]
    if row.get("article"):
        for first in (1, 3, 5):
            tally.add(f"article in the first {first}", bool(right & set(slugs[:first])))
        told = by_category(found, verdict, SHELF, "es").hits
        tally.add("article first, as the desk has it", bool(right & {hit.slug for hit in told[:1]}))
        alone = words.find(row["text"], row.get("subject")).hits
        tally.add("article first, words alone", bool(right & {hit.slug for hit in alone[:1]}))
        tally.add("article first, model alone", _favourite(row, search) in right)
    tally.add("confident: covered", found.confident)
    if found.confident:
        tally.add("confident: right", bool(right & set(slugs[:1])))


def _favourite(row: Row, search: Search) -> str | None:
    query = search.reader.read(row["text"], row.get("subject"))
    odds = search.model.log_odds(query) if search.model else {}
    odds.pop(kb_model.NOTHING, None)
    return max(odds, key=lambda slug: odds[slug], default=None)


def main(arguments: list[str]) -> None:
    books, search = read_books(province_dir()), Search(SHELF)
    for name in (one for one in arguments if not one.startswith("--")):
        rows = [json.loads(line) for line in Path(name).read_text(encoding="utf-8").splitlines()]
        tally, misses = count(rows, books, search)
        print(Path(name).name, *tally.lines(), sep="\n  ")
        for (meant, found), many in Counter(one[1:] for one in misses).most_common():
            print(f"  {many} of {meant} taken for {found}")
        if "--misses" in arguments:
            print(*(f"  {number}: {found}, meant {meant}" for number, meant, found in misses), sep="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
