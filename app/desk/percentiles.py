"""How a figure is spread: its median and its ninth tenth. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Spread:
    """Median and 90th percentile of some lengths, and how many there were; None where there was none."""

    count: int = 0
    median: timedelta | None = None
    p90: timedelta | None = None


def spread(lengths: Sequence[timedelta]) -> Spread:
    """By nearest rank, so that each figure is one that really happened."""
    ranked = sorted(lengths)
    if not ranked:
        return Spread()
    return Spread(len(ranked), ranked[_rank(len(ranked), 50)], ranked[_rank(len(ranked), 90)])


def _rank(count: int, percent: int) -> int:
    return max(0, -(-count * percent // 100) - 1)
