"""Steps for hands to do, in a module that other processes can import."""

import os
from collections.abc import Sequence

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
