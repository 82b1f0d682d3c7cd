"""The migrations: one head, down and up again on both databases, no row lost, and in step with the models."""

import json
import sqlite3
from collections.abc import Collection, Sequence
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.orm import Session

from app.config import ROOT
from app.db import Database
from app.migrate import current, downgrade, expected, upgrade
from app.models.all import Base
from app.models.arrival import Arrival
from app.models.base import UTCDateTime
from app.models.message import Message
from app.models.people import User
from app.models.ticket import Ticket

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def db(empty_database_url: str) -> Any:
    """An empty database."""
    found = Database(empty_database_url)
    yield found
    found.close()


def tables(db: Database) -> set[str]:
    """The names of all tables but those that full-text search keeps for itself."""
    return {name for name in sa.inspect(db.engine).get_table_names() if "_fts" not in name}


def scripts() -> ScriptDirectory:
    return ScriptDirectory(str(ROOT / "migrations"))


def test_there_is_one_head_and_it_is_the_one_that_the_code_expects() -> None:
    assert scripts().get_heads() == [expected()]


def test_up_makes_every_table_of_the_models(db: Database) -> None:
    upgrade(db)

    assert tables(db) == set(Base.metadata.tables) | {"alembic_version"}
    assert current(db) == expected()


def test_models_and_migrations_agree(db: Database) -> None:
    upgrade(db)
    with db.engine.connect() as raw:
        include = {
            "include_object": lambda _thing, name, *_rest: not (name and ("_fts" in name or "message_words" in name))
        }
        difference = compare_metadata(MigrationContext.configure(raw, opts=include), Base.metadata)

    assert difference == []


def test_down_to_nothing_and_up_again(db: Database) -> None:
    upgrade(db)
    downgrade(db, "base")
    left = tables(db)
    upgrade(db)

    assert left <= {"alembic_version"}
    assert tables(db) == set(Base.metadata.tables) | {"alembic_version"}


def test_an_upgrade_that_is_not_needed_changes_nothing(db: Database) -> None:
    upgrade(db)
    before = tables(db)
    upgrade(db)

    assert (tables(db), current(db)) == (before, expected())


def test_the_last_step_down_and_up_loses_no_row_of_any_table(db: Database) -> None:
    upgrade(db)
    with db.transaction() as session:
        for table in Base.metadata.sorted_tables:
            session.execute(table.insert().values(row(table)))
    before = counts(db)
    downgrade(db, "-1")
    # What the last step itself makes goes with it.
    older = tables(db)
    upgrade(db)
    after = counts(db)

    assert set(before.values()) == {1}
    assert {name: after[name] for name in after if name in older} == {name: 1 for name in after if name in older}


def test_every_value_of_the_first_tables_is_there_after_all_the_steps_and_can_be_read(db: Database) -> None:
    upgrade(db, "0001")
    first = sa.MetaData()
    with db.transaction() as session:
        first.reflect(session.connection())
        old = [table for table in first.sorted_tables if table.name in Base.metadata.tables]
        for table in old:
            gone: dict[str, Any] = {name: [] for name in ("tags",) if name in table.columns}
            now = row(Base.metadata.tables[table.name], set(table.columns.keys()))
            session.execute(table.insert().values(now | gone))
        before = values(session, old)
    upgrade(db)
    with db.reading() as session:
        after = values(session, old)
        read = [session.scalars(sa.select(one)).first() for one in Base.registry.mappers]

    assert len(old) > 20 and all(len(rows) == 1 for rows in before.values())
    assert after == before
    assert {type(one) for one in read if one is not None} >= {Arrival, Message, Ticket, User}


def test_an_upgrade_copies_an_sqlite_database_whole_even_what_lies_in_the_log_beside_it(tmp_path: Path) -> None:
    with closing(Database(f"sqlite:///{tmp_path}/desk.db")) as db:
        upgrade(db, "0001")
        with closing(sqlite3.connect(tmp_path / "desk.db")) as reader:
            # Whoever reads keeps the log from being written back.
            reader.execute("BEGIN")
            reader.execute("SELECT * FROM setting").fetchall()
            with db.transaction() as session:
                session.execute(sa.text("INSERT INTO setting (key, value) VALUES ('last', '1')"))
            upgrade(db)
    with closing(sqlite3.connect(tmp_path / f"desk.before-{expected()}.db")) as copy:
        kept = copy.execute("SELECT key FROM setting").fetchall()
        revision = copy.execute("SELECT version_num FROM alembic_version").fetchone()

    assert (kept, revision) == ([("last",)], ("0001",))


def values(session: Session, old: Sequence[sa.Table]) -> dict[str, list[Any]]:
    """What stands in the columns of these tables that are still there; tags have a test of their own."""
    return {
        table.name: [
            tuple(found)
            for found in session.execute(
                sa.select(*(one for one in table.columns if one.name in Base.metadata.tables[table.name].columns))
            )
        ]
        for table in old
    }


def test_tags_go_from_lists_to_rows_and_back(db: Database) -> None:
    upgrade(db)
    with db.transaction() as session:
        for table in Base.metadata.sorted_tables:
            session.execute(table.insert().values(row(table)))
    downgrade(db, "0009")
    downgrade(db, "-1")
    with db.engine.begin() as raw:
        lists = raw.execution_options(ventanilla_writes=True).scalars(sa.text("SELECT tags FROM ticket")).all()
    upgrade(db)
    with db.reading() as session:
        rows = session.execute(sa.text("SELECT ticket_id, tag FROM ticket_tag")).all()

    assert [one if isinstance(one, list) else json.loads(one) for one in lists] == [["a"]]
    assert [tuple(one) for one in rows] == [(1, "a")]


def counts(db: Database) -> dict[str, int]:
    with db.reading() as session:
        return {
            table.name: session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


def row(table: sa.Table, only: Collection[str] | None = None) -> dict[str, Any]:
    """A row in which every column, or these, holds something; every reference leads to the first row of its table."""
    wanted = [column for column in table.columns if only is None or column.name in only]
    return {column.name: _value(column) for column in wanted if not _own(table, column)}


def _own(table: sa.Table, column: sa.Column[Any]) -> bool:
    """Whether the database gives it, or it would refer to the very row that is made."""
    given = column.primary_key and column.autoincrement is not False and not column.foreign_keys
    loop = any(key.column.table is table for key in column.foreign_keys)
    late = any(key.column.table.name == "ticket" and table.name in {"contact", "user"} for key in column.foreign_keys)
    return (given and isinstance(column.type, sa.Integer | sa.BigInteger)) or loop or late


def _value(column: sa.Column[Any]) -> Any:
    if column.foreign_keys:
        return "a" if isinstance(column.type, sa.String) else 1
    if isinstance(column.type, UTCDateTime):
        return NOW
    if isinstance(column.type, sa.JSON):
        return {"a": 1}
    if isinstance(column.type, sa.Enum):
        return next(iter(column.type.enum_class or ()))
    kind: type = column.type.python_type
    samples: dict[type, Any] = {str: "a", int: 1, float: 1.5, bool: True, bytes: b"a", date: NOW.date()}
    return samples[kind]
