"""Where jobs run: threads of this process, or RQ workers on any machine. A wake says "look now" and carries no work."""

import signal
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, TypeVar

import structlog

from app import jobs
from app.house import House

T = TypeVar("T")
log = structlog.get_logger()
WAKE_SECONDS = 60
# A burst of rows needs no wake for each.
PAUSE = 0.05
# A film takes minutes and everything else is short: nobody waits behind one.
LONG = "film"
IDLE_SECONDS = 1.0
# The sweep rings for whatever is due; to look at nothing every second would keep a small machine warm all night.
LOOK_SECONDS = 10.0


class Threads:
    """The embedded way: a thread reads, two sort, one delivers for each channel, one makes films, one does more."""

    def __init__(self) -> None:
        self._bells: defaultdict[str, list[threading.Event]] = defaultdict(list)
        self._threads: list[threading.Thread] = []
        self._stop = threading.Event()

    def wake(self, kind: str) -> None:
        """Ring whoever works on this kind; nobody may be there yet, the rows wait."""
        for bell in self._bells.get(kind, ()):
            bell.set()

    def started(self, kind: str) -> bool:
        """Threads need not be told: their bell is taken down when it has rung."""
        return True

    def start(self, house: House, extra: Iterable[tuple[str, Callable[[House], None]]] = ()) -> None:
        """Begin to work; `extra` are loops of their own, called once a second."""
        self._begin(house, "file", ("file",))
        # While one waits for the hands, the other writes.
        for number in (1, 2):
            self._begin(house, f"sort {number}", ("sort",))
        for name in house.channels:
            self._begin(house, f"deliver:{name}", (f"deliver:{name}",))
        self._begin(house, "settle+media", ("settle", "media"))
        if house.scanner is not None:
            self._begin(house, "scan", ("scan",))
        self.start_long(house)
        for name, step in extra:
            self._spawn(name, partial(self._every_second, house, step))

    def start_long(self, house: House) -> None:
        """Begin to do what takes minutes, and nothing else."""
        self._begin(house, LONG, (LONG,))

    def stop(self) -> None:
        """Let every thread end what it is doing, then go."""
        self._stop.set()
        for kind in self._bells:
            self.wake(kind)
        for thread in self._threads:
            thread.join(timeout=15)

    def _begin(self, house: House, name: str, kinds: tuple[str, ...]) -> None:
        bell = threading.Event()
        for kind in kinds:
            self._bells[kind].append(bell)
        self._spawn(name, lambda: self._work(house, kinds, bell))

    def _spawn(self, name: str, target: Callable[[], None]) -> None:
        thread = threading.Thread(target=target, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _work(self, house: House, kinds: tuple[str, ...], bell: threading.Event) -> None:
        while not self._stop.is_set():
            done = sum(attempt(house, kind) for kind in kinds)
            if not done:
                guarded(house.hands.rest, "hands")
                bell.wait(LOOK_SECONDS)
                bell.clear()

    def _every_second(self, house: House, step: Callable[[House], None]) -> None:
        while not self._stop.wait(IDLE_SECONDS):
            guarded(lambda: step(house), "clock")


class RedisWaker:
    """The production way: a key in Redis keeps the wakes of one kind to one, RQ carries them to a worker.

    A worker does what takes minutes in a thread beside: even a single one answers everybody else meanwhile.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._redis: Any = None
        self._lock = threading.Lock()
        self._soon: set[str] = set()
        self._woken: defaultdict[str, float] = defaultdict(float)
        self._beside: Threads | None = None
        self.away = 0

    def wake(self, kind: str) -> None:
        """Wake a worker, or a moment later if this process has just done so: a burst of rows is one way to Redis."""
        with self._lock:
            if kind in self._soon:
                return
            wait = self._woken[kind] + PAUSE - time.monotonic()
            if wait > 0:
                self._soon.add(kind)
                threading.Timer(wait, self._wake, [kind]).start()
                return
        self._wake(kind)

    def _wake(self, kind: str) -> None:
        """If Redis is away the rows wait for the sweep."""
        from redis.exceptions import RedisError

        with self._lock:
            self._soon.discard(kind)
            self._woken[kind] = time.monotonic()
        try:
            if self.redis().set(f"wake:{kind}", 1, nx=True, ex=WAKE_SECONDS):
                self.queue().enqueue("app.jobs.drain", kind, result_ttl=0, failure_ttl=3600, job_timeout=180)
        except RedisError as error:
            self.away += 1
            log.warning("redis_away", error=type(error).__name__, count=self.away)

    def started(self, kind: str) -> bool:
        """A worker has begun on this kind: the next wake is new news. False where a thread beside it does the work."""
        from redis.exceptions import RedisError

        try:
            self.redis().delete(f"wake:{kind}")
        except RedisError as error:
            log.warning("redis_away", error=type(error).__name__)
        if kind != LONG or self._beside is None:
            return True
        self._beside.wake(kind)
        return False

    def redis(self) -> Any:
        """The client, with time-outs that do not make the web wait for a dead Redis."""
        from redis import Redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        if self._redis is None:
            self._redis = Redis.from_url(
                self._url, socket_connect_timeout=0.3, socket_timeout=0.5, retry=Retry(NoBackoff(), 0)
            )
        return self._redis

    def worker_redis(self) -> Any:
        """The client of a worker, which waits long for its next wake."""
        from redis import Redis

        return Redis.from_url(self._url)

    def work(self, house: House) -> None:
        """Work as one worker until told to stop; RQ's own ends when Redis goes at a wrong moment, this begins anew."""
        from redis.exceptions import RedisError
        from rq.serializers import JSONSerializer
        from rq.worker import SimpleWorker

        self._beside = Threads()
        self._beside.start_long(house)
        worker: Any = None
        # RQ tells of a wish to end only by this date.
        while worker is None or worker._shutdown_requested_date is None:
            # Between two workers nobody else listens to the signals.
            for name in (signal.SIGTERM, signal.SIGINT):
                signal.signal(name, lambda *_: sys.exit(0))
            try:
                worker = SimpleWorker([self.queue()], connection=self.worker_redis(), serializer=JSONSerializer)
                if not worker.work(logging_level="WARNING"):
                    time.sleep(IDLE_SECONDS)
            except RedisError as error:
                log.warning("redis_away", error=type(error).__name__)
                time.sleep(IDLE_SECONDS)

    def queue(self) -> Any:
        """The one queue that every worker listens to."""
        from rq import Queue
        from rq.serializers import JSONSerializer

        return Queue("ventanilla", connection=self.redis(), serializer=JSONSerializer)


def attempt(house: House, kind: str) -> int:
    """Do one batch of a kind; trouble is written down and leaves the rows for the next time."""
    return guarded(lambda: jobs.run(house, kind), kind) or 0


def guarded(step: Callable[[], T], kind: str) -> T | None:
    """Run one step of a loop that must go on whatever happens."""
    try:
        return step()
    except Exception as error:  # The loop is a door: whatever comes, the next row must get its turn.
        log.exception("job_failed", kind=kind, error=type(error).__name__)
        return None
