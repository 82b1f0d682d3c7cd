"""What the knowledge base keeps of its making: versions, films, questions without an answer, fates of proposals."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Id, Ref, codes, short
from app.models.book import ArticleStatus
from app.models.people import User


class ArticleVersion(Base):
    """An article as somebody left it; the newest one is worked on, whatever its row offers to citizens."""

    __tablename__ = "article_version"
    __table_args__ = (Index("ix_article_version_article", "article_id", "id"), {"sqlite_autoincrement": True})
    id: Mapped[Id]
    article_id: Mapped[Ref] = mapped_column(ForeignKey("article.id"))
    at: Mapped[datetime]
    by_id: Mapped[Ref | None] = mapped_column(ForeignKey("user.id"))
    status: Mapped[ArticleStatus] = mapped_column(codes(ArticleStatus))
    source: Mapped[str]
    by: Mapped[User | None] = relationship()


class Film(Base):
    """A film that was uploaded (its bytes lie in the files), or the captions of one (kept here as text)."""

    __tablename__ = "film"
    id: Mapped[Id]
    name: Mapped[str] = mapped_column(short(120), unique=True)
    content_type: Mapped[str] = mapped_column(short(40))
    size: Mapped[int]
    sha256: Mapped[str | None] = mapped_column(ForeignKey("file.sha256"))
    captions: Mapped[str | None]
    at: Mapped[datetime]
    by_id: Mapped[Ref | None] = mapped_column(ForeignKey("user.id"))


class Gap(Base):
    """A question that found nothing in the public search, without numbers that name somebody; `key` is its words."""

    __tablename__ = "gap"
    id: Mapped[Id]
    key: Mapped[str] = mapped_column(short(200), unique=True)
    asked: Mapped[str] = mapped_column(short(200))
    times: Mapped[int] = mapped_column(default=1)
    last_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class Fate(StrEnum):
    """What a person did with an answer that the machine had proposed."""

    SENT = "sent"
    EDITED = "edited"
    DROPPED = "dropped"


class Proposal(Base):
    """What became of a proposed answer; `distance` is how much of it was changed, in hundredths."""

    __tablename__ = "proposal"
    id: Mapped[Id]
    message_id: Mapped[Ref] = mapped_column(ForeignKey("message.id"), unique=True)
    channel: Mapped[str] = mapped_column(short(20))
    category: Mapped[str | None] = mapped_column(short(40))
    at: Mapped[datetime]
    fate: Mapped[Fate] = mapped_column(codes(Fate, 10))
    distance: Mapped[int] = mapped_column(default=0)
