"""Commands beside a running desk: SQLite's log stays where it is, and what is written afterwards is there."""

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from app.config import ROOT
from app.db import Database
from tests.app_fixtures import environ

COMMANDS = (("doctor",), ("upgrade",), ("backup", "copy.zip"), ("tick",))


def note(db: Database, word: str) -> None:
    with db.transaction() as session:
        session.execute(text("INSERT INTO setting (key, value) VALUES (:word, 'true')"), {"word": word})


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_command_beside_a_running_desk_takes_nothing_from_it(
    command: tuple[str, ...], desk_url: str, tmp_path: Path
) -> None:
    running = Database(desk_url)
    note(running, "before")
    told = {**os.environ, **environ(desk_url, tmp_path / "data"), "PYTHONPATH": str(ROOT)}
    subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app.factory:create_app", *command],
        cwd=tmp_path,
        env=told,
        check=False,
        capture_output=True,
    )
    note(running, "after")
    with closing(Database(desk_url)) as another, another.reading() as session:
        seen = set(session.scalars(text("SELECT key FROM setting WHERE key IN ('before', 'after')")))
    running.close()

    assert seen == {"before", "after"}


@pytest.mark.only("sqlite")
def test_sqlite_learns_what_its_tables_hold(desk_url: str) -> None:
    with closing(Database(desk_url)) as db:
        db.learn()
        with db.reading() as session:
            known = set(session.scalars(text("SELECT tbl FROM sqlite_stat1")))

    assert {"town_hall", "article"} <= known
