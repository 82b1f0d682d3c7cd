"""A technician's mail with its bold words, lists and links as HTML, beside the same words in plain text. Pure."""

import re
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt

TAGS = {"p", "ul", "ol", "li", "strong", "em", "a", "br"}
_BARE = re.compile(r"(?<![(<\[\w/])https?://[^\s<>]*[^\s<>.,;:!?()»\"'*]")
_ITEM = r"[ \t]*(?:[-*]|\d+[.)]) "
# What follows a list without a blank line is no part of its last point.
_AFTER = re.compile(rf"^({_ITEM}.*)\n(?=\S)(?!{_ITEM})", re.MULTILINE)
_SIGNS = re.compile(r"\*\*(?P<bold>\S[^*]*)\*\*|\[(?P<link>[^\]]+)\]\(https?://[^)]*\)")
_MARKED = re.compile(r"\*\*\S|(?<!\w)\*\S[^*]*\*|^\s*(?:[-*]|\d+[.)]) \S|\]\(https?://", re.MULTILINE)


def html(text: str) -> str | None:
    """The mail as HTML; None when nothing in it is formatted, and plain text says it all."""
    if not _MARKED.search(text):
        return None
    told = _BARE.sub(r"<\g<0>>", _AFTER.sub(r"\1\n\n", text))
    kept = {"a": {"href"}, "ol": {"start"}}
    return nh3.clean(_reader().render(told), tags=TAGS, attributes=kept, url_schemes={"http", "https", "mailto"})


def plain(text: str) -> str:
    """The words without the signs that format them, where there is room for one line only."""
    return _SIGNS.sub(lambda found: found["bold"] or found["link"], text)


@lru_cache(maxsize=1)
def _reader() -> MarkdownIt:
    rules = ["list", "emphasis", "link", "autolink", "newline", "escape"]
    return MarkdownIt("zero", {"html": False, "breaks": True}).enable(rules)
