"""Articles as supervisors edit them: drafts beside what citizens read, a version for each change, nothing lost."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.desk import books
from app.errors import Impossible, Stale
from app.models.book import ArticleRow, ArticleStatus
from app.models.knowledge import ArticleVersion
from app.models.people import User
from kb import article as articles
from kb.article import Article, ArticleError
from kb.words import fold

LONGEST_SLUG, LONGEST_TITLE = 80, 200
LANGUAGE = re.compile(r"[a-z]{2,3}")


def find(session: Session, slug: str, language: str) -> ArticleRow | None:
    """The row of an article, published or not."""
    return session.scalar(select(ArticleRow).where(ArticleRow.slug == slug, ArticleRow.language == language))


def newest(session: Session, row: ArticleRow) -> ArticleVersion | None:
    """What is worked on; None while nobody has touched what came with the house."""
    return session.scalar(
        select(ArticleVersion).where(ArticleVersion.article_id == row.id).order_by(ArticleVersion.id.desc()).limit(1)
    )


def pending(session: Session) -> Mapping[int, ArticleStatus]:
    """For each article that was ever edited, how far its newest version has come."""
    last = select(func.max(ArticleVersion.id)).group_by(ArticleVersion.article_id)
    rows = session.execute(select(ArticleVersion.article_id, ArticleVersion.status).where(ArticleVersion.id.in_(last)))
    return {article_id: status for article_id, status in rows}  # noqa: C416 - rows are not pairs to the type checker


def read(source: str, *, slug: str, language: str) -> Article:
    """The article of a source; Impossible, with the line and what is wrong in it."""
    try:
        found = articles.read(source, slug=slug, language=language)
    except ArticleError as error:
        raise Impossible(str(error)) from error
    if len(found.title) > LONGEST_TITLE:
        raise Impossible(f"El título pasa de {LONGEST_TITLE} letras: acórtelo.")
    return found


def new_slug(session: Session, title: str) -> str:
    """An address for a title that no article has yet."""
    slug = re.sub(r"[^a-z0-9]+", "-", fold(title)).strip("-")[: LONGEST_SLUG - 4].strip("-")
    if not slug:
        raise Impossible("Ponga un título con letras.")
    taken = set(session.scalars(select(ArticleRow.slug).where(ArticleRow.slug.startswith(slug))))
    return next(name for place in range(1, 1000) if (name := slug if place == 1 else f"{slug}-{place}") not in taken)


def next_number(session: Session) -> int:
    """The short number of a new article («…/63»)."""
    return (session.scalar(select(func.max(ArticleRow.number))) or 0) + 1


def save(
    session: Session,
    article: Article,
    status: ArticleStatus,
    *,
    by: User | None,
    now: datetime,
    seen: int | None = None,
    source: str | None = None,
) -> ArticleRow:
    """Keep an article as a new version, and show it to citizens if it is published. Stale if `seen` is not the newest.

    `source` is the text that it was read from, where every sign of it should stay. What citizens read stays as it is
    while a draft of it is written.
    """
    _check(session, article)
    source = source or articles.write(article)
    row = find(session, article.slug, article.language)
    if row is None:
        row = ArticleRow(slug=article.slug, language=article.language, status=ArticleStatus.DRAFT)
        _fill(row, article, source)
        session.add(row)
        session.flush()
    else:
        _refuse_stale(session, row, seen, now=now)
    if status is ArticleStatus.PUBLISHED and not article.steps:
        raise Impossible("Ponga los pasos en una lista numerada («1. …») antes de publicarlo.")
    if row.status is not ArticleStatus.PUBLISHED or status is ArticleStatus.PUBLISHED:
        _fill(row, article, source)
        row.status, row.edited_at = status, now
    session.add(_version(row, source, status, by, now))
    session.flush()
    if status is ArticleStatus.PUBLISHED:
        books.touch(session)
    return row


def withdraw(session: Session, row: ArticleRow, *, by: User, now: datetime) -> None:
    """Citizens do not read it any more; it is a draft again."""
    _first(session, row, now=now)
    row.status, row.edited_at = ArticleStatus.DRAFT, now
    session.add(_version(row, row.source, ArticleStatus.DRAFT, by, now))
    books.touch(session)


def restore(session: Session, row: ArticleRow, version_id: int, *, by: User, now: datetime) -> None:
    """An earlier version becomes the draft that is worked on."""
    version = session.get(ArticleVersion, version_id)
    if version is None or version.article_id != row.id:
        raise Impossible("Esa versión no es de este artículo.")
    save(session, read(version.source, slug=row.slug, language=row.language), ArticleStatus.DRAFT, by=by, now=now)


def translate(session: Session, row: ArticleRow, language: str, *, by: User | None, now: datetime) -> ArticleRow:
    """A draft in another language that begins with these words; a film speaks one language and does not come along."""
    begun = replace(
        read(row.source, slug=row.slug, language=row.language), language=language, video=None, reviewed=None
    )
    return save(session, begun, ArticleStatus.DRAFT, by=by, now=now)


def versions(session: Session, row: ArticleRow, *, most: int = 50) -> list[ArticleVersion]:
    """The newest first."""
    wanted = select(ArticleVersion).where(ArticleVersion.article_id == row.id).order_by(ArticleVersion.id.desc())
    return list(session.scalars(wanted.limit(most)))


def _check(session: Session, article: Article) -> None:
    if not LANGUAGE.fullmatch(article.language):
        raise Impossible("El idioma se escribe con su código de dos letras, por ejemplo «es».")
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", article.slug) or len(article.slug) > LONGEST_SLUG:
        raise Impossible("La dirección del artículo solo lleva letras sin tilde, cifras y guiones.")
    other = session.scalar(
        select(ArticleRow.title).where(ArticleRow.number == article.number, ArticleRow.slug != article.slug).limit(1)
    )
    if other is not None:
        raise Impossible(f"El número {article.number} ya lo lleva «{other}». Ponga otro.")


def _refuse_stale(session: Session, row: ArticleRow, seen: int | None, *, now: datetime) -> None:
    latest = newest(session, row)
    _first(session, row, now=now)
    if seen is not None and latest is not None and latest.id != seen:
        raise Stale("Otra persona ha guardado este artículo mientras usted escribía. Compare antes de guardar.")


def _first(session: Session, row: ArticleRow, *, now: datetime) -> None:
    """Before the first change, what came with the house is kept as its first version."""
    if newest(session, row) is None:
        session.add(ArticleVersion(article_id=row.id, at=row.edited_at or now, status=row.status, source=row.source))
        session.flush()


def _fill(row: ArticleRow, article: Article, source: str) -> None:
    row.number, row.title, row.category = article.number, article.title, article.category
    row.source = source


def _version(row: ArticleRow, source: str, status: ArticleStatus, by: User | None, now: datetime) -> ArticleVersion:
    return ArticleVersion(article_id=row.id, at=now, by_id=by.id if by else None, status=status, source=source)
