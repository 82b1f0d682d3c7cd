"""HTML made readable text, with quoted parts marked as people mark them in plain text. Pure; never raises."""

import html as entities
import re
from functools import cache
from typing import TYPE_CHECKING

from channels.email import charsets

if TYPE_CHECKING:
    from inscriptis.model.config import ParserConfig

# The library drops what is nested deeper than it likes, and takes seconds for pages that nobody wrote by hand.
MOST, MOST_TAGS = 400_000, 16_000
DEEPEST = 200
OPEN, CLOSE = "\ue000", "\ue001"
HIDDEN = re.compile(r"<(script|style|head|title|noscript|template)\b", re.IGNORECASE)
CONDITIONAL = re.compile(r"<!\[(?:if|endif)[^<>]{0,200}>", re.IGNORECASE)
BREAK = re.compile(r"<(?:br|/p|/div|/tr|/li|/h[1-6]|/blockquote|/table|hr)\b[^<>]*>", re.IGNORECASE)
TAG = re.compile(r"</?[a-zA-Z!?][^<>]*>")
QUOTE_OPENS = re.compile(r"<blockquote\b[^<>]*>", re.IGNORECASE)
AMPERSAND = re.compile(r"&(?:amp|#0*38|#x0*26)(?:;|(?![\w;]))", re.IGNORECASE)
QUOTE_CLOSES = re.compile(r"</blockquote\s*>", re.IGNORECASE)


def text(markup: str) -> str:
    """What a reader sees of it; nothing of scripts, styles and comments."""
    markup = CONDITIONAL.sub("", _visible(_uncommented(charsets.clean(markup))))
    marked = QUOTE_CLOSES.sub(f"<div>{CLOSE}</div></blockquote>", markup)
    marked = QUOTE_OPENS.sub(f"<blockquote><div>{OPEN}</div>", marked)
    bare = _stripped(marked)
    if len(markup) > MOST or markup.count("<") > MOST_TAGS or _depth(markup) > DEEPEST:
        return _quoted(bare)
    rendered = _rendered(marked)
    # When the library lost much of the words, the plain way wins.
    lost = len("".join(rendered.split())) < len("".join(bare.split())) // 2
    return _quoted(bare if lost else rendered)


def _uncommented(markup: str) -> str:
    out: list[str] = []
    position = 0
    while (opens := markup.find("<!--", position)) >= 0:
        closes = markup.find("-->", opens + 4)
        if closes < 0:
            break
        out.append(markup[position:opens])
        position = closes + 3
    return "".join(out) + markup[position:]


def _visible(markup: str) -> str:
    """Without scripts, styles and what else is not shown; what is opened and never closed is left in place."""
    out: list[str] = []
    position, unclosed = 0, set[str]()
    lower = markup.lower() if len(markup.lower()) == len(markup) else markup
    for match in HIDDEN.finditer(markup):
        name = match[1].lower()
        if match.start() < position or name in unclosed:
            continue
        closes = lower.find(f"</{name}", match.end())
        ends = markup.find(">", closes) if closes >= 0 else -1
        if ends < 0:
            unclosed.add(name)
            continue
        out.append(markup[position : match.start()] + " ")
        position = ends + 1
    return "".join(out) + markup[position:]


def _rendered(markup: str) -> str:
    # lxml costs more to import than most mails cost to read, and most mails have a plain part.
    from inscriptis import get_text
    from lxml.etree import LxmlError  # type: ignore[import-untyped]  # lxml ships no types.

    try:
        # The library undoes entities that the parser has undone already: «&amp;lt;» is no bracket.
        return str(get_text(AMPERSAND.sub("&amp;amp;", markup), _style()))
    except (LxmlError, ValueError, AssertionError, RecursionError, TypeError, AttributeError, IndexError, KeyError):
        # The library trips over some attributes and tables; the plain way reads what it cannot.
        return ""


@cache
def _style() -> "ParserConfig":
    from inscriptis.css_profiles import CSS_PROFILES
    from inscriptis.model.config import ParserConfig

    return ParserConfig(css=CSS_PROFILES["strict"])


def _stripped(markup: str) -> str:
    return entities.unescape(TAG.sub("", BREAK.sub("\n", re.sub(r"[ \t\n]+", " ", markup))))


def _depth(markup: str) -> int:
    """How deep the deepest element may be; void elements do not count."""
    deep = deepest = 0
    for match in re.finditer(r"<(/?)(?:div|table|td|tr|blockquote|span|p|ul|ol|li|font|center|b|i)\b", markup):
        deep = max(0, deep + (-1 if match[1] else 1))
        deepest = max(deep, deepest)
    return deepest


def _quoted(rendered: str) -> str:
    out: list[str] = []
    depth = 0
    for line in charsets.clean(rendered).replace("\xa0", " ").split("\n"):
        for mark in (OPEN, CLOSE):
            if mark in line:
                depth = max(0, depth + (line.count(mark) if mark == OPEN else -line.count(mark)))
        line = line.replace(OPEN, "").replace(CLOSE, "").rstrip()
        out.append(">" * min(depth, 5) + " " + line.strip() if depth and line else ">" * min(depth, 5) or line)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(out)).strip("\n")
