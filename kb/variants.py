"""The sections of an article for the sedes of one supplier: «## Pasos {Proveedor}» beside «## Pasos» for all."""

import re
from dataclasses import dataclass

from kb.words import fold

HEADING = re.compile(r"^##[ \t]+(?P<heading>[^\n]+?)(?:[ \t]*(?<!\{)\{(?P<supplier>[^{}\n]+)\})?[ \t#]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A section as it stands in the text; without a supplier it is for everybody."""

    heading: str
    supplier: str
    text: str


def suppliers(body: str) -> tuple[str, ...]:
    """Whose sedes have sections of their own, in the order of the text."""
    found = (one["supplier"] for one in HEADING.finditer(body) if one["supplier"])
    return tuple({fold(name.strip()): name.strip() for name in reversed(list(found))}.values())[::-1]


def chosen(body: str, supplier: str | None = None) -> str:
    """The text as it is read on a sede of that supplier; without one, or with one it does not name, for everybody.

    A section of the supplier's stands in the place of the one with its heading, or where it stands if there is none.
    """
    if not suppliers(body):
        return body
    parts = _parts(body)
    own = {fold(part.heading): part for part in parts if supplier and fold(part.supplier) == fold(supplier)}
    general = {fold(part.heading) for part in parts if not part.supplier}
    shown = []
    for part in parts:
        mine = own.get(fold(part.heading))
        if not part.supplier:
            shown.append(mine or part)
        elif part is mine and fold(part.heading) not in general:
            shown.append(part)
    first = HEADING.search(body)
    intro = body[: first.start()].strip() if first else ""
    return "\n\n".join(filter(None, [intro, *(f"## {part.heading}\n{part.text}".strip() for part in shown)]))


def _parts(body: str) -> list[Part]:
    found = list(HEADING.finditer(body))
    ends = [*(later.start() for later in found[1:]), len(body)]
    return [
        Part(
            heading=one["heading"].strip(),
            supplier=(one["supplier"] or "").strip(),
            text=body[one.end() : end].strip(),
        )
        for one, end in zip(found, ends, strict=False)
    ]
