"""Processes beside this one that do what needs no transaction, such as reading and deciding, while much waits.

They are begun when much waits at once, are used once they are ready, and go when nothing has been given to them for a
while; meanwhile, and when they are gone, the work is done where it was asked for.
"""

import threading
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from typing import Generic, TypeVar

import structlog

from app.forkserver import Nursery

Opened = TypeVar("Opened")
Thing = TypeVar("Thing")
Made = TypeVar("Made")
log = structlog.get_logger()
# So many things at once begin the processes; once they are there, a handful is worth giving away.
MANY, SOME = 40, 8


class Hands(Generic[Opened]):
    """As many processes as are allowed, each with what `opener` opens; until some are, everything is done here.

    Every step must be a function of a module, and what it takes and gives must go through pickle. `quiet` is in
    seconds.
    """

    def __init__(self, opener: Callable[[], Opened], *, quiet: float = 60) -> None:
        self._opener, self._quiet = opener, quiet
        self._nursery: Nursery | None = None
        self._lock = threading.Lock()
        self._crew: _Crew | None = None
        self._used = 0.0

    def allow(self, size: int) -> None:
        """So many processes may be begun. They know what this one knows now, while no thread of it is at work yet.

        It must have no SQLite database open: what a copy remembers of its locks is wrong.
        """
        self._nursery = Nursery(self._opener, size)

    def all(
        self, here: Opened, step: Callable[[Opened, Sequence[Thing]], list[Made]], things: Sequence[Thing]
    ) -> list[Made]:
        """What a step makes of some things: by another process when they are many, else by this one."""
        crew = self._ready(len(things))
        if crew is None:
            return step(here, things)
        try:
            made, stumbled = crew.do(step, things)
        except (EOFError, OSError) as error:
            log.warning("hands_lost", error=type(error).__name__)
            self._dismiss(crew)
            made, stumbled = None, None
        finally:
            self._used = time.monotonic()
        if stumbled is not None:
            raise stumbled
        return step(here, things) if made is None else made

    def rest(self) -> None:
        """Let the processes go if nothing has been given to them for a while."""
        crew = self._crew
        if crew is not None and not crew.busy and time.monotonic() - self._used > self._quiet:
            self._dismiss(crew)

    def stop(self) -> None:
        """Let them go for ever, once they have done what they are at."""
        with self._lock:
            nursery, self._nursery = self._nursery, None
        if self._crew is not None:
            self._dismiss(self._crew)
        if nursery is not None:
            nursery.close()

    def _ready(self, count: int) -> "_Crew | None":
        """Who takes so many things; None when they are few, and when nobody can be begun."""
        if count < SOME:
            return None
        with self._lock:
            self._used = time.monotonic()
            if self._crew is None and self._nursery is not None and count >= MANY:
                try:
                    self._crew = _Crew(self._nursery.begin())
                except OSError as error:
                    log.warning("hands_lost", error=type(error).__name__)
            return self._crew

    def _dismiss(self, crew: "_Crew") -> None:
        """Let these go; others are begun when much waits again."""
        with self._lock:
            if self._crew is crew:
                self._crew = None
        crew.dismiss()


class _Crew:
    """Processes begun together, by their pipes: those that open what they need, and those that wait for work."""

    def __init__(self, coming: list[Connection]) -> None:
        self._coming, self._idle = coming, list[Connection]()
        self.busy = 0
        self._gone = False
        self._changed = threading.Condition()

    def do(
        self, step: Callable[..., list[Made]], things: Sequence[object]
    ) -> tuple[list[Made] | None, Exception | None]:
        """What one of them makes of the things, or what the step raised; neither while none is ready.

        Raises EOFError or OSError if it dies of it.
        """
        pipe = self._take()
        if pipe is None:
            return None, None
        try:
            pipe.send((step, things))
            told: tuple[list[Made] | None, Exception | None] = pipe.recv()
        finally:
            self._give_back(pipe)
        return told

    def dismiss(self) -> None:
        """They end; who is at work when he has done it."""
        with self._changed:
            self._gone = True
            for pipe in (*self._coming, *self._idle):
                pipe.close()
            self._coming, self._idle = [], []
            self._changed.notify_all()

    def _take(self) -> Connection | None:
        with self._changed:
            for pipe in [one for one in self._coming if one.poll()]:
                self._coming.remove(pipe)
                pipe.recv()
                self._idle.append(pipe)
            while self.busy and not (self._idle or self._gone):
                self._changed.wait()
            if not self._idle:
                return None
            self.busy += 1
            return self._idle.pop()

    def _give_back(self, pipe: Connection) -> None:
        with self._changed:
            self.busy -= 1
            if self._gone:
                pipe.close()
            else:
                self._idle.append(pipe)
            self._changed.notify_all()
