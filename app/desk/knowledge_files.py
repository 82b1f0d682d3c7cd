"""The whole knowledge base as values that files hold, and back from them without loss."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.desk import articles, books
from app.errors import DeskError, Impossible
from app.models.book import ArticleRow, ArticleStatus
from app.models.knowledge import ArticleVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """An article as citizens read it (or would), and the draft that is worked on where it says something else."""

    slug: str
    language: str
    status: ArticleStatus
    source: str
    draft: str | None = None
    draft_status: ArticleStatus | None = None


def out(session: Session) -> list[Parcel]:
    """Every article of the base."""
    rows = session.scalars(select(ArticleRow).order_by(ArticleRow.language, ArticleRow.slug)).all()
    return [_parcel(row, articles.newest(session, row)) for row in rows]


def into(session: Session, parcels: Iterable[Parcel], *, now: datetime) -> int:
    """Put articles into the base; what stands there like that already is left alone. Returns how many came.

    Impossible names every parcel that is wrong, and then nothing is kept by whoever undoes this transaction.
    """
    came, wrong = 0, []
    for parcel in parcels:
        try:
            came += _put(session, parcel, now=now)
        except DeskError as error:
            wrong.append(f"{parcel.language}/{parcel.slug}: {error}")
    if wrong:
        raise Impossible("\n".join(wrong))
    if came:
        books.touch(session)
    return came


def _parcel(row: ArticleRow, version: ArticleVersion | None) -> Parcel:
    differs = version is not None and (version.source, version.status) != (row.source, row.status)
    return Parcel(
        slug=row.slug,
        language=row.language,
        status=row.status,
        source=row.source,
        draft=version.source if version and differs else None,
        draft_status=version.status if version and differs else None,
    )


def _put(session: Session, parcel: Parcel, *, now: datetime) -> bool:
    row = articles.find(session, parcel.slug, parcel.language)
    if row is not None and _parcel(row, articles.newest(session, row)) == parcel:
        return False
    article = articles.read(parcel.source, slug=parcel.slug, language=parcel.language)
    row = articles.save(session, article, parcel.status, by=None, now=now, source=parcel.source)
    if row.status is not parcel.status:
        row.status = parcel.status
    if parcel.draft is not None and parcel.draft_status is not None:
        draft = articles.read(parcel.draft, slug=parcel.slug, language=parcel.language)
        articles.save(session, draft, parcel.draft_status, by=None, now=now, source=parcel.draft)
    return True
