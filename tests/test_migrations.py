"""The migrations: one head, down and up again on both databases, no row lost, and in step with the models."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from app.config import ROOT
from app.db import Database
from app.migrate import current, downgrade, expected, upgrade
from app.models.all import Base
from app.models.base import UTCDateTime

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


def _ours(_thing: Any, name: str | None, *_: Any) -> bool:
    """All but what full-text search has of its own."""
    return not (name and ("_fts" in name or name == "ix_message_words"))


def counts(db: Database) -> dict[str, int]:
    with db.reading() as session:
        return {
            table.name: session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


def row(table: sa.Table) -> dict[str, Any]:
    """A row in which every column holds something; every reference leads to the first row of its table."""
    return {column.name: _value(column) for column in table.columns if not _own(table, column)}


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
