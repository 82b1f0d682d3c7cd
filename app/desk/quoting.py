"""What a person's mail repeats under its words: the message that it answers, so that its reader knows what of. Pure."""

import html as entities
from dataclasses import dataclass

from app.desk.books import Books

# The two wordings among the province's: the line above which to answer, and what introduces their words.
ABOVE, WROTE = "reply_above", "you_wrote"
FEWEST, WIDEST = 3, 60
MOST_LINES, LONGEST = 12, 1200


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What stands around both texts, in the language of whoever reads it; a province may lack either."""

    mark: str
    wrote: str


def frame(books: Books, language: str) -> Frame:
    """The frame in a language. By the signs around the mark an answer is known in every language, as they are sent."""
    above = " ".join(books.text(ABOVE, language).split())
    return Frame(mark=f"## {above} ##" if above else "", wrote=books.text(WROTE, language))


def may_mark(words: str) -> bool:
    """Whether these words between signs are known again in an answer: whole on one line, and no heading."""
    return "\n" not in words and "#" not in words and len(words.split()) >= FEWEST and len(words) <= WIDEST


def text(ours: str, answered: str, around: Frame) -> str:
    """The plain words: the line above which to answer, ours, and the beginning of theirs, quoted."""
    quoted = "\n".join(f"> {line}".rstrip() for line in _beginning(answered))
    theirs = "\n".join(filter(None, (around.wrote, quoted)))
    return "\n\n".join(filter(None, (around.mark, ours.rstrip(), theirs))) + "\n"


def html(ours: str, answered: str, around: Frame) -> str:
    """The same with formatting."""
    mark, wrote = (f"<p>{entities.escape(words)}</p>\n" if words else "" for words in (around.mark, around.wrote))
    quoted = "<br>".join(entities.escape(line) for line in _beginning(answered))
    return f"{mark}{ours.rstrip()}\n{wrote}<blockquote>{quoted}</blockquote>\n"


def _beginning(answered: str) -> list[str]:
    lines = answered.strip()[:LONGEST].split("\n")[:MOST_LINES]
    whole = len("\n".join(lines)) == len(answered.strip())
    return lines if whole else [*lines, "…"]
