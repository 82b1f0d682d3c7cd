"""Other processes do what needs no transaction while much waits, and nothing depends on their being there."""

import fcntl
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from app.config import ROOT
from app.process_pool import MANY, SOME, Hands
from tests.app.handwork import HERE, die_beside, double, miss, opened, stumble

# A desk forks before its threads begin; a test cannot.
pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
MUCH, LITTLE = range(MANY), range(SOME - 1)


@pytest.fixture
def hands() -> Iterator[Hands[str]]:
    found = Hands(opened, quiet=0.2)
    found.allow(1)
    yield found
    found.stop()


def until_beside(hands: Hands[str]) -> list[tuple[str, int]]:
    """What they make of much, as soon as they are ready; while they begin it is made here."""
    while (made := hands.all(HERE, double, MUCH))[0][0] == HERE:
        time.sleep(0.05)
    return made


def test_much_is_done_beside_and_little_here_with_the_same_result(hands: Hands[str]) -> None:
    assert until_beside(hands) == [("beside", 2 * number) for number in MUCH]
    assert hands.all(HERE, double, LITTLE) == [(HERE, 2 * number) for number in LITTLE]


def test_a_handful_is_given_to_those_who_are_there_and_begins_nobody(hands: Hands[str]) -> None:
    handful = range(SOME)
    before = hands.all(HERE, double, handful)
    until_beside(hands)

    assert {where for where, _ in before} == {HERE}
    assert {where for where, _ in hands.all(HERE, double, handful)} == {"beside"}


def test_what_dies_beside_is_done_here_and_others_come_for_the_next(hands: Hands[str]) -> None:
    until_beside(hands)

    assert hands.all(HERE, die_beside, MUCH) == [(HERE, 2 * number) for number in MUCH]
    assert until_beside(hands)[0][0] == "beside"


@pytest.mark.parametrize("step", [stumble, miss])
def test_what_a_step_raises_beside_is_raised_here(
    hands: Hands[str], step: Callable[[str, Sequence[int]], list[tuple[str, int]]]
) -> None:
    until_beside(hands)

    with pytest.raises((ValueError, OSError), match="beside"):
        hands.all(HERE, step, MUCH)


def test_they_go_when_nothing_has_come_for_a_while(hands: Hands[str]) -> None:
    until_beside(hands)
    time.sleep(0.3)
    hands.rest()

    assert hands.all(HERE, double, MUCH)[0][0] == HERE


def test_without_leave_nobody_is_begun() -> None:
    hands = Hands(opened)

    assert {where for _ in range(3) for where, _ in hands.all(HERE, double, MUCH)} == {HERE}


def test_they_go_with_a_desk_that_is_killed_and_hold_nothing_of_it(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    desk = subprocess.Popen(
        [sys.executable, "-m", "tests.app.handwork", str(lock)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert desk.stdout is not None
    beside = int(desk.stdout.readline())
    desk.send_signal(signal.SIGKILL)
    desk.communicate()

    with lock.open("w") as again:
        fcntl.flock(again, fcntl.LOCK_EX | fcntl.LOCK_NB)
    ends = time.monotonic() + 60
    while Path(f"/proc/{beside}").exists():
        assert time.monotonic() < ends, "a hand outlives its desk"
        time.sleep(0.05)
