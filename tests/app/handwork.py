"""Steps for hands to do, in a module that other processes can import."""

import fcntl
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from app.process_pool import MANY, Hands

HERE = "here"


def opened() -> str:
    """What another process opens for its work."""
    return "beside"


def double(where: str, things: Sequence[int]) -> list[tuple[str, int]]:
    """Each number twice, with where it was done."""
    return [(where, 2 * thing) for thing in things]


def die_beside(where: str, things: Sequence[int]) -> list[tuple[str, int]]:
    """Ends any process but the one that asked."""
    if where != HERE:
        os._exit(9)
    return double(where, things)


def stumble(where: str, things: Sequence[int]) -> list[tuple[str, int]]:
    """Fails wherever it is done."""
    raise ValueError(where)


def miss(where: str, things: Sequence[int]) -> list[tuple[str, int]]:
    """Finds no file where it is done beside."""
    if where != HERE:
        raise FileNotFoundError(where)
    return double(where, things)


def numbered(where: str, things: Sequence[int]) -> list[int]:
    """The process that does it, for each thing; none where it was asked for."""
    return [0 if where == HERE else os.getpid() for _ in things]


def main() -> None:
    """A desk that holds a lock, tells the number of a process beside it, and waits to be killed."""
    # The test runs in the same module by another name.
    from tests.app import handwork

    with Path(sys.argv[1]).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        hands = Hands(opened)
        hands.allow(2)
        while not (number := hands.all(HERE, handwork.numbered, range(MANY))[0]):
            time.sleep(0.05)
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()
        signal.pause()


if __name__ == "__main__":
    main()
