"""Rows by the dozen: their numbers taken ahead, so that they may name each other, and one statement for each table."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from app.models.base import Base

Row = Mapping[str, Any]
# No other transaction writes to SQLite meanwhile. The table tells what the sequence of one copied by hand may not.
_LAST = """
    SELECT max(coalesce((SELECT seq FROM sqlite_sequence WHERE name = '{0}'), 0),
               coalesce((SELECT max(id) FROM {0}), 0))
"""
_NEXT = "SELECT nextval(pg_get_serial_sequence('{0}', 'id')) FROM generate_series(1, :count)"


def numbers(session: Session, of: type[Base], count: int) -> list[int]:
    """So many new ids of a table, in order, that nobody else will use; write their rows before asking again."""
    if not count:
        return []
    if session.get_bind().dialect.name == "sqlite":
        last: int = session.connection().execute(text(_LAST.format(of.__tablename__))).scalar_one()
        return list(range(last + 1, last + 1 + count))
    return sorted(session.connection().execute(text(_NEXT.format(of.__tablename__)), {"count": count}).scalars())


def write(session: Session, of: type[Base], rows: Sequence[Row]) -> None:
    """Insert rows, given by the names of their columns; what one of them lacks and another has is NULL."""
    if rows:
        names = list(dict.fromkeys(name for row in rows for name in row))
        whole = [{name: row.get(name) for name in names} for row in rows]
        session.connection().execute(insert(Base.metadata.tables[of.__tablename__]), whole)


def values(made: Base) -> Row:
    """What has been set on an object that no session knows, whose attributes are called like their columns."""
    return {name: value for name, value in vars(made).items() if not name.startswith("_")}
