"""The button that asks whether the addresses of one article still answer."""

from flask import Blueprint, abort, redirect, url_for
from werkzeug.wrappers import Response

from app import clock
from app.desk import article_checks, articles
from app.house import house
from app.models.people import Role
from app.web import weblinks
from app.web.access import allow
from app.web.say import count_of
from app.web.toast import tell
from channels.way import Way

blueprint = Blueprint("linkcheck", __name__)


@blueprint.post("/conocimiento/<slug>/<language>/enlaces")
@allow(Role.SUPERVISOR)
def check(slug: str, language: str) -> Response:
    """Ask each address of what was last saved."""
    with house().db.reading() as session:
        row = articles.find(session, slug, language) or abort(404)
        version = articles.newest(session, row)
        article = articles.read(version.source if version else row.source, slug=slug, language=language)
    wanted = article_checks.addresses(article)
    found = weblinks.broken(wanted, way=Way.from_env(house().config.environ))
    with house().db.transaction() as session:
        weblinks.keep(session, wanted, found, now=clock.now())
    house().books.forget()
    tell(count_of("%(num)s enlace no responde.", "%(num)s enlaces no responden.", len(found)))
    return redirect(url_for("editor.page", slug=slug, language=language), 303)
