"""Commands beside a running desk on SQLite: they leave its log where it is, and what it writes afterwards is there."""

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
    if not desk_url.startswith("sqlite"):
        pytest.skip("only SQLite keeps a log that the last to leave clears away")
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


def test_sqlite_learns_what_its_tables_hold(desk_url: str) -> None:
    with closing(Database(desk_url)) as db:
        if not db.sqlite:
            pytest.skip("PostgreSQL learns by itself")
        db.learn()
        with db.reading() as session:
            known = set(session.scalars(text("SELECT tbl FROM sqlite_stat1")))

    assert {"town_hall", "article"} <= known
