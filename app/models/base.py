"""What every table shares: the naming of constraints, the types of columns, the declarative base."""

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar

from sqlalchemy import JSON, BigInteger, ColumnElement, DateTime, Enum, Integer, MetaData, String, Text, literal_column
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, mapped_column
from sqlalchemy.types import TypeDecorator

# Unnamed constraints cannot be dropped on SQLite, so every one gets a name by rule.
NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# What is not there is NULL, and not the word null.
MAYBE = JSON(none_as_null=True)
BIG = BigInteger().with_variant(Integer, "sqlite")


class UTCDateTime(TypeDecorator[datetime]):
    """A moment, aware and in UTC on both databases; a naive value is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Into the database: UTC, or an error for a naive value."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Out of the database: SQLite gives naive UTC, PostgreSQL an aware value."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Id = Annotated[int, mapped_column(BIG, primary_key=True)]
Ref = Annotated[int, mapped_column(BIG)]


class Base(DeclarativeBase):
    """Root of all tables."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UTCDateTime,
        str: Text,
        dict[str, Any]: JSON,
        list[str]: JSON,
        list[int]: JSON,
    }
    __table_args__: Any = ({"sqlite_autoincrement": True},)


def codes(kind: type[StrEnum], length: int = 20) -> Enum:
    """A column of enum values stored as text, without a CHECK, because such lists grow."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=False,
        length=length,
        values_callable=lambda members: [member.value for member in members],
    )


def short(length: int) -> String:
    """A bounded text column."""
    return String(length)


def literally(column: InstrumentedAttribute[Any], values: Sequence[StrEnum]) -> ColumnElement[bool]:
    """The column is one of these, spelt out: only so does a database see that an index over some rows will do."""
    spelt = [literal_column(f"'{value}'", column.type) for value in values]
    return column == spelt[0] if len(spelt) == 1 else column.in_(spelt)
