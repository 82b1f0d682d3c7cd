"""The versions of an article: who changed what and when, the difference between two, and going back."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import clock
from app.desk import articles
from app.house import house
from app.i18n import moment
from app.models.knowledge import ArticleVersion
from app.models.people import Role
from app.web import article_list
from app.web.access import allow, me
from app.web.say import _
from app.web.toast import tell

blueprint = Blueprint("versions", __name__, url_prefix="/conocimiento/<slug>/<language>/versiones")

ROUND = 3


@dataclass(frozen=True, slots=True)
class Change:
    """A line of a difference: new, gone or same."""

    kind: str
    words: str


@blueprint.get("")
@allow(Role.SUPERVISOR)
def page(slug: str, language: str) -> str:
    """All versions, and what changed from `a` to `b`: by default, with the newest one."""
    now, zone = clock.now(), house().config.zone
    with house().db.reading() as session:
        row = articles.find(session, slug, language) or abort(404)
        kept = articles.versions(session, row)
        people = {one.id: one.by.name for one in kept if one.by}
        article = articles.read(kept[0].source if kept else row.source, slug=slug, language=language)
    new = _pick(kept, "b") or (kept[0] if kept else None)
    old = _pick(kept, "a") or next((one for one in kept if new and one.id < new.id), None)
    return render_template(
        "editor/versions.html",
        article=article,
        state=article_list.state(row.status, kept[0].status if kept else None),
        kept=[(one, moment(one.at, now, zone), people.get(one.id), article_list.states()[one.status]) for one in kept],
        old=old,
        new=new,
        changes=list(changes(old.source, new.source)) if old and new else [],
    )


@blueprint.post("/<int:version_id>/restaurar")
@allow(Role.SUPERVISOR)
def restore(slug: str, language: str, version_id: int) -> Response:
    """Work on from an earlier version."""
    with house().db.transaction() as session:
        row = articles.find(session, slug, language) or abort(404)
        articles.restore(session, row, version_id, by=me(session), now=clock.now())
    tell(_("Restaurada como borrador: publíquela cuando esté bien."))
    return redirect(url_for("editor.page", slug=slug, language=language), 303)


def changes(old: str, new: str) -> Iterator[Change]:
    """The lines that differ, with a few round them."""
    kinds = {"+": "ins", "-": "del", " ": "same"}
    for line in list(difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=ROUND))[2:]:
        yield Change("same", "⋯") if line.startswith("@@") else Change(kinds[line[0]], line[1:])


def _pick(kept: list[ArticleVersion], name: str) -> ArticleVersion | None:
    wanted = request.args.get(name, 0, type=int)
    return next((one for one in kept if one.id == wanted), None)
