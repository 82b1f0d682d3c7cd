"""Different words for one thing: phrases of kb/data/concepts.txt found in a text and named by their concept."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from kb.words import stem, tokens

FILE = Path(__file__).parent / "data" / "concepts.txt"


class Concepts:
    """`find` names every concept whose phrase stands in a row of stems."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.phrases: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
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
            stems = tuple(stem(token) for token in phrase)
            self.vocabulary.update(phrase)
            self.phrases[stems[0]].append((stems, name))

    def find(self, stems: Sequence[str]) -> list[str]:
        found, row = {}, tuple(stems)
        for place, first in enumerate(row):
            for phrase, name in self.phrases.get(first, ()):
                if name not in found and row[place : place + len(phrase)] == phrase:
                    found[name] = True
        return list(found)


def load(file: Path = FILE) -> Concepts:
    return Concepts(file.read_text(encoding="utf-8").splitlines())
