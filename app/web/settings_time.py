"""By when we owe an answer: targets by priority and channel, the summer timetable, the calendar of each year."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import clock
from app.desk import deadlines, desk_settings, holidays
from app.desk.hours import read_summer
from app.errors import Impossible
from app.house import house
from app.models.people import Role
from app.web import deadline_recount
from app.web.access import allow
from app.web.labels import PRIORITIES
from app.web.say import _
from app.web.settings import SPANS, days_of, names, typed_week
from app.web.toast import tell

blueprint = Blueprint("settings_time", __name__, url_prefix="/ajustes/plazos")
HOUR = 60
Answer = str | Response | tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One line of the table: hours of open time until first answer and solution; empty where the usual ones hold."""

    key: str
    name: str
    first: str
    solved: str


@blueprint.get("")
@allow(Role.SUPERVISOR)
def page() -> Answer:
    """Everything on one page."""
    return _page()


@blueprint.post("/objetivos")
@allow(Role.SUPERVISOR)
def targets() -> Answer:
    """Keep the targets, once she has seen which deadlines move."""
    told = desk_settings.checked_targets(_typed_targets())
    if asked := deadline_recount.ask_first(settings={"targets": told}):
        return asked
    with house().db.transaction() as session:
        desk_settings.set_targets(session, told, now=clock.now())
    return _done(_("Guardados los objetivos."), "#objetivos")


@blueprint.post("/verano")
@allow(Role.SUPERVISOR)
def summer() -> Answer:
    """Keep the summer timetable, or take it away."""
    off = "sin-verano" in request.form
    first, last = request.form.get("desde", ""), request.form.get("hasta", "")
    told = None if off else desk_settings.summer(first[-5:], last[-5:], typed_week())
    hours = replace(house().books.current().hours, summer=read_summer(told))
    if asked := deadline_recount.ask_first(hours=hours):
        return asked
    with house().db.transaction() as session:
        desk_settings.set_summer(session, told, now=clock.now())
    return _done(_("Quitado el horario de verano.") if off else _("Guardado el horario de verano."), "#verano")


@blueprint.post("/calendario/<int:year>")
@allow(Role.SUPERVISOR)
def calendar(year: int) -> Answer:
    """A published list of days off, pasted; what cannot be read is told and stays in the form."""
    text = request.form.get("lista", "")
    try:
        pasted = holidays.read(text, year)
    except Impossible as error:
        return _page(year=year, text=text, wrong=str(error)), 422
    hours = house().books.current().hours
    with house().db.reading() as session:
        after = holidays.days_after(hours.days_off, pasted, session, year)
    if asked := deadline_recount.ask_first(hours=replace(hours, days_off=after)):
        return asked
    with house().db.transaction() as session:
        holidays.keep(session, pasted, year=year, now=clock.now())
    return _done(_("Guardado el calendario de %(year)s: %(count)s días.", year=year, count=len(pasted)), "#calendario")


@blueprint.post("/calendario/<int:year>/confirmar")
@allow(Role.SUPERVISOR)
def confirm(year: int) -> Answer:
    """The draft is right as it stands."""
    with house().db.transaction() as session:
        count = holidays.confirm(session, year, now=clock.now())
    return _done(_("Confirmado el calendario de %(year)s: %(count)s días.", year=year, count=count), "#calendario")


def _page(*, year: int | None = None, text: str = "", wrong: str | None = None) -> str:
    now, home = clock.now(), house()
    books, today = home.books.current(), now.astimezone(home.config.zone).date()
    with home.db.reading() as session:
        years = holidays.years(session, today=today)
    season, rows = books.hours.summer, _targets(books.settings)
    return render_template(
        "settings/time.html",
        targets=rows[: len(PRIORITIES)],
        own=[
            (name, rows[len(PRIORITIES) * place : len(PRIORITIES) * (place + 1)])
            for place, name in enumerate(names().values(), start=1)
        ],
        summer=season,
        week=days_of(season.week if season else books.hours.week),
        places=range(SPANS),
        first=_day(today.year, season.first if season else (6, 15)),
        last=_day(today.year, season.last if season else (9, 15)),
        years=years,
        pasted_year=year or today.year + 1,
        text=text,
        wrong=wrong,
    )


def _targets(settings: Mapping[str, object]) -> list[Target]:
    told = settings.get("targets")
    own: Mapping[str, list[int]] = told if isinstance(told, dict) else {}
    usual = deadlines.targets(settings)
    rows = [_target(priority, _("%(priority)s, todos", priority=priority), usual[priority]) for priority in PRIORITIES]
    for channel, name in names().items():
        for priority in PRIORITIES:
            key = f"{channel}.{priority}"
            rows.append(_target(key, f"{priority}, {name}", own.get(key)))
    return rows


def _target(key: str, name: str, minutes: tuple[int, int] | list[int] | None) -> Target:
    first, solved = (_hours(minutes[0]), _hours(minutes[1])) if minutes else ("", "")
    return Target(key=key, name=name, first=first, solved=solved)


def _typed_targets() -> dict[str, tuple[int, int]]:
    told = {}
    for row in _targets({}):
        first, solved = (request.form.get(f"{row.key}-{which}", "").strip() for which in ("primera", "solucion"))
        if first or solved:
            told[row.key] = (_minutes(first, row.name), _minutes(solved, row.name))
    return told


def _minutes(typed: str, name: str) -> int:
    try:
        return round(float(typed.replace(",", ".")) * HOUR)
    except (ValueError, OverflowError) as error:
        raise Impossible(_("%(name)s: ponga las horas con un número, como 4 o 1,5.", name=name)) from error


def _hours(minutes: int) -> str:
    return f"{minutes / HOUR:.2f}".rstrip("0").rstrip(".").replace(".", ",")


def _day(year: int, at: tuple[int, int]) -> str:
    return f"{year}-{at[0]:02}-{at[1]:02}"


def _done(words: str, place: str) -> Response:
    house().books.forget()
    tell(words)
    return redirect(url_for("settings_time.page") + place, 303)
