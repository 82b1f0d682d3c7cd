"""Listening to a channel for ever: fetch as soon as its wire has news, and come back whenever it goes away."""

import threading

import structlog

from app import jobs
from app.house import House
from channels.channel import Unreachable

log = structlog.get_logger()
# RFC 2177 lets a server hang up after 29 minutes of IDLE; routers forget silent connections sooner.
RENEWAL = 9 * 60.0
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 300.0


def listen(house: House, name: str, end: threading.Event, *, renewal: float = RENEWAL) -> None:
    """Take in what comes by a channel until told to end; each failure in a row waits twice as long."""
    pause = FIRST_PAUSE
    while not end.is_set():
        if _turn(house, name, end, renewal):
            pause = FIRST_PAUSE
        else:
            end.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE)


def _turn(house: House, name: str, end: threading.Event, renewal: float) -> bool:
    """Fetch, then wait for news; False when that failed."""
    try:
        jobs.poll(house, name)
        house.channels[name].idle(renewal, end.is_set)
    except Unreachable:
        log.warning("listening_interrupted", channel=name)
        return False
    except Exception:  # The loop is a door: a database that is away must not end the listening for good.
        log.exception("listening_failed", channel=name)
        return False
    return True
