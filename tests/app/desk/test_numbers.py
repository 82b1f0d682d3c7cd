"""The numbers of consultas: read as people type them, and no slip passes for another ticket."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.desk.numbers import number, ticket_id
from app.desk.tokens import mark, marked_ticket


@given(st.integers(min_value=1, max_value=10**9))
def test_a_number_leads_back_to_its_ticket(id_: int) -> None:
    assert ticket_id(number(id_)) == id_


@pytest.mark.parametrize("typed", ["C-10427-3", "c 10427 3", "C104273", "104273", " C‑10427‑3 "])
def test_a_number_is_read_with_or_without_hyphens(typed: str) -> None:
    expected = ticket_id("C-10427-" + number(10427)[-1])

    assert ticket_id(typed.replace("3", number(10427)[-1]) if typed.strip().endswith("3") else typed) == expected


@given(st.integers(min_value=10, max_value=10**7), st.data())
def test_one_wrong_digit_is_noticed(id_: int, data: st.DataObject) -> None:
    typed = number(id_)
    place = data.draw(st.sampled_from([i for i, c in enumerate(typed) if c.isdigit()]))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != typed[place]]))

    assert ticket_id(typed[:place] + other + typed[place + 1 :]) != id_


def test_a_mark_signed_with_an_older_key_still_counts_and_a_forged_one_never() -> None:
    old = mark(77, ("old",))

    assert marked_ticket(old, ("new", "old")) == 77
    assert marked_ticket(old, ("new",)) is None
    assert marked_ticket(f"4e-{old.partition('-')[2]}", ("old",)) is None
    assert marked_ticket("rubbish", ("old",)) is None
