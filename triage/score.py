"""How right verdicts are on labelled enquiries: JSON lines as `predict` reads them, with what a person would say."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from triage.verdict import Verdict

Row = Mapping[str, Any]
Decide = Callable[[Row], Verdict]
FIELDS = {
    "category": "categoría",
    "town_hall": "municipio",
    "town_hall_state": "estado del municipio",
    "priority": "prioridad",
    "language": "lengua",
    "filing": "cree presentar",
    "courtesy": "cortesía",
}


@dataclass(frozen=True, slots=True)
class Score:
    """By field, how many were asked and how many right; `misses` are of the category: id, meant, found."""

    asked: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    misses: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, row: Row, verdict: Verdict) -> None:
        for name in FIELDS:
            if name in row:
                self.asked[name] += 1
                self.right[name] += getattr(verdict, name) in accepted(row, name)
        if "category" in row and verdict.category not in accepted(row, "category"):
            self.misses.append((str(row.get("id")), str(row["category"]), verdict.category))

    def share(self, name: str) -> float:
        """The part of a field that was right, 0 where nothing was asked."""
        return self.right[name] / self.asked[name] if self.asked[name] else 0.0

    def lines(self) -> list[str]:
        """In words, a line a field."""
        told = [
            f"{words}: {self.right[name]} de {self.asked[name]} ({self.share(name):.1%})"
            for name, words in FIELDS.items()
            if self.asked[name]
        ]
        return [*told, *(f"  {number}: {found}, y era {meant}" for number, meant, found in self.misses)]


def accepted(row: Row, name: str) -> set[Any]:
    """What counts as right: of the category also those that an expert would take."""
    return {row[name], *(row.get("also_category") or ())} if name == "category" else {row[name]}


def score(rows: Iterable[Row], decide: Decide) -> Score:
    """All rows decided and compared."""
    found = Score()
    for row in rows:
        found.add(row, decide(row))
    return found
