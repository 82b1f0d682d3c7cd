"""Wakes over Redis: a burst of rows is few ways to it, and the last row is not forgotten."""

import time

from app.queue import PAUSE, RedisWaker
from tests.servers.redis import RedisServer


def wait_for_wake(waker: RedisWaker, kind: str) -> bool:
    ends = time.monotonic() + 10
    while not waker.redis().exists(f"wake:{kind}"):
        if time.monotonic() > ends:
            return False
        time.sleep(0.01)
    return True


def test_a_burst_of_wakes_is_one_job(redis_server: RedisServer) -> None:
    waker = RedisWaker(redis_server.url)
    for _ in range(500):
        waker.wake("file")
    time.sleep(PAUSE * 2)

    assert len(waker.queue()) == 1


def test_a_wake_right_after_a_worker_began_comes_through_a_moment_later(redis_server: RedisServer) -> None:
    waker = RedisWaker(redis_server.url)
    waker.wake("file")
    waker.started("file")
    waker.wake("file")

    assert wait_for_wake(waker, "file")
    assert len(waker.queue()) == 2


def test_a_burst_of_one_kind_delays_no_other(redis_server: RedisServer) -> None:
    waker = RedisWaker(redis_server.url)
    waker.wake("file")
    waker.wake("sort")

    assert waker.redis().exists("wake:file", "wake:sort") == 2
