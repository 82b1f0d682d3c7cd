"""A backup while the desk runs: all rows of one moment, and every file that they speak of, in one archive."""

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import sqlalchemy as sa
from sqlalchemy import Connection

from app import migrate
from app.backup import rows
from app.db import Database
from app.files import Files
from app.models.all import Base

FORMAT = 1
MANIFEST, SECRET = "manifest.json", "secret"
PIECE = 1 << 20
Tell = Callable[[str], None]


@dataclass(slots=True)
class Packed:
    """What went into a backup; `missing` are files that rows speak of and the disk no longer has or has spoilt."""

    rows: dict[str, int] = field(default_factory=dict)
    files: int = 0
    missing: list[str] = field(default_factory=list)


def pack(
    db: Database, files: Files, target: Path, *, keys: tuple[str, ...], now: datetime, tell: Tell = lambda _: None
) -> Packed:
    """Write the archive and only then give it its name; raises FileExistsError rather than write over another."""
    if target.exists():
        raise FileExistsError(target)
    coming, done = target.with_name(f".{target.name}.coming"), Packed()
    try:
        with open(coming, "wb", opener=_private) as out:
            with ZipFile(out, "w", ZIP_DEFLATED, compresslevel=1) as archive:
                _write(archive, db, files, done, keys, now, tell)
            out.flush()
            os.fsync(out.fileno())
        coming.replace(target)
    finally:
        coming.unlink(missing_ok=True)
    return done


@contextmanager
def snapshot(db: Database) -> Iterator[Connection]:
    """One moment of the database for as long as it takes; writers are not kept waiting."""
    with db.engine.connect() as connection:
        if not db.sqlite:
            connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            if not db.sqlite:
                for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
                    connection.exec_driver_sql(f"SET LOCAL {limit} = 0")
            yield connection


def pieces(content: IO[bytes]) -> Iterator[bytes]:
    """The bytes, some at a time."""
    return iter(partial(content.read, PIECE), b"")


def sha256_of(content: IO[bytes]) -> str:
    """The hash by which a file is known."""
    digest = hashlib.sha256()
    for piece in pieces(content):
        digest.update(piece)
    return digest.hexdigest()


def _write(
    archive: ZipFile, db: Database, files: Files, done: Packed, keys: tuple[str, ...], now: datetime, tell: Tell
) -> None:
    tables: dict[str, dict[str, object]] = {}
    with snapshot(db) as connection:
        for table in Base.metadata.sorted_tables:
            sha256, done.rows[table.name] = _add(archive, f"rows/{table.name}", rows.lines(connection, table))
            tables[table.name] = {
                "columns": rows.columns(table),
                "rows": done.rows[table.name],
                "sha256": sha256,
            }
            tell(f"{table.name}: {done.rows[table.name]}")
        wanted = _spoken_of(connection)
    for place, sha256 in enumerate(wanted, 1):
        _keep(archive, files, sha256, done)
        if place % 500 == 0 or place == len(wanted):
            tell(f"ficheros: {place} de {len(wanted)}")
    # Links and threads that went out are signed with these keys; a restored desk must know them again.
    secret, _ = _add(archive, SECRET, [",".join(keys).encode()])
    manifest = {
        "format": FORMAT,
        "made_at": now.isoformat(),
        "revision": migrate.expected(),
        "tables": tables,
        "files": done.files,
        "missing": done.missing,
        "secret": secret,
    }
    archive.writestr(MANIFEST, json.dumps(manifest, indent=1))


def _spoken_of(connection: Connection) -> list[str]:
    """The hashes of every file that a row needs; an erased one is nobody's any more."""
    file, arrival = Base.metadata.tables["file"], Base.metadata.tables["arrival"]
    found = set(connection.scalars(sa.select(file.c.sha256).where(file.c.erased_at.is_(None))))
    found |= set(connection.scalars(sa.select(arrival.c.raw_file).where(arrival.c.raw_file.is_not(None))))
    return sorted(found)


def _keep(archive: ZipFile, files: Files, sha256: str, done: Packed) -> None:
    """A file erased since the rows were read is missing rightly; a spoilt one is not kept as if it were good."""
    try:
        with files.open(sha256) as content:
            if sha256_of(content) != sha256:
                done.missing.append(sha256)
                return
            content.seek(0)
            with archive.open(_stored(f"files/{sha256}"), "w", force_zip64=True) as entry:
                for piece in pieces(content):
                    entry.write(piece)
    except FileNotFoundError:
        done.missing.append(sha256)
    else:
        done.files += 1


def _add(archive: ZipFile, name: str, pieces: Iterable[bytes]) -> tuple[str, int]:
    digest, count = hashlib.sha256(), 0
    with archive.open(name, "w", force_zip64=True) as entry:
        for piece in pieces:
            digest.update(piece)
            entry.write(piece)
            count += 1
    return digest.hexdigest(), count


def _stored(name: str) -> ZipInfo:
    """Pictures and PDFs are packed already."""
    entry = ZipInfo(name)
    entry.compress_type = ZIP_STORED
    return entry


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
