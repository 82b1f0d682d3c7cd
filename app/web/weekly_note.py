"""The page of the weekly note: as it would be, checked and issued; or as it was, ready to be copied."""

from collections.abc import Mapping
from datetime import date, timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import clock
from app.desk import reports, weekly_note
from app.desk.weekly_note import PLATFORM
from app.errors import Impossible
from app.house import house
from app.i18n import moment
from app.models.people import Role, User
from app.web import labels
from app.web.access import allow, me
from app.web.say import _
from app.web.toast import tell

blueprint = Blueprint("weekly", __name__, url_prefix="/informes/nota")
Answer = str | Response | tuple[str, int]


@blueprint.get("")
@allow(Role.SUPERVISOR)
def page() -> Answer:
    """The note of a week; without one, of the newest that can be issued."""
    return _page(_monday(request.args.get("semana", "")))


@blueprint.post("")
@allow(Role.SUPERVISOR)
def issue() -> Answer:
    """See how it would be, or issue it; doubtful figures are asked about first, and nothing typed is lost."""
    monday, told = _monday(request.form.get("semana", "")), request.form
    try:
        platform = _typed()
    except Impossible as error:
        return _page(monday, typed=told, wrong=str(error)), 422
    with house().db.reading() as session:
        doubts = weekly_note.doubts(platform, weekly_note.last_figures(session, monday))
    if "emitir" not in told or (doubts and "seguro" not in told):
        return _page(monday, platform=platform, doubts=doubts, ready=True)
    books = house().books.current()
    with house().db.transaction() as session:
        names = labels.categories(books)
        weekly_note.issue(session, books, monday, platform, names, by=me(session), now=clock.now())
    tell(_("Nota emitida. Sus cifras ya no cambian."))
    return redirect(url_for("weekly.page", semana=monday.isoformat()), 303)


def _page(
    monday: date,
    *,
    platform: Mapping[str, int] | None = None,
    typed: Mapping[str, str] | None = None,
    wrong: str | None = None,
    doubts: list[str] | None = None,
    ready: bool = False,
) -> str:
    now, books, zone = clock.now(), house().books.current(), house().config.zone
    with house().db.reading() as session:
        note = weekly_note.issued(session, monday)
        by = session.get(User, note.issued_by_id) if note and note.issued_by_id else None
        lines = (
            weekly_note.frozen(note)
            if note
            else weekly_note.compose(session, books, monday, platform or {}, labels.categories(books), now=now)
        )
    return render_template(
        "reports/weekly.html",
        monday=monday,
        before=monday - timedelta(days=7),
        after=monday + timedelta(days=7),
        lines=lines,
        note=note,
        issued=moment(note.issued_at, now, zone) if note else "",
        by=by.name if by else "",
        fields={
            key: (name, (typed or {}).get(key) or (platform or {}).get(key, ""))
            for key, (name, _sign) in PLATFORM.items()
        },
        pasted=(typed or {}).get("lista", ""),
        wrong=wrong,
        doubts=doubts or [],
        ready=ready,
    )


def _typed() -> dict[str, int]:
    """What was pasted, and over it what stands in the fields."""
    platform = weekly_note.read(request.form.get("lista", ""))
    for key, (name, _sign) in PLATFORM.items():
        if typed := request.form.get(key, "").strip():
            platform[key] = weekly_note.whole(typed, name)
    return platform


def _monday(typed: str) -> date:
    """The Monday of the week that was asked for; without one, of the newest week whose Friday has come."""
    newest = clock.now().astimezone(house().config.zone).date() - timedelta(days=weekly_note.FRIDAY)
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        day = newest
    return reports.week_of(day if 2000 <= day.year <= 2100 else newest).first
