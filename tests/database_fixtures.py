"""Fresh databases for tests, on the kind that `--db` names."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.servers.postgres import Postgres

Create = Callable[[str | None], str]


@pytest.fixture(scope="session")
def on_postgresql(request: pytest.FixtureRequest) -> bool:
    """Whether this run is told to use PostgreSQL."""
    return bool(request.config.getoption("--db") == "postgresql")


@pytest.fixture(scope="session")
def migrated_url(request: pytest.FixtureRequest, on_postgresql: bool, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database of this session with all tables and no rows: a mould that nobody writes to."""
    # Here and not above, so that the tests of a leaf do not load the desk.
    from app.db import Database
    from app.migrate import upgrade

    url = copied(request, None, tmp_path_factory.mktemp("mould") / "ventanilla.db")
    db = Database(url)
    upgrade(db)
    if not on_postgresql:
        # The copies take the file alone, so nothing may be left in the log beside it.
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    return url


@pytest.fixture
def database_url(request: pytest.FixtureRequest, migrated_url: str, tmp_path: Path) -> Iterator[str]:
    """A database of this test alone, with all tables and no rows."""
    yield from fresh(request, migrated_url, tmp_path / "ventanilla.db")


@pytest.fixture
def empty_database_url(request: pytest.FixtureRequest, on_postgresql: bool, tmp_path: Path) -> Iterator[str]:
    """A database of this test alone with nothing in it, not even tables."""
    yield from fresh(request, None, tmp_path / "empty.db")


def fresh(request: pytest.FixtureRequest, mould: str | None, path: Path) -> Iterator[str]:
    """A database for one test, which is thrown away behind it."""
    url = copied(request, mould, path)
    yield url
    if request.getfixturevalue("on_postgresql"):
        request.getfixturevalue("postgres").drop_database(url)


def copied(request: pytest.FixtureRequest, mould: str | None, path: Path) -> str:
    """A copy of a database that nobody is connected to, or an empty one; `path` is where SQLite keeps it."""
    if request.getfixturevalue("on_postgresql"):
        postgres: Postgres = request.getfixturevalue("postgres")
        return postgres.create_database(mould)
    if mould:
        shutil.copyfile(mould.removeprefix("sqlite:///"), path)
    return f"sqlite:///{path}"
