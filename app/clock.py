"""What time it is: aware UTC inside, the desk's zone at the eye; only doors ask, everybody else is told."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_STANDING: ContextVar[datetime | None] = ContextVar("standing", default=None)


def now() -> datetime:
    """This moment, aware, in UTC."""
    return _STANDING.get() or datetime.now(UTC)


@contextmanager
def standing_at(moment: datetime) -> Iterator[None]:
    """Let it be another moment for this thread while the block runs: the demo plays a week that has passed."""
    token = _STANDING.set(moment)
    try:
        yield
    finally:
        _STANDING.reset(token)
