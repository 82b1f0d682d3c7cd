"""A technician's mail with its bold words, lists and links as HTML, beside the same words in plain text. Pure."""

import re
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt

TAGS = {"p", "ul", "ol", "li", "strong", "em", "a", "br"}
_MARKED = re.compile(r"\*\*\S|(?<!\w)\*\S[^*]*\*|^\s*(?:[-*]|\d+[.)]) \S|\]\(https?://", re.MULTILINE)


def html(text: str) -> str | None:
    """The mail as HTML; None when nothing in it is formatted, and plain text says it all."""
    if not _MARKED.search(text):
        return None
    return nh3.clean(
        _reader().render(text), tags=TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto"}
    )


@lru_cache(maxsize=1)
def _reader() -> MarkdownIt:
    return MarkdownIt("zero", {"html": False, "breaks": True}).enable(["list", "emphasis", "link", "newline", "escape"])
