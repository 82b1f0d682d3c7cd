"""What people said of enquiries, beside what triage says."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from triage.__main__ import province_dir, read
from triage.policy import decide
from triage.province import read_books
from triage.score import score
from triage.verdict import Verdict

KEPT = Path(__file__).parent / "unseen" / "enquiries.jsonl"
BOOKS = read_books(province_dir())


def test_a_category_that_an_expert_would_take_counts_as_right() -> None:
    rows: list[dict[str, object]] = [
        {"id": "1", "category": "clave", "also_category": ["dnie"]},
        {"id": "2", "category": "padron"},
    ]
    found = score(rows, lambda _: Verdict(category="dnie"))

    assert (found.asked["category"], found.right["category"]) == (2, 1)
    assert found.misses == [("2", "padron", "dnie")]


def test_only_what_is_labelled_is_asked() -> None:
    found = score([{"id": "1", "language": "es"}], lambda _: Verdict())

    assert found.lines() == ["lengua: 1 de 1 (100.0%)"]


def test_the_enquiries_kept_aside_are_read_as_well_as_promised() -> None:
    def told(row: Mapping[str, Any]) -> Verdict:
        return decide(read(dict(row)), BOOKS)

    found = score(map(json.loads, KEPT.read_text(encoding="utf-8").splitlines()), told)

    assert found.share("category") >= 0.92
    assert found.share("town_hall_state") >= 0.94
    assert found.share("priority") >= 0.88
    assert found.share("language") >= 0.98
