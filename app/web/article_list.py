"""The supervisor's list of articles: how far each has come, whether it is in order, and what it was worth."""

from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import clock
from app.desk import article_checks, article_outcomes, articles
from app.desk.article_outcomes import Credit
from app.desk.books import Books
from app.house import house
from app.models.book import ArticleRow, ArticleStatus
from app.models.people import Role
from app.web import labels
from app.web.access import allow, me
from app.web.labels import Pill
from app.web.say import _
from kb.article import Article
from kb.words import fold

blueprint = Blueprint("knowledge", __name__, url_prefix="/conocimiento")

CLICKS = timedelta(days=90)
NOTHING = Credit()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One article in the list."""

    slug: str
    language: str
    number: int
    title: str
    category: str
    state: Pill
    reviewed: date | None
    old: bool
    waiting: bool
    credit: Credit


@blueprint.get("")
@allow(Role.SUPERVISOR)
def page() -> str:
    """All articles, or those that wait for somebody, or those whose review is due."""
    books, now = house().books.current(), clock.now()
    today = now.astimezone(house().config.zone).date()
    with house().db.reading() as session:
        lines = _lines(session, books, today)
    told, query = request.args.get("ver", ""), request.args.get("q", "").strip()[:200]
    shown = [line for line in lines if _wanted(line, told) and fold(query) in fold(f"{line.number} {line.title}")]
    return render_template(
        "knowledge/page.html",
        lines=shown,
        query=query,
        chosen=told,
        views=[("", _("Todos"), len(lines)), *_views(lines)],
        main=books.province.languages[0],
        most=article_outcomes.LATEST,
    )


@blueprint.post("/nuevo")
@allow(Role.SUPERVISOR)
def new() -> Response:
    """A draft with nothing but its title."""
    now, language = clock.now(), house().books.current().province.languages[0]
    title = " ".join(request.form.get("titulo", "").split())
    with house().db.transaction() as session:
        article = Article(
            slug=articles.new_slug(session, title),
            language=language,
            title=title,
            number=articles.next_number(session),
            category="otros-no-competencia",
            body="## Pasos\n1. ",
        )
        row = articles.save(session, article, ArticleStatus.DRAFT, by=me(session), now=now)
        slug = row.slug
    return redirect(url_for("editor.page", slug=slug, language=language), 303)


def states() -> dict[ArticleStatus, Pill]:
    """How far an article has come, in words."""
    return {
        ArticleStatus.DRAFT: Pill("", "pen-line", _("Borrador")),
        ArticleStatus.REVIEW: Pill("soon", "eye", _("Por revisar")),
        ArticleStatus.PUBLISHED: Pill("fine", "check", _("Publicado")),
    }


def state(status: ArticleStatus, pending: ArticleStatus | None) -> Pill:
    """A published article may have a draft beside it."""
    if status is not ArticleStatus.PUBLISHED or pending in (None, ArticleStatus.PUBLISHED):
        return states()[status]
    words = _("Publicado, con cambios por revisar") if pending is ArticleStatus.REVIEW else _("Publicado, con borrador")
    return Pill("soon", "pen-line", words)


def _lines(session: Session, books: Books, today: date) -> list[Line]:
    pending, credits = articles.pending(session), article_outcomes.credits(session, since=today - CLICKS)
    names = labels.categories(books)
    found = []
    for row in session.scalars(select(ArticleRow).order_by(ArticleRow.number, ArticleRow.language)):
        article = books.shelf.get(row.slug, row.language)
        live = row.status is ArticleStatus.PUBLISHED
        worked = pending.get(row.id)
        found.append(
            Line(
                slug=row.slug,
                language=row.language,
                number=row.number,
                title=row.title,
                category=names.get(row.category, row.category),
                state=state(row.status, worked),
                reviewed=article.reviewed if article else None,
                old=live and article is not None and article_checks.outdated(article, today),
                waiting=not live or worked not in (None, ArticleStatus.PUBLISHED),
                credit=credits.get(row.slug, NOTHING),
            )
        )
    return found


def _views(lines: list[Line]) -> list[tuple[str, str, int]]:
    told = (
        ("pendientes", _("Por publicar")),
        ("revision", _("Revisión pasada")),
        ("fallan", _("Fallan más que sirven")),
    )
    return [(key, name, sum(_wanted(line, key) for line in lines)) for key, name in told]


def _wanted(line: Line, view: str) -> bool:
    match view:
        case "pendientes":
            return line.waiting
        case "revision":
            return line.old
        case "fallan":
            return line.credit.failed > line.credit.helped
    return True
