"""Waiting for news in an open folder, by IDLE where the server knows it."""

import time
from collections.abc import Callable

from imapclient.imapclient import IMAPClient

# How long a wish to stop may wait.
SLICE = 1.0
WITHOUT_IDLE = 60.0


def news(client: IMAPClient, seconds: float, stopped: Callable[[], bool]) -> bool:
    """Wait until something comes, at most so long or until stopped; True if it is worth looking."""
    if not client.has_capability("IDLE"):
        _rest(min(seconds, WITHOUT_IDLE), stopped)
        return True
    client.idle()
    ends = time.monotonic() + seconds
    came = False
    while not came and not stopped() and (left := ends - time.monotonic()) > 0:
        came = _listen(client, min(left, SLICE))
    client.idle_done()
    return came


def _listen(client: IMAPClient, seconds: float) -> bool:
    began = time.monotonic()
    said = client.idle_check(timeout=seconds)
    # The library answers a connection that has ended with nothing, at once and for ever.
    if not said and time.monotonic() - began < seconds / 2:
        raise ConnectionResetError("the server has gone")
    return any(b"EXISTS" in line for line in said if isinstance(line, tuple))


def _rest(seconds: float, stopped: Callable[[], bool]) -> None:
    ends = time.monotonic() + seconds
    while not stopped() and (left := ends - time.monotonic()) > 0:
        time.sleep(min(left, SLICE))
