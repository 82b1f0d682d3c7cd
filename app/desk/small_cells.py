"""Figures that may leave the house: no cell under five, and none that could be worked out from the total. Pure."""

from collections.abc import Mapping

SMALLEST = 5


def suppress(cells: Mapping[str, int]) -> dict[str, int | None]:
    """The same cells with the small ones hidden (None); a lone hidden one takes the next smallest with it.

    An empty cell is hidden too: that nobody asked is itself news about a village. A cell of a table without a total
    of the same thing is hidden all the same, because the total usually stands elsewhere.
    """
    hidden = {name for name, count in cells.items() if count < SMALLEST}
    shown = sorted((count, name) for name, count in cells.items() if name not in hidden)
    # One hidden cell is the total less the others; so are two whose sum is too small to hide in.
    while hidden and shown and (len(hidden) == 1 or sum(cells[name] for name in hidden) < SMALLEST):
        hidden.add(shown.pop(0)[1])
    return {name: None if name in hidden else count for name, count in cells.items()}


def told(count: int | None) -> str:
    """What stands in the cell."""
    return f"<{SMALLEST} o reservado" if count is None else str(count)


def band(population: int | None) -> str:
    """The size of a municipality, in which several are always together."""
    if population is None:
        return "sin dato"
    steps = ((100, "menos de 100"), (500, "de 100 a 499"), (2000, "de 500 a 1.999"), (20000, "de 2.000 a 19.999"))
    return next((name for below, name in steps if population < below), "20.000 o más")
