"""An article's Markdown as safe HTML, with the gaps for a town hall's data filled in general words. Pure."""

import re
from collections.abc import Mapping
from functools import lru_cache

from markdown_it import MarkdownIt
from markupsafe import Markup

from app.desk.books import Books

TAGS = {"p", "ul", "ol", "li", "strong", "em", "a", "code", "h3", "br", "blockquote"}
_GAP = re.compile(r"\{\{\s*(\w+)\s*\}\}")
# A sentence that only names a town hall and its telephone says nothing to somebody whose town hall we do not know.
_ASIDE = re.compile(r"\s*\(\{\{\s*sede_url\s*\}\}\)")
_ONLY_GAPS = re.compile(r"\s*\{\{\s*ayuntamiento\s*\}\}\s*:\s*\{\{\s*telefono\s*\}\}\s*\.?")


def fill(text: str, books: Books, hall: str | None = None) -> str:
    """The text for a reader of a town hall, by its code; in general words while it is unknown."""
    known = books.halls.get(hall or "")
    phone, sede = (known.phone, known.sede_url) if known else (None, None)
    words: Mapping[str, str] = {
        "entidad": books.province.entity,
        "ayuntamiento": f"Ayuntamiento de {known.name}" if known else "su ayuntamiento",
        "telefono": phone or "el teléfono de su ayuntamiento",
        "sede_url": sede or "la sede electrónica de su ayuntamiento",
        "dir3": (known.dir3 if known else None) or "los códigos DIR3 de su ayuntamiento",
    }
    text = text if phone else _ONLY_GAPS.sub("", text)
    text = text if sede else _ASIDE.sub("", text)
    return _GAP.sub(lambda gap: words.get(gap[1], ""), text)


def rich(text: str) -> Markup:
    """Paragraphs, lists and links."""
    return _clean(_reader().render(text))


def inline(text: str) -> Markup:
    """One stretch of text, without a paragraph around it."""
    return _clean(_reader().renderInline(text))


@lru_cache(maxsize=1)
def _reader() -> MarkdownIt:
    return MarkdownIt("zero", {"html": False}).enable(
        ["list", "emphasis", "link", "backticks", "heading", "newline", "blockquote", "entity", "escape"]
    )


def _clean(html: str) -> Markup:
    import nh3

    kept = {"a": {"href"}, "ol": {"start"}}
    safe = nh3.clean(html, tags=TAGS, attributes=kept, url_schemes={"http", "https", "tel", "mailto"})
    # nh3 lets through nothing but these tags, so what it returns may stand in a page.
    return Markup(safe)  # noqa: S704
