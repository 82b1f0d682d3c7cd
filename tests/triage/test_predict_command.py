"""`python -m triage predict`: one line out for each line in."""

import json
import subprocess
import sys
from pathlib import Path
from time import process_time

import pytest

from app import config
from triage.__main__ import prediction, province_dir
from triage.province import read_books

pytestmark = pytest.mark.slow
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


@pytest.mark.parametrize("piece", ["a", "a@", "[", "ayuntamiento de ", "a.", "El Espinar ", "no me ", "\n"])
def test_a_megabyte_is_answered_within_a_second(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    row = {"id": "a", "channel": "email", "received_at": "2026-05-08T10:00:00+02:00", "text": text}
    line, books = json.dumps(row).encode(), read_books(province_dir())
    prediction(json.dumps({**row, "text": "no puedo firmar"}).encode(), books)
    started = process_time()
    told = prediction(line, books)

    assert set(told) == KEYS
    assert process_time() - started < 1
