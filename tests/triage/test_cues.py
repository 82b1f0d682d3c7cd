"""Cues find what plain patterns find, wherever words begin."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.cues import Cue, Said, fronts
from triage.rules import asking, category, deadline, emergency, junk, priority, signs, staff

CUES = [
    value
    for rules in (asking, category, deadline, emergency, junk, priority, signs, staff)
    for value in vars(rules).values()
    if isinstance(value, Cue)
]
PIECES = [piece for cue in CUES for piece in re.findall(r"[a-zñ ]{2,}", cue.pattern)]


@given(st.lists(st.sampled_from([*PIECES, " ", " ", ".", "?", "\n", "«", "_", "é", "o", "s "]), max_size=30))
def test_a_cue_finds_what_its_pattern_finds(pieces: list[str]) -> None:
    text = "".join(pieces)
    said = Said(text)

    for cue in CUES:
        assert [one.span() for one in cue.finditer(said)] == [one.span() for one in re.finditer(cue.pattern, text)]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (r"\b(?:plazo|se me pasa)\b", {"plaz", "se m"}),
        (r"(?<!la )\b(?:me )?urge\w*", {"me u", "urge"}),
        (r"\b(?:\d+|[ct]asa?)", {*"0123456789", "cas", "casa", "tas", "tasa"}),
        (r"\bh?oy$", {"hoy", "oy"}),
        (r"\bno+ (?!va)", {"no"}),
    ],
)
def test_the_first_letters_of_a_pattern_are_read_from_it(pattern: str, expected: set[str]) -> None:
    assert fronts(pattern) == expected


@pytest.mark.parametrize("pattern", [r"[¿?]", r"\b\w+ado\b", r"(?:hola )?"])
def test_a_pattern_that_needs_no_word_to_begin_is_no_cue(pattern: str) -> None:
    with pytest.raises(ValueError, match="may begin without a word"):
        Cue(pattern)
