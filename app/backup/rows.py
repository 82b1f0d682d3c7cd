"""Rows as lines of JSON that say the same on every database: a backup of one can be restored into the other."""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from app.models.base import UTCDateTime

PIECE = 1000
KINDS: dict[str, type[sa.types.TypeEngine[Any]]] = {
    "moment": UTCDateTime,
    "day": sa.Date,
    "bytes": sa.LargeBinary,
    "flag": sa.Boolean,
    "json": sa.Text,
    "plain": sa.types.NullType,
}


def columns(table: sa.Table) -> dict[str, str]:
    """The columns of a table, each with the kind of value it holds."""
    return {column.name: _kind(column.type) for column in table.columns}


def lines(connection: Connection, table: sa.Table) -> Iterator[bytes]:
    """Every row of a table, oldest first."""
    kinds = columns(table)
    # What stands in a JSON column is kept letter by letter: NULL and the word null are two things.
    wanted = [sa.cast(column, sa.Text) if kinds[column.name] == "json" else column for column in table.columns]
    query = sa.select(*wanted).order_by(*table.primary_key.columns).execution_options(yield_per=PIECE)
    for row in connection.execute(query):
        yield json.dumps([_told(value) for value in row], separators=(",", ":")).encode("ascii") + b"\n"


def values(line: bytes, kinds: Sequence[str]) -> list[Any]:
    """A row as Python's values again."""
    return [_read(value, kind) for value, kind in zip(json.loads(line), kinds, strict=True)]


def shape(name: str, kinds: dict[str, str]) -> sa.TableClause:
    """A table as the backup knew it, which need not be what the models say today."""
    return sa.table(name, *(sa.column(column, KINDS[kind]()) for column, kind in kinds.items()))


def _kind(type_: sa.types.TypeEngine[Any]) -> str:
    if isinstance(type_, sa.JSON):
        return "json"
    named = (kind for kind, sort in KINDS.items() if kind not in {"json", "plain"} and isinstance(type_, sort))
    return next(named, "plain")


def _told(value: object) -> object:
    if isinstance(value, bytes):
        return b64encode(value).decode("ascii")
    return value.isoformat() if isinstance(value, date) else value


def _read(value: Any, kind: str) -> Any:
    if value is None:
        return None
    if kind == "bytes":
        return b64decode(value)
    if kind == "moment":
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if kind == "day" else value
