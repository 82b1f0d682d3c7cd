"""How an automatic message is worded: the text's gaps filled, empty lines dropped, kept under the limit. Pure."""

import re
from collections.abc import Mapping, Sequence

from kb.answer import Answer, fitting
from kb.words import tokens

LIMIT = 600
_GAP = re.compile(r"\{(\w+)\}")
_MANY = re.compile(r"\n{3,}")


def fill(template: str, holes: Mapping[str, str]) -> str:
    """The text with its gaps filled; a line whose gaps are all empty goes, unknown gaps stay as they are."""
    lines = []
    for line in template.strip().splitlines():
        gaps = _GAP.findall(line)
        said = _GAP.sub(lambda m: holes.get(m[1], m[0]), line).rstrip()
        if not (gaps and not _GAP.sub("", line).strip() and not said.strip()):
            lines.append(said)
    return _MANY.sub("\n\n", "\n".join(lines)).strip()


def offer(template: str, holes: Mapping[str, str], answer: Answer, *, link: str, limit: int | None = LIMIT) -> str:
    """An answer with an article, shortened until it fits: third step, second step, then the length of the film."""

    def told(what: Answer) -> str:
        images = f"Con imágenes (vídeo de {what.film}): {link}" if what.film else f"Con imágenes: {link}"
        return fill(template, {**holes, "title": what.title, "steps": numbered(what.steps), "images": images})

    return told(fitting(answer, lambda what: limit is None or len(told(what)) <= limit))


def capital(words: str) -> str:
    """The words as a sentence begins with them."""
    return words[:1].upper() + words[1:]


def only_greets(text: str, greetings: str) -> bool:
    """Whether these words only say hello: whoever writes them is about to ask."""
    said = tokens(text)
    return bool(said) and set(said) <= set(tokens(greetings))


def numbered(steps: Sequence[str]) -> str:
    """«1. …» a line each."""
    return "\n".join(f"{place}. {step}" for place, step in enumerate(steps, 1))


def quoted(text: str, longest: int = 500) -> str:
    """Somebody's own words as a quotation."""
    words = text.strip()
    words = words if len(words) <= longest else words[: longest - 1].rstrip() + "…"
    return "\n".join(f"> {line}" for line in words.splitlines())
