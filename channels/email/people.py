"""Who is named in an address header, whoever wrote it how. Pure; never raises."""

import re
from functools import lru_cache

from channels.email import words
from channels.message import Participant

ADDRESS = re.compile(
    r"[^\s<>\"(),:;\[\]]{1,200}@[^\s<>\"(),;:\[\]]{1,253}|[^\s<>\"(),:;]{1,200}@\[[0-9A-Fa-f.:IPv]{3,50}\]"
)
MOST = 500


@lru_cache(maxsize=64)
def people(value: str) -> tuple[Participant, ...]:
    """Everybody in the header, in order; a name without any address is nobody."""
    found: list[Participant] = []
    name_so_far = ""
    for piece in _pieces(value[:100_000])[:MOST]:
        person = _person(f"{name_so_far}, {piece}" if name_so_far else piece)
        # «Pérez, Ana <ana@example.es>» without quotes is one person.
        name_so_far = "" if person else f"{name_so_far}, {piece}".strip(", ")
        if person:
            found.append(person)
    if not found and name_so_far:
        bare = words.decoded(value)
        return people(bare) if "@" in bare and bare != value else _without_host(bare)
    return tuple(found)


def first(value: str) -> Participant | None:
    """The first person of the header, or None."""
    return next(iter(people(value)), None)


def _without_host(bare: str) -> tuple[Participant, ...]:
    """Local names («root») are addresses too when they stand alone."""
    match = re.fullmatch(r'(?:"?([^"<>]*?)"?\s*<)?\s*([\w.+-]+)\s*>?', bare)
    return (Participant(address=match[2].lower(), name=_name(match[1] or "")),) if match else ()


def _pieces(value: str) -> list[str]:
    """The header cut at commas that stand outside quotes, brackets and comments; group names dropped."""
    out: list[str] = []
    start, quoted, angle, comment, skip, at = 0, False, False, 0, False, False
    for place, char in enumerate(value):
        if skip:
            skip = False
        elif char == "\\":
            skip = True
        elif char == '"' and not comment:
            quoted = not quoted
        elif quoted:
            continue
        elif char in "()":
            comment = max(0, comment + (1 if char == "(" else -1))
        elif char in "<>":
            angle = char == "<"
        elif char in ",;" and not comment and not angle:
            out.append(value[start:place])
            start, at = place + 1, False
        elif char == "@":
            at = True
        elif char == ":" and not comment and not angle and not at:
            start = place + 1
    return [piece.strip() for piece in (*out, value[start:]) if piece.strip()]


def _person(piece: str) -> Participant | None:
    angled = re.search(r"<\s*([^<>]*@[^<>]*)>?\s*", piece)
    inside = re.sub(r"\s+", "", angled[1]) if angled else ""
    if angled and (match := re.search(r"(?:mailto:)?([^:]*@[^:]+)$", inside)):
        return Participant(address=_address(match[1]), name=_name(piece[: angled.start()] or piece[angled.end() :]))
    match = ADDRESS.search(piece)
    if not match:
        return None
    comment = re.search(r"\(([^()]*)\)", piece)
    rest = piece[: match.start()] + piece[match.end() :]
    return Participant(address=_address(match[0]), name=_name(comment[1] if comment else rest))


def _address(written: str) -> str:
    return words.decoded(written).strip("'\"<>. ,;").lower()[:320]


def _name(written: str) -> str | None:
    """The name as shown, without quotes; None if there is none."""
    bare = written.strip()
    if bare.startswith('"') and bare.endswith('"') and len(bare) > 1:
        bare = re.sub(r"\\(.)", r"\1", bare[1:-1])
    bare = words.decoded(bare.replace('"', "") if "=?" not in bare else bare)
    bare = re.sub(r"\s*\[?<?(mailto:)?\[?$", "", bare).strip()
    if len(bare) > 1 and bare[0] == bare[-1] and bare[0] in "'\"":
        bare = bare[1:-1].strip()
    return bare[:300] or None
