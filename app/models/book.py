"""What rules and answers look things up in, as rows: articles, calendar days, texts, settings, and their versions."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Id, codes, short


class ArticleStatus(StrEnum):
    """How far an article has come; only published ones are offered."""

    DRAFT = "draft"
    REVIEW = "review"
    PUBLISHED = "published"


class ArticleRow(Base):
    """A tutorial as its file says it, keyed by slug and language; `edited_at` keeps upgrades away."""

    __tablename__ = "article"
    __table_args__ = (UniqueConstraint("slug", "language"), {"sqlite_autoincrement": True})
    id: Mapped[Id]
    slug: Mapped[str] = mapped_column(short(80))
    language: Mapped[str] = mapped_column(short(8))
    number: Mapped[int] = mapped_column(index=True)
    title: Mapped[str] = mapped_column(short(200))
    category: Mapped[str] = mapped_column(short(40))
    status: Mapped[ArticleStatus] = mapped_column(codes(ArticleStatus), default=ArticleStatus.PUBLISHED)
    source: Mapped[str]
    seed_sha256: Mapped[str | None] = mapped_column(short(64))
    edited_at: Mapped[datetime | None]


class CalendarDay(Base):
    """A day off: national, of the region, of the desk, or of one place (`town_hall_code`)."""

    __tablename__ = "calendar_day"
    __table_args__ = (UniqueConstraint("day", "scope", "town_hall_code"), {"sqlite_autoincrement": True})
    id: Mapped[Id]
    day: Mapped[date]
    name: Mapped[str] = mapped_column(short(120))
    scope: Mapped[str] = mapped_column(short(20))
    town_hall_code: Mapped[str] = mapped_column(short(20), default="")
    state: Mapped[str] = mapped_column(short(20), default="confirmado")
    edited_at: Mapped[datetime | None]


class TextRow(Base):
    """The wording of an automatic message, by key and language."""

    __tablename__ = "text"
    __table_args__ = (UniqueConstraint("key", "language"), {"sqlite_autoincrement": True})
    id: Mapped[Id]
    key: Mapped[str] = mapped_column(short(60))
    language: Mapped[str] = mapped_column(short(8))
    body: Mapped[str]
    seed_sha256: Mapped[str | None] = mapped_column(short(64))
    edited_at: Mapped[datetime | None]


class Setting(Base):
    """One setting of the desk that people change at run time."""

    __tablename__ = "setting"
    key: Mapped[str] = mapped_column(short(60), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)
    edited_at: Mapped[datetime | None]
    __table_args__: Any = ()


class Book(Base):
    """The version of a book; whoever holds an older one builds it anew."""

    __tablename__ = "book"
    name: Mapped[str] = mapped_column(short(40), primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    __table_args__: Any = ()


class Lease(Base):
    """Who does a thing that only one may do at a time, and until when."""

    __tablename__ = "lease"
    name: Mapped[str] = mapped_column(short(40), primary_key=True)
    holder: Mapped[str] = mapped_column(short(80))
    until: Mapped[datetime]
    __table_args__: Any = ()


class Counter(Base):
    """How often something happened on a day: forged hooks, Redis away, automatic messages to one identity."""

    __tablename__ = "counter"
    __table_args__ = (UniqueConstraint("day", "name"), {"sqlite_autoincrement": True})
    id: Mapped[Id]
    day: Mapped[date]
    name: Mapped[str] = mapped_column(short(80))
    count: Mapped[int] = mapped_column(default=0)


class DailyTally(Base):
    """Figures of one day by channel, category and town hall, filled by the clock and read by reports."""

    __tablename__ = "daily_tally"
    __table_args__ = (
        UniqueConstraint("day", "channel", "category", "town_hall_code", "what"),
        Index(None, "what", "day"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[Id]
    day: Mapped[date]
    what: Mapped[str] = mapped_column(short(30))
    channel: Mapped[str] = mapped_column(short(20), default="")
    category: Mapped[str] = mapped_column(short(40), default="")
    town_hall_code: Mapped[str] = mapped_column(short(20), default="")
    count: Mapped[int] = mapped_column(default=0)
