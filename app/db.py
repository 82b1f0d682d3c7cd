"""The doors to the database: `reading()` for every look, `transaction()` for every short write, `at_once()` for one.

SQLite lets one writer in at a time and starves the unlucky one, so its writers queue in order before BEGIN IMMEDIATE.
PostgreSQL needs no queue. Nothing but SQL belongs inside a transaction.
"""

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager as Context
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, InvalidatePoolError, ProgrammingError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

T = TypeVar("T")
# A connection that has just been of use is not asked whether it still lives: each time it would be a way for nothing.
RESTED = 1.0
WRITES = "ventanilla_writes"
# A wire that is cut says nothing: without these a process would wait a quarter of an hour for an answer.
WIRE = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 20_000}
AWAY = (
    "locked",
    "unable to open",
    "readonly",
    "disk i/o error",
    "full",
    "space left",
    "connection",
    "too many clients",
    "read-only",
    "timeout",
    "deadlock",
)


class FairLock:
    """A lock whose waiters are served in the order they came; `threading.Lock` promises no order."""

    def __init__(self) -> None:
        self._gate = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._held = False

    def __enter__(self) -> None:
        with self._gate:
            if not self._held:
                self._held = True
                return
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        turn.acquire()

    def __exit__(self, *_: object) -> None:
        with self._gate:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._held = False


class Database:
    """One database, opened once. `url` is SQLAlchemy's; `threads` sizes the pool."""

    def __init__(self, url: str, *, threads: int = 16) -> None:
        self.url = make_url(url)
        self.sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _sqlite(url) if self.sqlite else _postgresql(url, threads)
        self._queue: Context[None] = FairLock() if self.sqlite else nullcontext()
        self._read = sessionmaker(self.engine, expire_on_commit=False)
        self._write = sessionmaker(self.engine.execution_options(**{WRITES: True}), expire_on_commit=False)
        self._alone = self.engine.execution_options(**{WRITES: True, "isolation_level": "AUTOCOMMIT"})

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one moment and cannot write."""
        with self._read() as session:
            yield session

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session whose work is committed when the block ends well, and undone when it raises."""
        with self._queue, self._write.begin() as session:
            yield session

    def at_once(self, write: Callable[[Connection], T]) -> T:
        """One statement, a transaction by itself, which may come twice: one way to PostgreSQL where others take four.

        A connection that turns out to be dead is no reason to give up: the next one is new.
        """
        if self.sqlite:
            with self.transaction() as session:
                return write(session.connection())
        try:
            with self._alone.connect() as connection:
                return write(connection)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
        with self._alone.connect() as connection:
            return write(connection)

    def learn(self) -> None:
        """Let SQLite count what its tables hold, by which it chooses its ways; PostgreSQL does so by itself."""
        if self.sqlite:
            with self.transaction() as session:
                # A sample of each index is enough, and holds up no other writer. `PRAGMA optimize` would only look at
                # the tables that this one connection has asked about.
                session.execute(text("PRAGMA analysis_limit=1000"))
                session.execute(text("ANALYZE"))

    def rest(self) -> None:
        """Close what nobody holds: a copy of this process must open connections of its own."""
        self.engine.dispose()

    def close(self) -> None:
        """Close every connection for good; one that somebody still holds as soon as it is let go."""
        event.listen(self.engine.pool, "checkin", lambda _raw, kept: kept.invalidate())
        self.engine.dispose()


def _sqlite(url: str) -> Engine:
    path = make_url(url).database
    if path and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": 15, "check_same_thread": False}, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _prepare(raw: Any, _: object) -> None:
        raw.isolation_level = None
        # Open tickets lie scattered among a million solved ones: their pages fit into 16 MB, not into the usual two.
        pragmas = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=15000", "cache_size=-16000")
        for pragma in pragmas:
            raw.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(WRITES, False)
        connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if writes else 'ON'}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _postgresql(url: str, threads: int) -> Engine:
    engine = create_engine(
        url,
        # What people wrote stands in the parameters, and errors end in logs.
        hide_parameters=True,
        pool_size=threads + 4,
        max_overflow=4,
        pool_timeout=5,
        connect_args={
            "options": "-c timezone=UTC -c statement_timeout=20000 -c idle_in_transaction_session_timeout=60000",
            "connect_timeout": 5,
            **WIRE,
        },
    )

    @event.listens_for(engine, "checkin")
    def _rests(_raw: object, record: ConnectionPoolEntry) -> None:
        record.info["rests_since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _still_there(raw: DBAPIConnection, record: ConnectionPoolEntry, _: object) -> None:
        if time.monotonic() - record.info.get("rests_since", math.inf) < RESTED:
            return
        try:
            engine.dialect.do_ping(raw)
        except engine.dialect.loaded_dbapi.Error as error:
            # All that were opened before it are as dead.
            raise InvalidatePoolError from error

    # Rows that go together go in one statement; the driver would send one for each.
    engine.dialect.use_insertmanyvalues_wo_returning = True

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if not connection.get_execution_options().get(WRITES, False):
            connection.exec_driver_sql("SET TRANSACTION READ ONLY")

    return engine


def gone(error: DBAPIError) -> bool:
    """Whether the database is away or busy, so that coming again later may help."""
    # What a constraint says may quote anybody's words, and coming again does not make them fit.
    if isinstance(error, (IntegrityError, DataError, ProgrammingError)):
        return False
    text = str(error.orig).lower()
    return error.connection_invalidated or any(sign in text for sign in AWAY)
