"""Processes beside this one that do what needs no transaction, such as reading and deciding, while much waits.

They are begun when much waits at once, are used once they are ready, and go when nothing has been given to them for a
while; meanwhile, and when they are gone, the work is done where it was asked for.
"""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, Generic, TypeVar

import structlog

Opened = TypeVar("Opened")
Thing = TypeVar("Thing")
Made = TypeVar("Made")
log = structlog.get_logger()
# So many things at once begin the processes; once they are there, a handful is worth giving away.
MANY, SOME = 40, 8


class Hands(Generic[Opened]):
    """As many processes as are allowed, each with what `opener` opens; until some are, everything is done here.

    `opener` and every step must be functions of a module, and what they take and give must go through pickle.
    `quiet` is in seconds.
    """

    def __init__(self, opener: Callable[[], Opened], *, quiet: float = 60) -> None:
        self._opener, self._size, self._quiet = opener, 0, quiet
        self._lock = threading.Lock()
        self._pool: ProcessPoolExecutor | None = None
        self._begun: list[Future[None]] = []
        self._used, self._busy = 0.0, 0

    def allow(self, size: int) -> None:
        """So many processes may be begun."""
        self._size = size

    def all(
        self, here: Opened, step: Callable[[Opened, Sequence[Thing]], list[Made]], things: Sequence[Thing]
    ) -> list[Made]:
        """What a step makes of some things: by another process when they are many, else by this one."""
        given = self._given(step, things) if len(things) >= SOME else None
        if given is None:
            return step(here, things)
        try:
            made: list[Made] = given.result()
        except (BrokenProcessPool, CancelledError) as error:
            log.warning("hands_lost", error=type(error).__name__)
            self.stop()
            return step(here, things)
        finally:
            with self._lock:
                self._busy -= 1
                self._used = time.monotonic()
        return made

    def rest(self) -> None:
        """Let the processes go if nothing has been given to them for a while."""
        if self._pool is not None and not self._busy and time.monotonic() - self._used > self._quiet:
            self.stop()

    def stop(self) -> None:
        """Let them go; others are begun when much waits again."""
        with self._lock:
            pool, self._pool, self._begun = self._pool, None, []
        if pool is not None:
            pool.shutdown(wait=True, cancel_futures=True)

    def _given(
        self, step: Callable[[Opened, Sequence[Thing]], list[Made]], things: Sequence[Thing]
    ) -> Future[list[Made]] | None:
        """The things given away; None while nobody is there to take them, or when nobody can be begun."""
        try:
            with self._lock:
                self._used = time.monotonic()
                if self._pool is None and self._size and len(things) >= MANY:
                    self._start()
                if self._pool is None or not all(one.done() for one in self._begun):
                    return None
                given = self._pool.submit(_do, step, things)
                self._busy += 1
                return given
        except (BrokenProcessPool, OSError, RuntimeError) as error:
            log.warning("hands_lost", error=type(error).__name__)
            self.stop()
            return None

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(self._size, context, initializer=_begin, initargs=(self._opener,))
        # The pool starts a process for each thing that finds none idle.
        self._begun = [self._pool.submit(_wait) for _ in range(self._size)]


_opened: Any = None


def _begin(opener: Callable[[], Any]) -> None:
    global _opened
    # Whoever ends the desk with Ctrl-C ends the parent, which lets its hands go.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _opened = opener()


def _end_with_parent() -> None:
    if (parent := multiprocessing.parent_process()) is not None:
        parent.join()
    os._exit(0)


def _wait() -> None:
    """Nothing: it is done once the process has opened what it needs."""


def _do(step: Callable[[Any, Any], Any], things: Any) -> Any:
    return step(_opened, things)
