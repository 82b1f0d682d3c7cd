"""Words to look for in a text, tried only where a word begins that can begin them."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count

from kb.known import Known
from kb.words import folded_tokens

# So many letters tell most words apart, and a short word comes with the space behind it.
SIZE = 4
WORD = re.compile(r"\w+")
PART = re.compile(r"[^\W_]+")
DIGIT = re.compile(r"[0-9]")
AROUND = ("(?=", "(?!", "(?<=", "(?<!")
GROUP = re.compile(r"\((?:\?:|\?P<\w+>)?")
TIMES = re.compile(r"([?*+]|\{\d+(?:,\d*)?\})?\??")
EDGES = frozenset(("\\b", "\\B", "^", "$"))
MANY = frozenset((".", "\\w", "\\W", "\\S", "\\s", "\\D"))


# Where a word begins and ends, and the word.
Word = tuple[int, int, str]


@dataclass(frozen=True)
class Said:
    """A folded text with the places at which cues may begin in it."""

    text: str

    @cached_property
    def words(self) -> list[Word]:
        """Every word, where it begins and ends; an underline parts two."""
        part = PART if "_" in self.text else WORD
        return [(match.start(), match.end(), match.group()) for match in part.finditer(self.text)]

    @cached_property
    def tokens(self) -> list[str]:
        """The words alone; «cl@ve» is one."""
        return folded_tokens(self.text) if "@" in self.text else [word for _, _, word in self.words]

    @cached_property
    def openings(self) -> Mapping[int, list[int]]:
        """Where each cue may begin, by its number, in order."""
        text = self.text
        found: defaultdict[int, list[int]] = defaultdict(list)
        for at in [match.start() for match in WORD.finditer(text)] if "_" in text else [at for at, _, _ in self.words]:
            for number in OPENED[text[at : at + SIZE]]:
                found[number].append(at)
        return found

    @cached_property
    def digits(self) -> list[int]:
        """Where each digit stands."""
        return [match.start() for match in DIGIT.finditer(self.text)]


@dataclass(frozen=True)
class Cue:
    """A pattern whose matches begin with a word, or all with a digit.

    Finds what `re` finds, without trying it at every letter.
    """

    pattern: str
    compiled: re.Pattern[str] = field(init=False)
    fronts: frozenset[str] = field(init=False)
    numeric: bool = field(init=False)
    number: int = field(init=False)

    def __post_init__(self) -> None:
        found = fronts(self.pattern)
        if not all(WORD.match(front) for front in found):
            raise ValueError(f"may begin without a word: {self.pattern[:60]}")
        object.__setattr__(self, "compiled", re.compile(self.pattern))
        object.__setattr__(self, "fronts", frozenset(found))
        object.__setattr__(self, "numeric", all(DIGIT.match(front) for front in found))
        object.__setattr__(self, "number", next(NUMBERS))
        for front in found:
            BEGUN.setdefault(front, []).append(self.number)
        OPENED.clear()

    def places(self, said: Said) -> list[int]:
        """Where it may begin, in order."""
        return said.digits if self.numeric else said.openings.get(self.number, [])

    def search(self, said: Said) -> re.Match[str] | None:
        """The first match."""
        return next(self.finditer(said), None)

    def finditer(self, said: Said) -> Iterator[re.Match[str]]:
        """Every match, in order, none inside another."""
        match, end, text = self.compiled.match, 0, said.text
        for at in self.places(said):
            if at >= end and (found := match(text, at)):
                end = found.end()
                yield found


def opened(letters: str) -> tuple[int, ...]:
    """The cues that may begin with these letters or the first of them: one look at a word serves all."""
    sizes = range(1, len(letters) + 1)
    return tuple(dict.fromkeys(number for size in sizes for number in BEGUN.get(letters[:size], ())))


NUMBERS = count()
BEGUN: dict[str, list[int]] = {}
OPENED = Known(opened)


def fronts(pattern: str) -> set[str]:
    """The first letters, `SIZE` at most, that a match of the pattern can have."""
    return {letters for letters, _ in _Reader(pattern).either()}


# Letters that a match can begin with, and whether what follows them is still known.
Front = tuple[str, bool]
NOTHING: set[Front] = {("", True)}
ANYTHING: set[Front] = {("", False)}


class _Reader:
    """Goes through a pattern from left to right, once."""

    def __init__(self, pattern: str) -> None:
        self.pattern, self.at = pattern, 0

    def either(self) -> set[Front]:
        """Alternatives, up to the bracket that closes them."""
        found = self.row()
        while self.pattern.startswith("|", self.at):
            self.at += 1
            found |= self.row()
        return found

    def row(self) -> set[Front]:
        found = NOTHING
        while self.at < len(self.pattern) and self.pattern[self.at] not in "|)":
            one = self.one()
            times = TIMES.match(self.pattern, self.at)
            told = times[1] if times else None
            self.at = times.end() if times else self.at
            if told and told != "?":
                one = {(letters, False) for letters, _ in one}
            joined = {pair for front in found for pair in _after(front, one)}
            found = joined | found if told in ("?", "*") or (told or "").startswith("{0") else joined
        return found

    def one(self) -> set[Front]:
        """A letter, a class or a group."""
        if self.pattern.startswith(AROUND, self.at):
            self.group(self.pattern.index("?", self.at) + (3 if self.pattern[self.at + 2] == "<" else 2))
            return NOTHING
        if opened := GROUP.match(self.pattern, self.at):
            return self.group(opened.end())
        if self.pattern[self.at] == "[":
            return self.letters()
        sign = self.pattern[self.at : self.at + (2 if self.pattern[self.at] == "\\" else 1)]
        self.at += len(sign)
        if sign in EDGES:
            return NOTHING
        if sign in MANY:
            return ANYTHING
        return {(digit, False) for digit in "0123456789"} if sign == "\\d" else {(sign[-1], True)}

    def group(self, inside: int) -> set[Front]:
        self.at = inside
        found = self.either()
        self.at += 1
        return found

    def letters(self) -> set[Front]:
        end = self.pattern.index("]", self.at + 2)
        told, self.at = self.pattern[self.at + 1 : end], end + 1
        plain = not any(sign in told for sign in "\\^-")
        return {(letter, True) for letter in told} if plain else ANYTHING


def _after(front: Front, following: set[Front]) -> Iterator[Front]:
    letters, known = front
    if not known:
        yield front
        return
    for more, still in following:
        whole = (letters + more)[:SIZE]
        yield whole, still and len(whole) < SIZE
