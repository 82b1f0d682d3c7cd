"""Lists of short phrases, kept as data: triage/data/phrases.txt."""

from functools import lru_cache
from pathlib import Path

FILE = Path(__file__).parent / "data" / "phrases.txt"


def phrases(name: str) -> frozenset[str]:
    """The list of this name."""
    return lists()[name]


@lru_cache(maxsize=1)
def lists(file: Path = FILE) -> dict[str, frozenset[str]]:
    """All lists; a line that ends in a colon opens one."""
    found: dict[str, frozenset[str]] = {}
    name = ""
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.endswith(":"):
            name = line[:-1]
            found[name] = frozenset()
        elif line.strip() and not line.startswith("#"):
            found[name] |= frozenset(part.strip() for part in line.split("|") if part.strip())
    return found
