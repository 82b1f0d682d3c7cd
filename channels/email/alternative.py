"""The HTML that stands beside the plain text of a mail, made of that text and nothing else. Pure.

One column, no colours of our own (so a dark screen stays dark), nothing that is fetched from anywhere. What is
quoted is shown and never made a link: whoever forges a sender would have us pass his links on.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from html import escape
from itertools import groupby

DEEPEST = 5
STYLE = (
    ":root{color-scheme:light dark}"
    "body{margin:0 auto;padding:1em;max-width:40em;font:1em/1.5 sans-serif;overflow-wrap:break-word}"
    "blockquote{margin:1em 0;padding-left:1em;border-left:3px solid}"
)
# What ends a sentence, or closes what stands around an address, is no part of it.
LINK = re.compile(
    r"(?P<web>https?://[^\s<>\"«»\x00-\x1f\x7f]*[^\s<>\"«»\x00-\x1f\x7f.,;:!?)'*…])"
    r"|(?P<mail>(?<![\w.+-])[a-zA-Z0-9][a-zA-Z0-9_.+-]{0,63}@(?:[a-zA-Z0-9-]{1,63}\.){1,8}[a-zA-Z]{2,24}(?![\w@-]))"
)
NUMBERED = re.compile(r"(\d{1,3})\. (?=\S)")
POINT = re.compile(r"[-*•] (?=\S)")


def page(markup: str, *, language: str | None, title: str | None) -> str:
    """The whole page around what a mail says, in its language."""
    tongue = f' lang="{escape(language)}"' if language else ""
    return (
        f'<!DOCTYPE html>\n<html{tongue}>\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n<meta name="color-scheme" content="light dark">\n'
        f"<title>{escape(title or '')}</title>\n<style>{STYLE}</style>\n</head>\n"
        # Mail on the web keeps nothing of html and body.
        f"<body>\n<div{tongue}>\n{markup.strip()}\n</div>\n</body>\n</html>\n"
    )


def html(text: str) -> str:
    """The words as paragraphs, lists, links and quotes."""
    return "\n".join(_blocks(text.split("\n"), _linked))


def _blocks(lines: Sequence[str], write: Callable[[str], str], depth: int = 0) -> Iterator[str]:
    for quoted, run in groupby(lines, lambda line: line.startswith(">") and depth < DEEPEST):
        if quoted:
            inner = [line[1:].removeprefix(" ") for line in run]
            yield "\n".join(("<blockquote>", *_blocks(inner, escape, depth + 1), "</blockquote>"))
        else:
            yield from _paragraphs(list(run), write)


def _paragraphs(lines: Sequence[str], write: Callable[[str], str]) -> Iterator[str]:
    """Blank lines part them; a list is one by itself."""
    for kind, run in groupby(zip(_kinds(lines), lines, strict=True), lambda one: one[0]):
        told = [line.strip() for _, line in run]
        if kind == "words":
            yield "<p>" + "<br>\n".join(map(write, told)) + "</p>"
        elif kind:
            sign = POINT if kind == "ul" else NUMBERED
            points = "\n".join(f"<li>{write(sign.sub('', one, count=1))}</li>" for one in told)
            yield f"<{kind}>\n{points}\n</{kind}>"


def _kinds(lines: Sequence[str]) -> Iterator[str]:
    """What each line is. Only numbers that count up from one are a list: any other would be told as what it is not."""
    place = 0
    for line in lines:
        bare = line.strip()
        number = NUMBERED.match(bare)
        place = place + 1 if number and number[1] == str(place + 1) else 0
        if place:
            yield "ol"
        elif POINT.match(bare):
            yield "ul"
        else:
            yield "words" if bare else ""


def _linked(line: str) -> str:
    out, position = [], 0
    for found in LINK.finditer(line):
        written = escape(found[0])
        out += [escape(line[position : found.start()])]
        out += [f'<a href="{"mailto:" if found["mail"] else ""}{written}">{written}</a>']
        position = found.end()
    return "".join((*out, escape(line[position:])))
