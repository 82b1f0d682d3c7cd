"""The public help: what most people ask, search while typing, the topics."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, abort, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from app import clock
from app.desk import knowledge_gaps
from app.desk.books import Books
from app.house import house
from app.models.ticket import Answer
from app.web import public as frame
from app.web.access import public
from app.web.help_topics import BY_KEY, FRONT, TOPICS, Topic
from app.web.highlighting import Piece, marked
from app.web.public_words import film
from kb.article import Article

blueprint = Blueprint("help", __name__)

LATELY = 500
MOST_ASKED = 5
# What is shown until people have asked: the troubles that every sede has.
AT_FIRST = ("autofirma-no-conecta", "clave-movil-app-pin-sms", "leer-notificacion-en-la-sede")
LONGEST = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An article in a list: its title and the line below it, with the words looked for marked."""

    article: Article
    title: tuple[Piece, ...]
    line: tuple[Piece, ...]
    moment: int | None = None


@blueprint.get("/")
@public
def home() -> str:
    """The first page that a citizen sees."""
    books = house().books.current()
    topics = [topic for topic in TOPICS if any(one.category == topic.key for one in _main(books))]
    return frame.render("help/page.html", asked=_asked(books), topics=topics[:FRONT], all_topics=len(topics))


@blueprint.get("/ayuda")
@public
def elsewhere() -> Response:
    """People guess this address; the help is the first page."""
    return redirect(url_for("help.home"), 302)


@blueprint.get("/buscar")
@public
def search() -> str:
    """Articles for what was typed: a whole page, or only the list when the page is already there."""
    query = request.args.get("q", "").strip()[:LONGEST]
    books = house().books.current()
    found = look(books, query)
    if request.headers.get("HX-Request"):
        return render_template("help/_found.html", found=found, query=query)
    # Only whole questions count: while somebody types, every letter would be one.
    if query and knowledge_gaps.little(books.search.find(query)):
        with house().db.transaction() as session:
            knowledge_gaps.note(session, query, now=clock.now())
    return frame.render("help/search.html", found=found, query=query)


@blueprint.get("/temas")
@public
def topics() -> str:
    """All topics with all their articles."""
    books = house().books.current()
    groups = [(topic, [_plain(one) for one in _main(books) if one.category == topic.key]) for topic in TOPICS]
    return frame.render("help/topics.html", groups=[(topic, shown) for topic, shown in groups if shown])


@blueprint.get("/temas/<key>")
@public
def topic(key: str) -> str:
    """The articles of one topic."""
    about: Topic | None = BY_KEY.get(key)
    if about is None:
        abort(404)
    shown = [_plain(one) for one in _main(house().books.current()) if one.category == key]
    return frame.render("help/topic.html", topic=about, shown=shown)


def look(books: Books, query: str) -> list[Shown]:
    """The articles that answer a question, best first."""
    found = []
    for hit in books.search.find(query).hits if query else ():
        article = books.shelf.get(hit.slug, books.province.languages[0])
        if article is not None:
            found.append(
                Shown(
                    article=article,
                    title=marked(article.title, query),
                    line=marked(_line(article, hit.passage), query),
                    moment=int(hit.moment) if hit.moment else None,
                )
            )
    return found


def _asked(books: Books) -> list[Shown]:
    """What was offered most of late; at the beginning, the articles that every desk needs first."""
    with house().db.reading() as session:
        lately: Sequence[str] = session.scalars(select(Answer.slug).order_by(Answer.id.desc()).limit(LATELY)).all()
    slugs = [slug for slug, _ in Counter(lately).most_common(MOST_ASKED)]
    wanted = dict.fromkeys([*slugs, *AT_FIRST, *(one.slug for one in _main(books))])
    found = (books.shelf.get(slug, books.province.languages[0]) for slug in wanted)
    return [_plain(one) for one in found if one is not None][:MOST_ASKED]


def _main(books: Books) -> list[Article]:
    return [one for one in books.shelf if one.language == books.province.languages[0]]


def _plain(article: Article) -> Shown:
    return Shown(article=article, title=(Piece(text=article.title),), line=(Piece(text=film(article)),))


def _line(article: Article, passage: str) -> str:
    # A passage that repeats the title, or is a list of search words, tells the reader nothing.
    useful = passage and passage != article.title and " · " not in passage and passage not in article.questions
    return passage if useful else article.intro.split("\n")[0]
