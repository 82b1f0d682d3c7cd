"""Bring the database's tables to the shape that this version expects, with a copy first on SQLite."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, text

from app.config import ROOT
from app.db import Database

if TYPE_CHECKING:
    from alembic.config import Config as AlembicConfig


def upgrade(db: Database, revision: str = "head") -> None:
    """Run every migration that is missing; one transaction, checked for broken references before it ends."""
    from alembic import command

    _copy(db)
    with db.engine.connect() as raw:
        if db.sqlite:
            # Foreign keys must be off before the transaction opens, or a rebuilt table would lose what refers to it.
            driver = raw.connection.driver_connection
            if driver is not None:
                driver.execute("PRAGMA foreign_keys=OFF")
        with raw.execution_options(ventanilla_writes=True).begin():
            command.upgrade(_settings(raw), revision)
            _check(db, raw)
        if db.sqlite and (driver := raw.connection.driver_connection) is not None:
            driver.execute("PRAGMA foreign_keys=ON")


def downgrade(db: Database, revision: str) -> None:
    """Undo migrations down to a revision."""
    from alembic import command

    with db.engine.connect() as raw:
        if db.sqlite and (driver := raw.connection.driver_connection) is not None:
            driver.execute("PRAGMA foreign_keys=OFF")
        with raw.execution_options(ventanilla_writes=True).begin():
            command.downgrade(_settings(raw), revision)
            _check(db, raw)
        if db.sqlite and (driver := raw.connection.driver_connection) is not None:
            driver.execute("PRAGMA foreign_keys=ON")


def expected() -> str:
    """The revision that this version of the code needs: the one head, read from the file names."""
    return max(path.name.split("_")[0] for path in (ROOT / "migrations" / "versions").glob("[0-9]*_*.py"))


def current(db: Database) -> str | None:
    """The revision of the database, None when it is empty."""
    with db.engine.connect() as raw:
        if not db.engine.dialect.has_table(raw, "alembic_version"):
            return None
        return raw.execute(text("SELECT version_num FROM alembic_version")).scalar()


def trouble(found: str | None) -> str | None:
    """What is wrong with tables of this revision and what mends it, half a Spanish sentence; None if all is well."""
    if found is None:
        return "está vacía: ejecute `flask init`"
    if found > expected():
        return "es de una versión más nueva de Ventanilla: instale esa versión, o restaure una copia de esta"
    return None if found == expected() else "es de una versión anterior: ejecute `flask upgrade`"


def _settings(raw: Connection) -> "AlembicConfig":
    from alembic.config import Config as AlembicConfig

    settings = AlembicConfig()
    settings.set_main_option("script_location", str(ROOT / "migrations"))
    settings.attributes["connection"] = raw
    return settings


def _copy(db: Database) -> None:
    path = Path(db.url.database or "")
    if db.sqlite and path.is_file() and current(db) not in {None, expected()}:
        # Not the file alone: what was written last may still lie in the log beside it.
        with (
            closing(sqlite3.connect(path)) as source,
            closing(sqlite3.connect(path.with_suffix(f".before-{expected()}.db"))) as copy,
        ):
            source.backup(copy)


def _check(db: Database, raw: Connection) -> None:
    if db.sqlite and (broken := raw.execute(text("PRAGMA foreign_key_check")).fetchall()):
        raise RuntimeError(f"the migration would leave {len(broken)} broken references; nothing was changed")
