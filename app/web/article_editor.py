"""The editor of one article: its form with a live preview, publishing, translating, taking back."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, abort, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import clock
from app.desk import article_checks, articles, film_jobs, films, sedes
from app.desk.books import Books
from app.errors import DeskError, Impossible, Stale
from app.house import house
from app.models.book import ArticleRow, ArticleStatus
from app.models.knowledge import Film
from app.models.people import Role
from app.web import article_form, article_list, film_uploads, labels
from app.web.access import allow, me
from app.web.article_sections import Laid, lay
from app.web.public import HTMX
from app.web.public_words import moment
from app.web.say import _
from app.web.toast import tell
from kb.article import Article
from kb.shelf import film as film_name

blueprint = Blueprint("editor", __name__, url_prefix="/conocimiento/<slug>/<language>")

THEN = {
    "borrador": ArticleStatus.DRAFT,
    "revision": ArticleStatus.REVIEW,
    "publicar": ArticleStatus.PUBLISHED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What was read of an article that is edited."""

    row: ArticleRow
    article: Article
    status: ArticleStatus
    seen: int
    tongues: tuple[str, ...]
    films: frozenset[str]
    beside: Article | None
    filming: film_jobs.State | None


@blueprint.get("")
@allow(Role.SUPERVISOR)
def page(slug: str, language: str) -> str:
    """The form, with the article as citizens would read it beside it, or the same article in another language."""
    with house().db.reading() as session:
        opened = _open(session, slug, language)
    return _show(opened, article_form.fields(opened.article), opened.article)


@blueprint.post("")
@allow(Role.SUPERVISOR)
def save(slug: str, language: str) -> str | Response | tuple[str, int]:
    """Keep what was typed as a draft, for review, or for citizens; «ver» only shows it. What is wrong stays typed."""
    now, form = clock.now(), request.form
    try:
        article = article_form.typed(form, slug=slug, language=language)
        if (then := THEN.get(form.get("hacer", ""))) is None:
            with house().db.reading() as session:
                return _show(_open(session, slug, language), form, article)
        film, told = (
            film_uploads.film(request.files.get("film")),
            film_uploads.captions(request.files.get("subtitulos")),
        )
        picture = film_uploads.picture(request.files.get("imagen"))
        stem = film_name(slug, language)
        with house().db.transaction() as session:
            by = me(session)
            file = films.keep(session, stem, film, by=by, now=now) if film else None
            words = films.keep_captions(session, stem, told, by=by, now=now) if told else None
            poster = films.keep(session, stem, picture, by=by, now=now) if picture else None
            article = article_form.with_video(
                article, file=file, captions=words, poster=poster, duration=films.lasts(told)
            )
            articles.save(session, article, then, by=by, now=now, seen=_seen(form))
    except DeskError as error:
        with house().db.reading() as session:
            opened = _open(session, slug, language)
        status = 409 if isinstance(error, Stale) else 422
        return _show(opened, form, opened.article, trouble=str(error)), status
    house().books.forget()
    tell(_told(then))
    return redirect(url_for("editor.page", slug=slug, language=language), 303)


@blueprint.post("/vista")
@allow(Role.SUPERVISOR)
def preview(slug: str, language: str) -> str:
    """What is being typed, as a citizen of the chosen town hall would read it."""
    books = house().books.current()
    try:
        article = article_form.typed(request.form, slug=slug, language=language)
    except Impossible as error:
        return render_template("editor/_preview.html", trouble=str(error))
    return render_template("editor/_preview.html", laid=_laid(article, books), article=article, moment=moment)


@blueprint.post("/retirar")
@allow(Role.SUPERVISOR)
def withdraw(slug: str, language: str) -> Response:
    """Take it away from citizens."""
    with house().db.transaction() as session:
        articles.withdraw(session, _row(session, slug, language), by=me(session), now=clock.now())
    house().books.forget()
    tell(_("Retirado: ya no se ofrece ni se encuentra."))
    return redirect(url_for("editor.page", slug=slug, language=language), 303)


@blueprint.post("/traducir")
@allow(Role.SUPERVISOR)
def translate(slug: str, language: str) -> Response:
    """Begin the article in another language, with this one's words to start from."""
    other = request.form.get("idioma", "").strip().lower()
    with house().db.transaction() as session:
        if articles.find(session, slug, other) is not None:
            raise Impossible(_("El artículo ya está en ese idioma."))
        articles.translate(session, _row(session, slug, language), other, by=me(session), now=clock.now())
    return redirect(url_for("editor.page", slug=slug, language=other, junto=language), 303)


def _row(session: Session, slug: str, language: str) -> ArticleRow:
    return articles.find(session, slug, language) or abort(404)


def _open(session: Session, slug: str, language: str) -> Opened:
    row = _row(session, slug, language)
    version = articles.newest(session, row)
    tongues = session.scalars(select(ArticleRow.language).where(ArticleRow.slug == slug).order_by(ArticleRow.language))
    other = articles.find(session, slug, request.args.get("junto", ""))
    lying = {file.name for folder in films.folders(house().config.province_dir) for file in folder.glob("*.*")}
    return Opened(
        row=row,
        article=articles.read(version.source if version else row.source, slug=slug, language=language),
        status=version.status if version else row.status,
        seen=version.id if version else 0,
        tongues=tuple(tongues),
        films=frozenset(lying) | set(session.scalars(select(Film.name))),
        beside=articles.read(other.source, slug=slug, language=other.language) if other else None,
        filming=film_jobs.state(session, row),
    )


def _show(opened: Opened, values: Mapping[str, str], article: Article, *, trouble: str = "") -> str:
    books = house().books.current()
    return render_template(
        "editor/page.html",
        opened=opened,
        article=article,
        values=values,
        state=article_list.state(opened.row.status, opened.status),
        categories=labels.categories(books),
        audience=article_form.AUDIENCE,
        faults=article_checks.faults(
            article,
            books.shelf,
            opened.films,
            broken=books.settings.get("broken_links") or {},
            suppliers=sedes.suppliers(books),
        ),
        suppliers=sedes.suppliers(books),
        laid=_laid(article, books),
        beside=_laid(opened.beside, books) if opened.beside else None,
        halls=sorted(books.halls.items(), key=lambda one: one[1].name),
        seen=request.form.get("visto", opened.seen),
        trouble=trouble,
        htmx=HTMX,
        moment=moment,
    )


def _laid(article: Article, books: Books) -> Laid:
    code, whose = request.values.get("municipio"), request.values.get("proveedor")
    return lay(article.on_sede_of(whose or sedes.supplier(books, code)), books, hall=code)


def _seen(form: Mapping[str, str]) -> int:
    told = form.get("visto", "")
    return int(told) if told.isdecimal() else 0


def _told(status: ArticleStatus) -> str:
    return {
        ArticleStatus.DRAFT: _("Guardado el borrador. Los ciudadanos siguen viendo lo publicado."),
        ArticleStatus.REVIEW: _("Guardado y pedida la revisión."),
        ArticleStatus.PUBLISHED: _("Publicado: se encuentra y se ofrece desde ahora."),
    }[status]
