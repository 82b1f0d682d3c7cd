"""An article laid out for reading: steps with their seconds, what may go wrong, and other parts as safe HTML."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from app.desk.books import Books
from app.web.article_html import fill, inline, rich
from kb import outline
from kb.article import Article
from kb.captions import Cue, at_words
from kb.outline import Section

# Messages are quoted as they appear, and have colons of their own.
TROUBLE = re.compile(r"(?P<what>(?:«[^»]*»|[^«:]|:(?! ))+): (?P<then>.+)")
WRONG = re.compile(r"\bfall|\bmal\b|\berror|problem|wrong", re.IGNORECASE)
HURRY = re.compile(r"prisa|plazo", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to do, and the second of the film that shows it."""

    words: Markup
    moment: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """Something that may go wrong, and what to do then; nothing where the article says no more of it."""

    what: str
    then: Markup | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Another section of the article, as safe HTML."""

    heading: str
    body: Markup
    hurry: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """All of it."""

    intro: Markup
    steps: list[Step]
    wrongs: list[Wrong]
    parts: list[Part]


def lay(one: Article, books: Books, *, cues: tuple[Cue, ...] = (), hall: str | None = None) -> Laid:
    """The article for a reader of a town hall, by its code; in general words while it is unknown."""
    return Laid(
        intro=rich(fill(one.intro, books, hall)),
        steps=[
            Step(words=inline(fill(words, books, hall)), moment=None if at is None else int(at))
            for words in one.steps
            for at in (at_words(cues, words),)
        ],
        wrongs=_wrongs(one, books, hall),
        parts=[
            Part(
                heading=section.heading,
                body=rich(fill(section.body, books, hall)),
                hurry=bool(HURRY.search(section.heading)),
            )
            for section in _other(one)
            if not _goes_wrong(section)
        ],
    )


def _wrongs(one: Article, books: Books, hall: str | None) -> list[Wrong]:
    """The bullets of the section on what may go wrong, each cut into the trouble and the remedy."""
    found = []
    for section in _other(one):
        if _goes_wrong(section):
            for bullet in outline.bullets(section):
                parted = TROUBLE.fullmatch(bullet)
                what, then = (parted["what"], parted["then"]) if parted else (bullet, "")
                told = inline(fill(then[:1].upper() + then[1:], books, hall)) if then else None
                found.append(Wrong(what=fill(what, books, hall).rstrip("."), then=told))
    return found


def _other(one: Article) -> Iterator[Section]:
    return (section for section in one.sections if outline.items(section.body, outline.NUMBERED) != one.steps)


def _goes_wrong(section: Section) -> bool:
    listed = outline.bullets(section) if WRONG.search(section.heading) else ()
    return bool(listed) and sum(TROUBLE.fullmatch(bullet) is not None for bullet in listed) * 2 > len(listed)
