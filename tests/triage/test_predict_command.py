"""`python -m triage predict`: one line out for each line in."""

import json
import subprocess
import sys
from pathlib import Path

from app import config
from triage.__main__ import province_dir

ROOT = Path(__file__).parents[2]
KEYS = {
    *("id", "category", "category_confidence", "town_hall", "town_hall_state", "priority"),
    *("deadline", "language", "filing", "courtesy", "reasons"),
}


def predict(lines: str) -> list[dict[str, object]]:
    run = subprocess.run(
        [sys.executable, "-m", "triage", "predict"], input=lines, capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert run.stdout.isascii()
    return [json.loads(line) for line in run.stdout.splitlines()]


def test_lines_come_out_in_order_with_every_key_and_bad_ones_say_so() -> None:
    row = {"id": "a", "channel": "sms", "received_at": "2026-11-23T10:00:00+01:00", "text": "no entro en la sede"}
    told = predict("\n".join((json.dumps(row), "not json", "[]", json.dumps({**row, "id": "b", "text": None}))))

    assert [one["id"] for one in told] == ["a", None, None, "b"]
    assert set(told[0]) == set(told[3]) == KEYS
    assert "error" in told[1] and "error" in told[2]


def test_without_being_told_the_province_is_the_desks() -> None:
    desks = config.read({}).province_dir

    assert province_dir() == desks
