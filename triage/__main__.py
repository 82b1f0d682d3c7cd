"""The commands of triage on its own: `predict` reads JSON lines and prints verdicts, `train` renews the model."""

import json
import os
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from triage.books import Books
from triage.enquiry import Enquiry
from triage.policy import decide
from triage.province import read_books
from triage.verdict import Verdict

PROVINCES = Path(__file__).parent.parent / "provinces"
USAGE = "uso: python -m triage predict < consultas.jsonl | python -m triage train [--force]"


def main(arguments: list[str]) -> int:
    """Exit code 0, or 2 for a command that does not exist."""
    match arguments:
        case ["predict"]:
            for line in predictions(sys.stdin.buffer, read_books(province_dir())):
                sys.stdout.write(line + "\n")
                sys.stdout.flush()
            return 0
        case ["train", *flags]:
            from triage.train import train

            return train(force="--force" in flags)
    sys.stderr.write(USAGE + "\n")
    return 2


def province_dir() -> Path:
    """PROVINCE_DIR, else of the shipped provinces the one whose folder comes first by name, as the desk does."""
    told = os.environ.get("PROVINCE_DIR")
    return Path(told) if told else min(PROVINCES.glob("*/province.toml"), default=PROVINCES / "province.toml").parent


def predictions(lines: Iterator[bytes] | Any, books: Books) -> Iterator[str]:
    """One line out for each line in, in the same order."""
    for line in lines:
        if line.strip():
            yield json.dumps(prediction(line, books), ensure_ascii=True)


def prediction(line: bytes, books: Books) -> dict[str, Any]:
    """What is printed for one line; a line that cannot be read says so."""
    try:
        row = json.loads(line.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return {"id": None, "error": "no es JSON"}
    if not isinstance(row, dict) or row.get("id") is None:
        return {"id": None, "error": "no es un objeto con «id»"}
    try:
        enquiry = read(row)
    except (KeyError, ValueError, TypeError) as error:
        return {"id": row["id"], "error": f"no se entiende: {error}"}
    return {"id": row["id"], **shown(decide(enquiry, books))}


def read(row: dict[str, Any]) -> Enquiry:
    """The enquiry of a row."""
    received = datetime.fromisoformat(row["received_at"])
    if received.tzinfo is None:
        raise ValueError("received_at sin zona horaria")
    return Enquiry(
        channel=str(row.get("channel") or ""),
        received_at=received,
        text=str(row.get("text") or ""),
        subject=row["subject"] if isinstance(row.get("subject"), str) else None,
        attachments=tuple(str(name) for name in row.get("attachments") or ()),
    )


def shown(verdict: Verdict) -> dict[str, Any]:
    """The keys that others rely on, always all of them."""
    return {
        "category": verdict.category,
        "category_confidence": verdict.category_confidence,
        "town_hall": verdict.town_hall,
        "town_hall_state": verdict.town_hall_state,
        "priority": verdict.priority,
        "deadline": verdict.deadline.isoformat() if verdict.deadline else None,
        "language": verdict.language,
        "filing": verdict.filing,
        "courtesy": verdict.courtesy,
        "reasons": [{"field": one.field, "value": one.value, "reason": one.reason} for one in verdict.findings],
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
