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

    if on_postgresql:
        postgres: Postgres = request.getfixturevalue("postgres")
        url = postgres.create_database()
    else:
        url = f"sqlite:///{tmp_path_factory.mktemp('mould')}/ventanilla.db"
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
    yield from _fresh(request, migrated_url, tmp_path / "ventanilla.db")


@pytest.fixture
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of this test alone with nothing in it, not even tables."""
    yield from _fresh(request, None, tmp_path / "empty.db")


def _fresh(request: pytest.FixtureRequest, mould: str | None, path: Path) -> Iterator[str]:
    if not request.getfixturevalue("on_postgresql"):
        if mould:
            shutil.copyfile(mould.removeprefix("sqlite:///"), path)
        yield f"sqlite:///{path}"
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    url = postgres.create_database(mould)
    yield url
    postgres.drop_database(url)
