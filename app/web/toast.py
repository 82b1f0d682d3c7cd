"""One short line about what has just been done, shown once on the next page, perhaps with a way to undo it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import session as cookie


@dataclass(frozen=True, slots=True)
class Toast:
    """The words, and the form that undoes what they tell (its address and hidden fields), if it can be undone."""

    words: str
    undo: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)


def tell(words: str, *, undo: str | None = None, **fields: str) -> None:
    """Keep a line for the next page."""
    cookie["toast"] = [words, undo, fields]


def told() -> Toast | None:
    """The line that waits to be shown, which is then forgotten."""
    kept = cookie.pop("toast", None)
    return Toast(*kept) if kept else None
