"""One article as citizens read it: steps, film with captions, what may go wrong, and whether it helped."""

from pathlib import Path

from flask import Blueprint, Response, abort, make_response, redirect, request, send_from_directory, url_for
from werkzeug.wrappers import Response as AnyResponse
from werkzeug.wsgi import wrap_file

from app import clock
from app.desk import counters, file_screening, films, sedes
from app.desk.books import Books
from app.house import house
from app.models.message import File
from app.web import film_embed
from app.web import public as frame
from app.web.access import public
from app.web.article_sections import lay
from app.web.headers import POLICY
from app.web.help_topics import BY_KEY
from app.web.public_words import film, moment, reviewed
from kb.article import Article
from kb.captions import Cue
from kb.words import fold

blueprint = Blueprint("article", __name__)

FILES = {".mp4": "video/mp4", ".webm": "video/webm", ".vtt": "text/vtt", ".png": "image/png", ".jpg": "image/jpeg"}


@blueprint.get("/<int:number>")
@public
def short(number: int) -> AnyResponse:
    """The short address that messages carry: «…/19»."""
    one = house().books.current().shelf.by_number(number)
    if one is None:
        abort(404)
    second, code = request.args.get("t", type=int), request.args.get("m")
    return redirect(url_for("article.page", slug=one.slug, t=second, m=code), 302)


@blueprint.get("/ayuda/<slug>")
@public
def page(slug: str) -> AnyResponse:
    """The article; `t` is the second of the film at which to begin, `ver` asks for a film that lies elsewhere.

    `m` is the reader's town hall by its code, `sede` the supplier of their sede where the town hall is not said.
    """
    books = house().books.current()
    one = _find(books, slug)
    place = _place(books)
    whose = sedes.supplier(books, place.get("m")) or place.get("sede")
    cues = books.shelf.said(one.slug, one.language)
    start = max(0, request.args.get("t", 0, type=int))
    player = film_embed.player(one.video.address, start) if one.video and one.video.address else None
    playing = player is not None and request.args.get("ver") == "video"
    laid = lay(one.on_sede_of(whose), books, cues=cues, hall=place.get("m"))
    told = frame.render(
        "article/page.html",
        article=one,
        language=one.language,
        topic=BY_KEY.get(one.category),
        laid=laid,
        cues=cues,
        start=start,
        player=player,
        playing=playing,
        jump={"slug": one.slug, "idioma": request.args.get("idioma"), "ver": "video" if player else None, **place},
        chapters=[(step.moment, step.words) for step in laid.steps if step.moment is not None],
        variants=_variants(one, books, whose),
        hall=books.halls.get(place.get("m", "")),
        place=place,
        facts=" · ".join(filter(None, (film(one),))),
        reviewed=reviewed(one),
        related=[found for slug in one.related if (found := books.shelf.get(slug, one.language))],
        moment=moment,
        current=_current(cues, start),
        thanks=request.args.get("gracias"),
    )
    answer = make_response(told)
    if player is not None and playing:
        answer.headers["Content-Security-Policy"] = f"{POLICY}; frame-src {player.origin}"
    return answer


@blueprint.post("/ayuda/<slug>/util")
@public
def helped(slug: str) -> AnyResponse:
    """A citizen says whether the article helped; it is only counted."""
    one = _find(house().books.current(), slug)
    word = "yes" if request.form.get("util") == "si" else "no"
    with house().db.transaction() as session:
        counters.count(session, f"article_{word}:{one.slug}"[:80], now=clock.now(), zone=house().config.zone)
    place, thanks = _place(house().books.current()), "si" if word == "yes" else "no"
    back = url_for("article.page", slug=slug, gracias=thanks, m=place.get("m"), sede=place.get("sede"))
    return redirect(back + "#util", 303)


@blueprint.get("/videos/<path:name>")
@public
def video(name: str) -> AnyResponse:
    """A film, its captions or its picture; parts of it when the player asks for a range."""
    kind = FILES.get(Path(name).suffix.lower())
    if kind is None:
        abort(404)
    folder = next((one for one in films.folders(house().config.province_dir) if (one / name).is_file()), None)
    if folder is not None:
        return send_from_directory(folder, name, mimetype=kind, conditional=True, max_age=3600)
    return _uploaded(name)


def _uploaded(name: str) -> AnyResponse:
    with house().db.reading() as session:
        film = films.find(session, name)
        if film is None or (film.sha256 and not file_screening.shown(session.get(File, film.sha256))):
            abort(404)
    if film.captions is not None:
        answer = Response(film.captions, mimetype="text/vtt")
    else:
        content = house().files.open(film.sha256 or "")
        answer = Response(wrap_file(request.environ, content), mimetype=film.content_type, direct_passthrough=True)
        answer.content_length = film.size
        answer.call_on_close(content.close)
    answer.set_etag(film.sha256 or film.name)
    answer.cache_control.max_age = 3600
    return answer.make_conditional(request.environ, accept_ranges=True, complete_length=film.size)


def _find(books: Books, slug: str) -> Article:
    for language in (request.args.get("idioma", ""), *books.province.languages, *books.shelf.languages()):
        if one := books.shelf.get(slug, language):
            return one
    abort(404)


def _place(books: Books) -> dict[str, str]:
    """What the address says of the reader's sede: a town hall that there is, or whose sede it is."""
    code, whose = request.args.get("m", ""), request.args.get("sede", "")
    if code in books.halls:
        return {"m": code}
    return {"sede": whose} if whose in sedes.suppliers(books) else {}


def _variants(one: Article, books: Books, whose: str | None) -> list[tuple[str, str, bool]]:
    """The suppliers for whose sedes the article says something else, how their addresses end, and which is shown."""
    known = {fold(name): (name, end) for name, end in sedes.suppliers(books).items()}
    found = (known[fold(name)] for name in one.suppliers if fold(name) in known)
    return [(name, end, name == whose) for name, end in found]


def _current(cues: tuple[Cue, ...], start: int) -> float | None:
    return next((cue.start for cue in reversed(cues) if cue.start <= start), None) if start else None
