"""Scores the search on labelled messages and on the examples it learned from: `python -m bench.kb FILE.jsonl…`."""

import json
import statistics
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from kb.search import Found, Search
from kb.shelf import load


@dataclass(kw_only=True)
class Score:
    """Counts over messages; a message without a right article counts only where something was sent for it."""

    asked: int = 0
    messages: int = 0
    within: dict[int, int] = field(default_factory=lambda: {1: 0, 3: 0, 5: 0})
    sent: int = 0
    sent_right: int = 0
    seconds: list[float] = field(default_factory=list)

    def add(self, right: set[str], found: Found, seconds: float) -> None:
        slugs = [hit.slug for hit in found.hits]
        self.messages += 1
        self.seconds.append(seconds)
        if right:
            self.asked += 1
            for first in self.within:
                self.within[first] += bool(right & set(slugs[:first]))
        if found.confident:
            self.sent += 1
            self.sent_right += bool(right & set(slugs[:1]))

    def lines(self) -> list[str]:
        told = [f"right in the first {first}: {share(right, self.asked)}" for first, right in self.within.items()]
        told.append(
            f"confident: {share(self.sent, self.messages)}, of these right: {share(self.sent_right, self.sent)}"
        )
        times = sorted(self.seconds)
        late = times[int(len(times) * 0.95)] * 1000
        return [*told, f"median {statistics.median(times) * 1000:.2f} ms, 95 of 100 under {late:.2f} ms"]


def share(part: int, whole: int) -> str:
    return f"{part}/{whole} ({part / whole:.1%})" if whole else "none"


def main(files: list[Path]) -> None:
    started = time.perf_counter()
    search = Search(load())
    print(f"start {time.perf_counter() - started:.2f} s")
    for file in files:
        score = Score()
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            right = {row.get("article"), *row.get("also_articles", ())} - {None}
            before = time.perf_counter()
            found = search.find(row["text"], row.get("subject"))
            score.add(right, found, time.perf_counter() - before)
        print(file.name, *score.lines(), sep="\n  ")


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
