"""What a supervisor sets: opening hours, days off, how far the machine may go; and how each channel is doing."""

from dataclasses import dataclass, replace
from datetime import date, time

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from app import clock
from app.desk import breaker, channel_health, desk_settings, gate, holidays, undo_window
from app.desk.desk_settings import WEEK
from app.desk.hours import Week
from app.house import house
from app.i18n import DAYS, long_day, moment
from app.models.arrival import Line, Mode
from app.models.people import Role
from app.web import channel_status, deadline_recount
from app.web.access import allow
from app.web.say import _
from app.web.toast import tell

blueprint = Blueprint("settings", __name__, url_prefix="/ajustes")

SPANS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day of the week with up to two spans of open hours."""

    key: str
    name: str
    spans: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """A line with how it is doing."""

    id: int
    name: str
    address: str
    mode: str
    since: str
    trouble: str
    success: str


@blueprint.get("")
@allow(Role.SUPERVISOR)
def page() -> str:
    """Everything on one page."""
    home, now = house(), clock.now()
    books, zone = home.books.current(), home.config.zone
    with home.db.reading() as session:
        days = desk_settings.days_off(session, since=now.astimezone(zone).date())
        lines = session.scalars(select(Line).order_by(Line.id)).all()
        missing = holidays.missing(session, today=now.astimezone(zone).date())
    wires = [
        Wire(
            id=line.id,
            name=names().get(line.channel, line.channel),
            address=channel_status.shown(line),
            mode=line.mode.value,
            since=moment(line.go_live, now, zone) if line.go_live else "",
            trouble=line.trouble or "",
            success=moment(line.success_at, now, zone) if line.success_at else "",
        )
        for line in lines
    ]
    return render_template(
        "settings/page.html",
        week=days_of(books.hours.week),
        missing=missing,
        days=[(row, long_day(row.day), row.day.year) for row in days],
        wires=wires,
        modes=modes(),
        stopped=bool(books.settings.get("kill_switch")),
        quiet=int(books.settings.get("quiet_seconds", 40)),
        per_address=int(books.settings.get("mail_per_address", gate.PER_ADDRESS)),
        silence=int(channel_health.patience(books.settings).total_seconds() // 60),
        per_hour=int(books.settings.get("mail_per_hour", breaker.PER_HOUR)),
        places=range(SPANS),
        undo=[(way, names()[way], wait) for way, wait in undo_window.seconds(books.settings).items()],
        longest_undo=undo_window.LONGEST,
    )


@blueprint.post("/horario")
@allow(Role.SUPERVISOR)
def week() -> str | Response:
    """Keep the opening hours, once she has seen which deadlines move."""
    spans, hours = typed_week(), house().books.current().hours
    if asked := deadline_recount.ask_first(hours=replace(hours, week=desk_settings.as_week(spans))):
        return asked
    with house().db.transaction() as session:
        desk_settings.set_week(session, spans, now=clock.now())
    return _done(_("Guardado el horario. Los plazos nuevos ya cuentan con él."))


@blueprint.post("/dias")
@allow(Role.SUPERVISOR)
def add_day() -> str | Response:
    """One more day off, once she has seen which deadlines move."""
    day = date.fromisoformat(request.form["dia"]) if _is_day(request.form.get("dia", "")) else None
    if day is None:
        tell(_("Elija un día en el calendario."))
        return redirect(url_for("settings.page") + "#dias", 303)
    hours = house().books.current().hours
    if asked := deadline_recount.ask_first(hours=replace(hours, days_off=hours.days_off | {day})):
        return asked
    with house().db.transaction() as session:
        desk_settings.add_day(session, day=day, name=request.form.get("nombre", ""), now=clock.now())
    return _done(_("Añadido el %(day)s.", day=long_day(day)), "#dias")


@blueprint.post("/dias/<int:day_id>/quitar")
@allow(Role.SUPERVISOR)
def remove_day(day_id: int) -> str | Response:
    """One day off less, once she has seen which deadlines move."""
    hours = house().books.current().hours
    with house().db.reading() as session:
        day = desk_settings.own_day(session, day_id).day
    if asked := deadline_recount.ask_first(hours=replace(hours, days_off=hours.days_off - {day})):
        return asked
    with house().db.transaction() as session:
        desk_settings.remove_day(session, day_id, now=clock.now())
    return _done(_("Quitado. Ese día se atiende."), "#dias")


@blueprint.post("/respuestas")
@allow(Role.SUPERVISOR)
def answers() -> Response:
    """How far the machine may go on each channel, and whether it is stopped altogether."""
    told, now = request.form, clock.now()
    quiet = told.get("silencio", "")
    with house().db.transaction() as session:
        for line in session.scalars(select(Line)):
            if (mode := told.get(f"modo-{line.id}")) in set(Mode):
                desk_settings.set_mode(session, line.id, Mode(mode), now=now)
        desk_settings.put(session, "kill_switch", "parada" in told, now=now)
        if quiet.isdecimal():
            desk_settings.put(session, "quiet_seconds", min(int(quiet), 180), now=now)
        numbers = {"por-direccion": "mail_per_address", "por-hora": "mail_per_hour", "sin-leer": "mail_silence_minutes"}
        for name, key in numbers.items():
            if (typed := told.get(name, "")).isdecimal():
                desk_settings.put(session, key, max(1, min(int(typed), 100_000)), now=now)
    return _done(_("Guardado cómo contesta la máquina."), "#respuestas")


@blueprint.post("/deshacer")
@allow(Role.SUPERVISOR)
def undo() -> Response:
    """How long answers wait to be taken back."""
    with house().db.transaction() as session:
        undo_window.keep(
            session, {way: request.form.get(f"deshacer-{way}", "") for way in undo_window.USUAL}, now=clock.now()
        )
    return _done(_("Guardado el tiempo para deshacer."), "#deshacer")


def names() -> dict[str, str]:
    """What people call the channels."""
    return {"whatsapp": _("WhatsApp"), "email": _("Correo"), "phone": _("Teléfono")}


def modes() -> list[tuple[str, str]]:
    """What each mode means."""
    return [
        (Mode.OFF.value, _("No contesta")),
        (Mode.PROPOSE.value, _("Propone y una persona envía")),
        (Mode.SEND.value, _("Contesta sola cuando está segura")),
    ]


def days_of(week: Week) -> list[Day]:
    """A week as its form shows it."""
    return [_day(place, spans) for place, spans in enumerate(week)]


def typed_week() -> dict[str, list[tuple[str, str]]]:
    """The hours that somebody has typed, by day."""
    told = request.form
    return {
        key: [
            (start, end)
            for place in range(SPANS)
            if (start := told.get(f"{key}-{place}-desde", "")) and (end := told.get(f"{key}-{place}-hasta", ""))
        ]
        for key in WEEK
    }


def _day(place: int, spans: tuple[tuple[time, time], ...]) -> Day:
    told = [(f"{start:%H:%M}", f"{end:%H:%M}") for start, end in spans[:SPANS]]
    told += [("", "")] * (SPANS - len(told))
    return Day(key=WEEK[place], name=DAYS[place], spans=tuple(told))


def _is_day(typed: str) -> bool:
    try:
        date.fromisoformat(typed)
    except ValueError:
        return False
    return True


def _done(words: str, place: str = "") -> Response:
    house().books.forget()
    tell(words)
    return redirect(url_for("settings.page") + place, 303)
