"""The one gate for every automatic message."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.desk.gate import Situation, may_answer

NOW = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Madrid")
FREE = Situation(
    go_live=NOW - timedelta(days=30),
    said_at=NOW - timedelta(minutes=1),
    machine=False,
    turns=0,
    today=0,
    window_until=None,
    opted_out=False,
    dead=False,
    person_answered=False,
)


def test_a_fresh_message_on_a_live_line_may_be_answered() -> None:
    assert may_answer(FREE, now=NOW, zone=ZONE) is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"go_live": None}, "before_go_live"),
        ({"go_live": NOW}, "before_go_live"),
        ({"said_at": NOW - timedelta(hours=25)}, "too_old"),
        ({"machine": True}, "machine"),
        ({"turns": 2}, "turns_spent"),
        ({"today": 6}, "day_cap"),
        ({"window_until": NOW}, "window_closed"),
        ({"dead": True}, "dead_address"),
        ({"person_answered": True}, "person_answered"),
    ],
)
def test_the_gate_says_no_with_its_reason(change: dict[str, object], reason: str) -> None:
    assert may_answer(replace(FREE, **change), now=NOW, zone=ZONE) == reason  # type: ignore[arg-type]


def test_whoever_said_baja_is_answered_but_gets_nothing_unasked() -> None:
    told = replace(FREE, opted_out=True)

    assert may_answer(told, now=NOW, zone=ZONE) is None
    assert may_answer(told, now=NOW, zone=ZONE, proactive=True) == "opted_out"


def test_nothing_unasked_goes_out_at_night() -> None:
    night = NOW.replace(hour=22)

    assert may_answer(replace(FREE, said_at=night), now=night, zone=ZONE, proactive=True) == "night"
    assert may_answer(replace(FREE, said_at=night), now=night, zone=ZONE) is None
