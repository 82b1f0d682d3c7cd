"""Different words for one thing: phrases of kb/data/concepts.txt found in a text and named by their concept."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import count
from pathlib import Path

from kb.words import stem, tokens

FILE = Path(__file__).parent / "data" / "concepts.txt"


class Concepts:
    """`find` names every concept whose phrase stands in a row of stems."""

    def __init__(self, lines: Iterable[str]) -> None:
        # Phrases of one stem by it, longer ones by their first two; each with its rank among all.
        self.words: dict[str, list[tuple[int, str]]] = defaultdict(list)
        self.phrases: dict[tuple[str, str], list[tuple[int, str, tuple[str, ...]]]] = defaultdict(list)
        self.starts: set[str] = set()
        self.rank = count()
        self.vocabulary: set[str] = set()
        name = ""
        for line in lines:
            line = line.split("#")[0].strip()
            if line.endswith(":"):
                name = line[:-1]
            elif line:
                for phrase in line.split("|"):
                    self.add(name, tokens(phrase))

    def add(self, name: str, phrase: list[str]) -> None:
        if phrase:
            first, *rest = stems = tuple(stem(token) for token in phrase)
            self.vocabulary.update(phrase)
            self.starts.add(first)
            if rest:
                self.phrases[first, rest[0]].append((next(self.rank), name, stems))
            else:
                self.words[first].append((next(self.rank), name))

    def find(self, stems: Sequence[str]) -> list[str]:
        found: dict[str, None] = {}
        row, starts, words, phrases = (*stems, ""), self.starts, self.words, self.phrases
        for place, first in enumerate(stems):
            if first not in starts:
                continue
            here = words.get(first, [])
            if longer := phrases.get((first, row[place + 1])):
                fitting = [one[:2] for one in longer if row[place : place + len(one[2])] == one[2]]
                here = sorted((*here, *fitting)) if here else fitting
            for _, name in here:
                found[name] = None
        return list(found)


def load(file: Path = FILE) -> Concepts:
    return Concepts(file.read_text(encoding="utf-8").splitlines())
