"""Which words of a text are those that were looked for, so that a page can mark them. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kb.words import stem, tokens

_WORD = re.compile(r"[^\W_]+(?:@[^\W_]+)?(?:_[^\W_]+)*")
SHORTEST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of text, looked for or not."""

    text: str
    marked: bool = False


def marked(text: str, query: str) -> tuple[Piece, ...]:
    """The text in pieces; whatever has the stem of a word of the query is marked."""
    wanted = {stem(token) for token in tokens(query) if len(token) >= SHORTEST}
    return tuple(_pieces(text, wanted)) if wanted else (Piece(text=text),)


def _pieces(text: str, wanted: set[str]) -> Iterator[Piece]:
    place = 0
    for word in _WORD.finditer(text):
        if any(stem(token) in wanted for token in tokens(word[0])):
            if word.start() > place:
                yield Piece(text=text[place : word.start()])
            yield Piece(text=word[0], marked=True)
            place = word.end()
    if place < len(text):
        yield Piece(text=text[place:])
