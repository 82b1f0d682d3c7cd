"""The Markdown of an article cut into what search and answers need: introduction, sections, steps."""

import re
from dataclasses import dataclass
from functools import lru_cache

# Of so many articles, as they are read on one sede or another, the list is found once.
KEPT = 300
HEADING = re.compile(r"^##[ \t]+(?P<heading>.+?)[ \t#]*$", re.MULTILINE)
NUMBERED = re.compile(r"^\d{1,3}[.)][ \t]+(?P<words>.*)$")
BULLET = re.compile(r"^[-*+][ \t]+(?P<words>.*)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    heading: str
    body: str


def intro(body: str) -> str:
    """What stands before the first heading."""
    first = HEADING.search(body)
    return (body[: first.start()] if first else body).strip()


def sections(body: str) -> tuple[Section, ...]:
    found = list(HEADING.finditer(body))
    ends = [*(later.start() for later in found[1:]), len(body)][: len(found)]
    return tuple(
        Section(heading=one["heading"].strip(), body=body[one.end() : end].strip())
        for one, end in zip(found, ends, strict=True)
    )


@lru_cache(maxsize=KEPT)
def steps(body: str) -> tuple[str, ...]:
    """The items of the first numbered list, whatever the language of its heading."""
    for part in (intro(body), *(section.body for section in sections(body))):
        if listed := items(part, NUMBERED):
            return listed
    return ()


def bullets(section: Section) -> tuple[str, ...]:
    return items(section.body, BULLET)


def items(text: str, mark: re.Pattern[str]) -> tuple[str, ...]:
    """The entries of a list, each on one line; indented lines belong to the entry above them."""
    found: list[list[str]] = []
    for line in text.splitlines():
        if entry := mark.match(line):
            found.append([entry["words"].strip()])
        elif found and line[:1] in (" ", "\t") and line.strip():
            found[-1].append(line.strip())
        elif found and line.strip():
            break
    return tuple(" ".join(lines) for lines in found if any(lines))
