"""A backup made into a desk again: checked whole before anything is written, and only into a place without rows."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import IO, Any
from zipfile import BadZipFile, ZipFile

import sqlalchemy as sa
from sqlalchemy import Connection

from app import migrate
from app.backup import rows
from app.backup.pack import FORMAT, MANIFEST, SECRET, Tell, pieces, sha256_of
from app.db import WRITES, Database
from app.errors import VentanillaError
from app.files import Files


class NotRestored(VentanillaError):
    """The backup cannot be trusted, or the place is not empty; `str(error)` says which, in Spanish."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup says of itself."""

    made_at: datetime
    revision: str
    tables: dict[str, dict[str, Any]]
    files: int
    missing: tuple[str, ...]
    secret: str

    @property
    def rows(self) -> int:
        """How many rows there are in all tables."""
        return sum(int(table["rows"]) for table in self.tables.values())


def check(source: Path, *, tell: Tell = lambda _: None) -> Manifest:
    """Read the whole archive against its checksums; raises NotRestored."""
    try:
        with ZipFile(source) as archive:
            manifest = _manifest(archive)
            for name, table in manifest.tables.items():
                with archive.open(f"rows/{name}") as entry:
                    told = _digest(entry)
                if told != (table["sha256"], table["rows"]):
                    raise NotRestored(f"La copia está dañada: la tabla {name} no es la que se guardó.")
            with archive.open(SECRET) as entry:
                if _digest(entry)[0] != manifest.secret:
                    raise NotRestored("La copia está dañada: las claves no son las que se guardaron.")
            _check_files(archive, manifest, tell)
    except (BadZipFile, KeyError, EOFError, ValueError) as error:
        raise NotRestored("La copia está dañada o no es una copia de Ventanilla.") from error
    return manifest


def restore(source: Path, db: Database, files: Files, *, tell: Tell = lambda _: None) -> Manifest:
    """Fill an empty database and the folder of files; raises NotRestored with nothing changed."""
    manifest = check(source, tell=tell)
    if manifest.revision > migrate.expected():
        raise NotRestored("La copia es de una versión más nueva de Ventanilla: instale esa versión y repita.")
    if not empty(db):
        raise NotRestored("La base de datos ya tiene filas. Restaure en una base vacía y con otro DATA_DIR.")
    with ZipFile(source) as archive:
        for name in _files(archive):
            with archive.open(name) as entry:
                files.put(pieces(entry))
        if migrate.current(db) not in {None, manifest.revision}:
            migrate.downgrade(db, "base")
        migrate.upgrade(db, manifest.revision)
        with _writing(db) as connection:
            for name, table in manifest.tables.items():
                _fill(connection, archive, name, table["columns"])
                tell(f"{name}: {table['rows']}")
            _finish(connection, manifest)
    migrate.upgrade(db)
    return manifest


def keys(source: Path) -> str:
    """The keys with which the desk of the backup signed, separated by commas."""
    with ZipFile(source) as archive:
        return archive.read(SECRET).decode()


def empty(db: Database) -> bool:
    """Whether no table of the database has a row."""
    if migrate.current(db) is None:
        return True
    with db.reading() as session:
        names = [name for name in sa.inspect(session.connection()).get_table_names() if "_fts" not in name]
        return all(
            session.execute(sa.select(sa.literal(1)).select_from(sa.table(name)).limit(1)).first() is None
            for name in names
            if name != "alembic_version"
        )


def _manifest(archive: ZipFile) -> Manifest:
    told = json.loads(archive.read(MANIFEST))
    if told["format"] != FORMAT:
        raise NotRestored("La copia es de otra versión de Ventanilla y no se sabe leer.")
    return Manifest(
        made_at=datetime.fromisoformat(told["made_at"]),
        revision=told["revision"],
        tables=told["tables"],
        files=told["files"],
        missing=tuple(told["missing"]),
        secret=told["secret"],
    )


def _check_files(archive: ZipFile, manifest: Manifest, tell: Tell) -> None:
    names = _files(archive)
    for name in names:
        with archive.open(name) as entry:
            if sha256_of(entry) != name.removeprefix("files/"):
                raise NotRestored(f"La copia está dañada: el fichero {name} no es el que se guardó.")
    if len(names) != manifest.files:
        raise NotRestored(f"La copia está dañada: tiene {len(names)} ficheros y debería tener {manifest.files}.")
    tell(f"comprobados {manifest.rows} filas y {len(names)} ficheros")


def _files(archive: ZipFile) -> list[str]:
    return [name for name in archive.namelist() if name.startswith("files/")]


def _digest(entry: IO[bytes]) -> tuple[str, int]:
    digest, count = hashlib.sha256(), 0
    for line in entry:
        digest.update(line)
        count += 1
    return digest.hexdigest(), count


@contextmanager
def _writing(db: Database) -> Iterator[Connection]:
    """One transaction for all rows; SQLite looks at the references when it ends, PostgreSQL after each table."""
    with db.engine.connect() as raw:
        _check_references(raw, wanted=False)
        with raw.execution_options(**{WRITES: True}).begin():
            if not db.sqlite:
                raw.exec_driver_sql("SET LOCAL statement_timeout = 0")
            yield raw
            if db.sqlite and raw.exec_driver_sql("PRAGMA foreign_key_check").first():
                raise NotRestored("La copia está dañada: hay filas que hablan de otras que no están.")
        _check_references(raw, wanted=True)


def _check_references(raw: Connection, *, wanted: bool) -> None:
    """SQLite checks each row as it comes, unless it is told before the transaction not to."""
    if raw.dialect.name == "sqlite" and (driver := raw.connection.driver_connection) is not None:
        driver.execute(f"PRAGMA foreign_keys={'ON' if wanted else 'OFF'}")


def _fill(connection: Connection, archive: ZipFile, name: str, kinds: dict[str, str]) -> None:
    with archive.open(f"rows/{name}") as entry:
        read = (rows.values(line, tuple(kinds.values())) for line in entry)
        if connection.dialect.name == "postgresql":
            _copy(connection, name, list(kinds), read)
            return
        insert = rows.shape(name, kinds).insert()
        while some := list(islice(read, rows.PIECE)):
            connection.execute(insert, [dict(zip(kinds, row, strict=True)) for row in some])


def _copy(connection: Connection, name: str, columns: list[str], read: Iterator[list[Any]]) -> None:
    """All rows in one statement, so that those that speak of later ones of their own table are let in."""
    driver = connection.connection.driver_connection
    quote = connection.dialect.identifier_preparer.quote
    into = f"COPY {quote(name)} ({', '.join(map(quote, columns))}) FROM STDIN"
    if driver is not None:
        with driver.cursor() as cursor, cursor.copy(into) as copy:
            for row in read:
                copy.write_row(row)


def _finish(connection: Connection, manifest: Manifest) -> None:
    """What the rows do not hold: where the numbering goes on, and on SQLite the table that search looks in."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(
            "INSERT INTO message_fts(rowid, words) SELECT id, words FROM message WHERE words <> ''"
        )
        return
    for name, table in manifest.tables.items():
        if "id" in table["columns"] and table["rows"]:
            ids = sa.table(name, sa.column("id"))
            newest = sa.select(sa.func.max(ids.c.id)).scalar_subquery()
            connection.execute(sa.select(sa.func.setval(sa.func.pg_get_serial_sequence(f'"{name}"', "id"), newest)))
