"""What every test may ask for: real servers, fresh databases, and a guard that nobody leaves this machine."""

import os
from collections.abc import Collection, Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.app_fixtures import app, client, desk_url, house, seeded_mould, session
from tests.database_fixtures import database_url, empty_database_url, migrated_url, on_postgresql
from tests.guard import Guard
from tests.server_fixtures import (
    browser,
    browser_of_session,
    clamd,
    clamd_of_session,
    dovecot,
    dovecot_of_session,
    postgres,
    redis_of_session,
    redis_server,
    s3,
    s3_of_session,
    smtp,
    smtp_of_session,
)
from tests.servers.twilio_fixture import twilio

__all__ = [
    "app",
    "browser",
    "browser_of_session",
    "clamd",
    "clamd_of_session",
    "client",
    "database_url",
    "desk_url",
    "dovecot",
    "dovecot_of_session",
    "empty_database_url",
    "house",
    "migrated_url",
    "on_postgresql",
    "postgres",
    "redis_of_session",
    "redis_server",
    "s3",
    "s3_of_session",
    "seeded_mould",
    "session",
    "smtp",
    "smtp_of_session",
    "twilio",
]

GUARD = Guard()

# No test is timed: a busy machine is slow, not wrong. In CI the same examples come every time.
settings.register_profile(
    "house", deadline=None, derandomize="CI" in os.environ, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("house")


LONG = {"faults", "flows"}


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--db=sqlite` or `--db=postgresql`: the database of the whole run."""
    parser.addoption("--db", choices=("sqlite", "postgresql"), default="sqlite", help="the database of this run")


def pytest_configure() -> None:
    """Watch from before the first import of the code under test."""
    GUARD.watch()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL only what may go otherwise there runs: not what asks for no database, nor what a browser shows."""
    database = config.getoption("--db")
    other = {item for item in items if (mark := item.get_closest_marker("only")) and mark.args != (database,)}
    if database == "postgresql":
        other |= {item for item in items if not differs(getattr(item, "fixturenames", ()))}
    config.hook.pytest_deselected(items=list(other))
    items[:] = [item for item in items if item not in other]
    # Whoever begins with the longest does not wait for one worker at the end.
    items.sort(key=lambda item: not LONG.intersection(item.path.parts))


def differs(fixtures: Collection[str]) -> bool:
    """Whether a test may go otherwise on another database; the pages of a browser are asked for without one too."""
    return "on_postgresql" in fixtures and "browser" not in fixtures


@pytest.fixture(autouse=True)
def guard() -> Iterator[Guard]:
    """Fails a test in whose time anything wanted to leave this machine."""
    GUARD.refused.clear()
    yield GUARD
    assert GUARD.refused == [], "a test must not leave this machine"
