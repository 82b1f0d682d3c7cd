"""One article as citizens read it: steps, film with captions, what may go wrong, and whether it helped."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, Response, abort, redirect, request, send_from_directory, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from app import clock
from app.desk import counters, films
from app.desk.books import Books
from app.house import house
from app.web import public as frame
from app.web.access import public
from app.web.reading import fill, inline, rich
from app.web.topics import BY_KEY
from app.web.words import film, moment, reviewed
from kb import outline
from kb.article import Article
from kb.captions import Cue, at_words
from kb.outline import Section

blueprint = Blueprint("article", __name__)

HURRY = re.compile(r"prisa|plazo", re.IGNORECASE)
FILES = {".mp4": "video/mp4", ".webm": "video/webm", ".vtt": "text/vtt", ".png": "image/png", ".jpg": "image/jpeg"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to do, and the second of the film that shows it."""

    words: Markup
    moment: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """Something that may go wrong, and what to do then."""

    what: str
    then: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Another section of the article, as safe HTML."""

    heading: str
    body: Markup
    hurry: bool


@blueprint.get("/<int:number>")
@public
def short(number: int) -> AnyResponse:
    """The short address that messages carry: «…/19»."""
    one = house().books.current().shelf.by_number(number)
    if one is None:
        abort(404)
    return redirect(url_for("article.page", slug=one.slug, t=request.args.get("t", type=int)), 302)


@blueprint.get("/ayuda/<slug>")
@public
def page(slug: str) -> str:
    """The article; `t` is the second of the film at which to begin."""
    books = house().books.current()
    one = _find(books, slug)
    cues = books.shelf.said(one.slug, one.language)
    start = request.args.get("t", 0, type=int)
    steps, wrongs, parts = _steps(one, cues, books), _wrongs(one, books), _parts(one, books)
    return frame.render(
        "article/page.html",
        article=one,
        language=one.language,
        topic=BY_KEY.get(one.category),
        intro=inline(fill(one.intro, books)),
        steps=steps,
        wrongs=wrongs,
        parts=parts,
        cues=cues,
        start=max(0, start),
        chapters=[(step.moment, one.steps[place]) for place, step in enumerate(steps) if step.moment is not None],
        facts=" · ".join(filter(None, (film(one),))),
        reviewed=reviewed(one),
        related=[found for slug in one.related if (found := books.shelf.get(slug, one.language))],
        moment=moment,
        current=_current(cues, start),
        thanks=request.args.get("gracias"),
    )


@blueprint.post("/ayuda/<slug>/util")
@public
def helped(slug: str) -> AnyResponse:
    """A citizen says whether the article helped; it is only counted."""
    one = _find(house().books.current(), slug)
    word = "yes" if request.form.get("util") == "si" else "no"
    with house().db.transaction() as session:
        counters.count(session, f"article_{word}:{one.slug}"[:80], now=clock.now(), zone=house().config.zone)
    return redirect(url_for("article.page", slug=slug, gracias="si" if word == "yes" else "no") + "#util", 303)


@blueprint.get("/videos/<path:name>")
@public
def video(name: str) -> Response:
    """A film, its captions or its picture; parts of it when the player asks for a range."""
    kind = FILES.get(Path(name).suffix.lower())
    folder = next((one for one in films.folders(house().config.province_dir) if (one / name).is_file()), None)
    if kind is None or folder is None:
        abort(404)
    return send_from_directory(folder, name, mimetype=kind, conditional=True, max_age=3600)


def _find(books: Books, slug: str) -> Article:
    for language in (request.args.get("idioma", ""), *books.province.languages, *books.shelf.languages()):
        if one := books.shelf.get(slug, language):
            return one
    abort(404)


def _steps(one: Article, cues: tuple[Cue, ...], books: Books) -> list[Step]:
    found = []
    for words in one.steps:
        at = at_words(cues, words)
        found.append(Step(words=inline(fill(words, books)), moment=None if at is None else int(at)))
    return found


def _wrongs(one: Article, books: Books) -> list[Wrong]:
    """The bullets of the section on what may go wrong, each cut into the trouble and the remedy."""
    found = []
    for section in _other(one):
        if _goes_wrong(section):
            for bullet in outline.bullets(section):
                what, _colon, then = bullet.partition(": ")
                found.append(Wrong(what=what.rstrip("."), then=inline(fill(then[:1].upper() + then[1:], books))))
    return [wrong for wrong in found if wrong.then]


def _parts(one: Article, books: Books) -> list[Part]:
    return [
        Part(heading=section.heading, body=rich(fill(section.body, books)), hurry=bool(HURRY.search(section.heading)))
        for section in _other(one)
        if not _goes_wrong(section)
    ]


def _other(one: Article) -> Iterator[Section]:
    return (section for section in one.sections if outline.items(section.body, outline.NUMBERED) != one.steps)


def _goes_wrong(section: Section) -> bool:
    listed = outline.bullets(section)
    return bool(listed) and sum(": " in bullet for bullet in listed) * 2 > len(listed)


def _current(cues: tuple[Cue, ...], start: int) -> float | None:
    return next((cue.start for cue in reversed(cues) if cue.start <= start), None) if start else None
