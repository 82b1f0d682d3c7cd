"""The knowledge base on its own: `python -m kb search` answers JSON lines, `python -m kb train` rebuilds the model."""

import io
import json
import sys
from typing import TextIO

from kb.search import Found, Search
from kb.shelf import load


def search(lines: TextIO, answers: TextIO) -> None:
    """One answer a line, in the order asked. A line that is no object with an id gets an error and a null id."""
    shelves = Search(load())
    for line in lines:
        print(json.dumps(answer(shelves, line)), file=answers, flush=True)


def answer(shelves: Search, line: str) -> dict[str, object]:
    try:
        asked = json.loads(line)
    except (ValueError, RecursionError):
        return {"id": None, "error": "the line is not JSON"}
    if not isinstance(asked, dict) or asked.get("id") is None:
        return {"id": None, "error": "the line is not an object with an id"}
    text, subject = asked.get("text") or "", asked.get("subject")
    if not isinstance(text, str) or not isinstance(subject, str | None):
        return {"id": None, "error": "text must be a string, subject a string or null"}
    return {"id": asked["id"], **told(shelves.find(text, subject))}


def told(found: Found) -> dict[str, object]:
    hits = [{"slug": hit.slug, "score": hit.score, "moment": hit.moment} for hit in found.hits]
    return {"hits": hits, "confident": found.confident}


def main(arguments: list[str]) -> int:
    match arguments:
        case ["search"]:
            search(io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", errors="replace"), sys.stdout)
        case ["train", *rest]:
            from kb.train import train

            return train(force="--force" in rest)
        case _:
            print("usage: python -m kb search | train [--force]", file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
