"""How an automatic message is worded: the text's gaps filled, empty lines dropped, kept under the limit. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

LIMIT = 600
_GAP = re.compile(r"\{(\w+)\}")
_MANY = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """An article as a message offers it: its title, short steps, where to see it and how long the film is."""

    title: str
    steps: tuple[str, ...]
    link: str
    film: str | None = None


def fill(template: str, holes: Mapping[str, str]) -> str:
    """The text with its gaps filled; a line whose gaps are all empty goes, unknown gaps stay as they are."""
    lines = []
    for line in template.strip().splitlines():
        gaps = _GAP.findall(line)
        said = _GAP.sub(lambda m: holes.get(m[1], m[0]), line).rstrip()
        if not (gaps and not _GAP.sub("", line).strip() and not said.strip()):
            lines.append(said)
    return _MANY.sub("\n\n", "\n".join(lines)).strip()


def offer(template: str, holes: Mapping[str, str], what: Offer, *, limit: int | None = LIMIT) -> str:
    """An answer with an article, shortened until it fits: third step, second step, then the length of the film."""
    text = ""
    for steps, film in _shorter(what):
        text = fill(
            template, {**holes, "title": what.title, "steps": numbered(steps), "images": _images(what.link, film)}
        )
        if limit is None or len(text) <= limit:
            return text
    return text


def numbered(steps: Sequence[str]) -> str:
    """«1. …» a line each."""
    return "\n".join(f"{place}. {step}" for place, step in enumerate(steps, 1))


def quoted(text: str, longest: int = 500) -> str:
    """Somebody's own words as a quotation."""
    words = text.strip()
    words = words if len(words) <= longest else words[: longest - 1].rstrip() + "…"
    return "\n".join(f"> {line}" for line in words.splitlines())


def _shorter(what: Offer) -> Iterator[tuple[tuple[str, ...], str | None]]:
    for count in (3, 2, 1):
        if count <= max(len(what.steps), 1):
            yield what.steps[:count], what.film
    yield what.steps[:1], None


def _images(link: str, film: str | None) -> str:
    return f"Con imágenes ({film}): {link}" if film else f"Con imágenes: {link}"
