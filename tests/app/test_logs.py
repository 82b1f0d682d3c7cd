"""Logs hold ids and codes: what people wrote and their numbers stay out, also when something breaks."""

import json
from collections.abc import Iterator

import pytest
import structlog

from app import logs


@pytest.fixture(autouse=True)
def quiet_after() -> Iterator[None]:
    """Leave the logger as it was."""
    yield
    structlog.reset_defaults()


def break_on(words: str) -> None:
    try:
        raise ValueError(words)
    except ValueError as error:
        raise RuntimeError(f"sent to +34600111222: {words}") from error


def test_an_exception_is_told_by_its_place_and_kind_without_its_words(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up("INFO", readable=False)
    try:
        break_on("me llamo Eusebio")
    except RuntimeError:
        structlog.get_logger().exception("job_failed", kind="sort")
    told = json.loads(capsys.readouterr().err)

    assert told["event"] == "job_failed"
    assert "RuntimeError at" in told["exception"] and "ValueError at" in told["exception"]
    assert "break_on" in told["exception"]
    assert "Eusebio" not in json.dumps(told) and "600111222" not in json.dumps(told)
