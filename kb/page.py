"""An article's Markdown as safe HTML for pages and as plain text for messages, its placeholders filled."""

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from markdown_it import MarkdownIt
from markdown_it.token import Token

HOLE = re.compile(r"\{\{\s*(?P<name>\w+)\s*\}\}")
MARKS = re.compile(r"([\\`*_\[\]<>#|~])")
# What a reader sees where the desk does not know the datum of the town hall.
UNKNOWN = MappingProxyType(
    {
        "sede_url": "la sede electrónica de su ayuntamiento",
        "telefono": "el teléfono de su ayuntamiento",
        "ayuntamiento": "su ayuntamiento",
        "entidad": "nuestra entidad",
        "dir3": "los códigos de su ayuntamiento",
    }
)
# Titles and steps of some hundred articles, with the data of the town halls that ask most.
KEPT = 2000
NO_PLACES: Mapping[str, str] = MappingProxyType({})


@lru_cache(maxsize=1)
def markdown() -> MarkdownIt:
    # Pictures would be fetched from wherever the text says, so they are not drawn.
    return MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")


def html(text: str, places: Mapping[str, str] = NO_PLACES) -> str:
    """Safe HTML: no tags of the author's own, no scripts in links, no heading above h2, no hole left open."""
    tokens = markdown().parse(filled(text, places, escaped=True))
    for token in tokens:
        if token.tag == "h1":
            token.tag = "h2"
    return str(markdown().renderer.render(tokens, markdown().options, {}))


def plain(text: str, places: Mapping[str, str] = NO_PLACES) -> str:
    """The same words without marks: paragraphs, «1.» and «-» for lists, one empty line between blocks."""
    return _plain(filled(text, places, escaped=True))


def _plain(text: str) -> str:
    lines: list[str] = []
    counters: list[int | None] = []
    mark = ""
    for token in markdown().parse(text):
        if token.type == "ordered_list_open":
            counters.append(int(token.attrGet("start") or 1) - 1)
        elif token.type == "bullet_list_open":
            counters.append(None)
        elif token.type in ("ordered_list_close", "bullet_list_close"):
            counters.pop()
        elif token.type == "list_item_open":
            number = counters[-1]
            counters[-1] = None if number is None else number + 1
            mark = "- " if number is None else f"{number + 1}. "
        elif token.type in ("inline", "fence", "code_block"):
            lines += ["", mark + said(token)] if not (counters and mark) else [mark + said(token)]
            mark = ""
        elif token.type == "heading_open":
            lines.append("")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def said(token: Token) -> str:
    if token.children is None:
        return token.content.strip()
    breaks = {"softbreak": " ", "hardbreak": "\n"}
    return "".join(breaks.get(child.type, child.content) for child in token.children).strip()


def line(text: str, places: Mapping[str, str] = NO_PLACES) -> str:
    """One line of plain text, for a title or a step."""
    return _line(filled(text, places, escaped=True))


@lru_cache(maxsize=KEPT)
def _line(text: str) -> str:
    # By the words themselves: what an editor changes is another key, and the old one is forgotten in its turn.
    return " ".join(_plain(text).split())


def holes(text: str) -> tuple[str, ...]:
    """The names of the placeholders that stand in a text."""
    return tuple(dict.fromkeys(hole["name"] for hole in HOLE.finditer(text)))


def filled(text: str, places: Mapping[str, str], *, escaped: bool) -> str:
    """What is not known is said in words; a value never brings marks of its own into the text."""

    def value(hole: re.Match[str]) -> str:
        known = places.get(hole["name"]) or UNKNOWN.get(hole["name"], "")
        if not escaped or text[: hole.start()].endswith("]("):
            return known
        if re.fullmatch(r"https?://[^\s<>]+", known):
            return f"<{known}>"
        return MARKS.sub(r"\\\1", known)

    return HOLE.sub(value, text)
