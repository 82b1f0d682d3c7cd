"""The button that has a film made of an article's steps, and how far it is."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import clock
from app.desk import articles, film_jobs
from app.house import house
from app.models.people import Role
from app.web.access import allow, me

blueprint = Blueprint("filming", __name__, url_prefix="/conocimiento/<slug>/<language>/rodaje")


@blueprint.get("")
@allow(Role.SUPERVISOR)
def progress(slug: str, language: str) -> str | Response:
    """How far it is; the whole page for a browser without scripts."""
    if "HX-Request" not in request.headers:
        return redirect(url_for("editor.page", slug=slug, language=language) + "#rodaje", 303)
    with house().db.reading() as session:
        row = articles.find(session, slug, language) or abort(404)
        state = film_jobs.state(session, row)
    return render_template("editor/_filming.html", filming=state, here={"slug": slug, "language": language})


@blueprint.post("")
@allow(Role.SUPERVISOR)
def begin(slug: str, language: str) -> str | Response:
    """Have one made of what was last saved."""
    with house().db.transaction() as session:
        row = articles.find(session, slug, language) or abort(404)
        film_jobs.ask(session, row, by=me(session), now=clock.now())
    house().wake("film")
    return progress(slug, language)
