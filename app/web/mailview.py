"""A stranger's HTML made harmless: no scripts, styles or forms, and nothing fetched from anywhere."""

import base64
import re
from collections.abc import Iterable, Mapping
from html import unescape

import nh3
from markupsafe import Markup, escape

from app.files import Files
from app.web.enclosures import PICTURES
from app.web.say import _

LARGEST = 400_000
TAGS = {
    "a", "abbr", "b", "blockquote", "br", "caption", "code", "dd", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4",
    "hr", "i", "img", "li", "ol", "p", "pre", "q", "s", "small", "span", "strong", "sub", "sup", "table", "tbody",
    "td", "tfoot", "th", "thead", "tr", "u", "ul",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "ol": {"start"},
}
_ADDRESS = re.compile(r"\s*(?:https?|mailto|tel):", re.IGNORECASE)
# nh3 writes every attribute between double quotes, and no double quote inside them: this is the whole tag, surely.
_PICTURE = re.compile(r'<img((?:\s+[\w-]+="[^"]*")*)\s*/?>')
_ALT = re.compile(r'\salt="([^"]*)"')


def clean(html: str, pictures: Mapping[str, str], *, elsewhere: bool = False) -> Markup:
    """The mail's words and layout. Pictures that came with it are shown; those elsewhere only if they are wanted."""

    def keep(tag: str, name: str, value: str) -> str | None:
        if tag == "a" and name == "href":
            return value if _ADDRESS.match(value) else None
        if tag != "img" or name != "src":
            return value
        if value.lower().startswith("https://"):
            return value if elsewhere else None
        return pictures.get(value[4:].strip("<>")) if value.lower().startswith("cid:") else None

    told = nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=keep,
        url_schemes={"http", "https", "mailto", "tel", "cid", "data"},
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )
    return Markup(_PICTURE.sub(_described, told))  # noqa: S704 - cleaned by nh3, and what is put in is escaped


def pictures(inside: Iterable[tuple[str | None, str | None, str, int]], files: Files) -> dict[str, str]:
    """The pictures inside a mail as data addresses, by their content id; large ones stay attachments."""
    found = {}
    for content_id, sha256, kind, size in inside:
        if content_id and sha256 and kind in PICTURES and size <= LARGEST:
            try:
                with files.open(sha256) as stream:
                    told = base64.b64encode(stream.read()).decode("ascii")
            except FileNotFoundError:
                continue
            found[content_id.strip("<>")] = f"data:{kind};base64,{told}"
    return found


def _described(match: re.Match[str]) -> str:
    """A picture that is not shown says what it was."""
    if ' src="' in match[1]:
        return match[0]
    alt = _ALT.search(match[1])
    words = unescape(alt[1]).strip() if alt else ""
    return f"<em>[{escape(words or _('imagen no cargada'))}]</em>"
