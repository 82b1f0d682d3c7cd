"""Logs: one JSON object a line in production, readable lines in the demo; ids and codes only, never people's words."""

import logging
import sys
import traceback
from collections.abc import Iterator

import structlog
from structlog.typing import EventDict, WrappedLogger


def set_up(level: str, *, readable: bool) -> None:
    """Point structlog and the standard library's loggers at standard error."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        bare_exception,
    ]
    end: list[structlog.typing.Processor] = (
        [structlog.dev.ConsoleRenderer()] if readable else [structlog.processors.JSONRenderer()]
    )
    structlog.configure(
        processors=[*shared, *end],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping().get(level, logging.INFO)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")


def bare_exception(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Tell where an exception came from and of what kinds it is; its own words may be people's words or numbers."""
    told = event.pop("exc_info", None)
    error = sys.exception() if told is True else told[1] if isinstance(told, tuple) else told
    if isinstance(error, BaseException):
        event["exception"] = " <- ".join(_places(error))
    return event


def _places(error: BaseException) -> Iterator[str]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        frames = traceback.extract_tb(error.__traceback__)[-6:]
        where = ", ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in reversed(frames))
        yield f"{type(error).__name__} at {where}"
        following = error.__cause__ or error.__context__
        if following is None:
            return
        error = following
