"""What leaves the house: no cell under five, and none that the total gives away."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.desk.small_cells import SMALLEST, band, suppress


def test_a_lone_small_cell_takes_the_next_smallest_with_it() -> None:
    assert suppress({"a": 40, "b": 3, "c": 9}) == {"a": 40, "b": None, "c": None}


def test_what_is_large_enough_is_told() -> None:
    assert suppress({"a": 40, "b": 5}) == {"a": 40, "b": 5}


@given(st.dictionaries(st.text(min_size=1, max_size=3), st.integers(min_value=0, max_value=50), max_size=8))
def test_nothing_small_is_told_and_nothing_hidden_follows_from_the_total(cells: dict[str, int]) -> None:
    shown = suppress(cells)
    hidden = [cells[name] for name, count in shown.items() if count is None]

    assert all(count >= SMALLEST for count in shown.values() if count is not None)
    assert not hidden or len(hidden) == len(cells) or (len(hidden) > 1 and sum(hidden) >= SMALLEST)


@pytest.mark.parametrize(("people", "told"), [(None, "sin dato"), (49, "menos de 100"), (52_000, "20.000 o más")])
def test_places_are_told_by_their_size(people: int | None, told: str) -> None:
    assert band(people) == told
