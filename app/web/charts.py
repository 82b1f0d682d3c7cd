"""Charts as plain shapes for SVG drawn by the server: columns by day, bars by name, each said in a sentence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDE, LEFT, TOP, FOOT = 600, 28, 24, 184
BAR_STEP, BAR_FIRST = 34, 12
# As wide as a third or a half of the sheet, so that letters come out at their own size.
THIRD, HALF = 320, 480
GAP = 2


@dataclass(frozen=True, slots=True)
class Piece:
    """One part of a column, with the class of its colour."""

    tone: str
    y: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column with the number on it and the word under it."""

    label: str
    total: int
    x: float
    width: float
    top: float
    pieces: tuple[Piece, ...]
    values: tuple[int, ...]

    @property
    def middle(self) -> float:
        """Where its words stand."""
        return self.x + self.width / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """A stacked column chart; `names` are those of the pieces, from the foot up."""

    names: tuple[str, ...]
    columns: tuple[Column, ...]
    lines: tuple[tuple[int, float], ...]
    said: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of a bar chart; `text` is what stands at its end."""

    label: str
    text: str
    y: float
    width: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """A chart of horizontal bars, longest value full width."""

    bars: tuple[Bar, ...]
    width: int
    height: float
    said: str


def columns(rows: Sequence[tuple[str, Sequence[int]]], names: Sequence[str], *, said: str) -> Columns:
    """One column a row, its values stacked."""
    highest = _round_up(max((sum(values) for _, values in rows), default=0))
    scale = (FOOT - TOP) / highest
    step = (WIDE - LEFT) / max(len(rows), 1)
    width = round(min(40.0, step * 0.7), 1)
    built = [
        _column(label, values, LEFT + step * place + (step - width) / 2, width, scale)
        for place, (label, values) in enumerate(rows)
    ]
    lines = ((0, float(FOOT)), (highest // 2, round(FOOT - highest // 2 * scale, 1)), (highest, float(TOP)))
    return Columns(names=tuple(names), columns=tuple(built), lines=lines, said=said)


def bars(values: Mapping[str, int], *, said: str, width: int = HALF) -> Bars:
    """One bar for each name, in the order given."""
    longest = max(values.values(), default=0) or 1
    built = [
        Bar(
            label=name,
            text=str(value),
            y=BAR_FIRST + place * BAR_STEP,
            width=round(width * value / longest, 1),
        )
        for place, (name, value) in enumerate(values.items())
    ]
    return Bars(bars=tuple(built), width=width, height=max(len(built) * BAR_STEP, BAR_STEP), said=said)


def _column(label: str, values: Sequence[int], x: float, width: float, scale: float) -> Column:
    y, pieces = float(FOOT), []
    for place, value in enumerate(values, start=1):
        if value:
            height = value * scale
            y -= height
            pieces.append(Piece(f"c{place}", round(y, 1), round(max(height - GAP, 0.5), 1)))
    return Column(
        label=label,
        total=sum(values),
        x=round(x, 1),
        width=width,
        top=round(y - 6, 1),
        pieces=tuple(pieces),
        values=tuple(values),
    )


def _round_up(highest: int) -> int:
    """The next even round number, so that the line in the middle has a whole one."""
    size = 10
    while size < highest:
        size *= 2
    return size
