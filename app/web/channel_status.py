"""«Salud de los canales»: how each line is doing in words, with a way to try again at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app import clock, jobs
from app.desk import channel_health
from app.desk.channel_health import Pulse
from app.house import House, house
from app.i18n import moment, span
from app.models.arrival import Line
from app.models.people import Role
from app.web import labels
from app.web.access import allow
from app.web.labels import Pill
from app.web.say import _, count_of
from app.web.toast import tell
from channels.channel import Unreachable

blueprint = Blueprint("pulses", __name__, url_prefix="/cuadro/canales")
SILENT = timedelta(minutes=15)
LATELY = timedelta(hours=1)
# Calls are noted by people: there is no server to read or to compare with.
BY_HAND = "phone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """One line as people read of it."""

    id: int
    name: str
    icon: str
    address: str
    state: Pill
    news: tuple[str, ...]
    can_retry: bool


@blueprint.get("")
@allow(Role.SUPERVISOR)
def page() -> str:
    """Every line."""
    now, zone = clock.now(), house().config.zone
    with house().db.reading() as session:
        rows = channel_health.pulses(
            session, now=now, zone=zone, patience=channel_health.patience(house().books.current().settings)
        )
    return render_template("board/channels.html", wires=wires(rows, now, zone))


@blueprint.post("/<int:line_id>/reintentar")
@allow(Role.SUPERVISOR)
def retry(line_id: int) -> Response:
    """Fetch what waits at the wire now, and try again what waits here."""
    home, now = house(), clock.now()
    with home.db.transaction() as session:
        line = session.get(Line, line_id) or abort(404)
        channel_health.retry(session, line, now=now)
        name = line.channel
    home.wake("file")
    home.wake(f"deliver:{name}")
    try:
        taken = _look(home, name, now) if name in home.channels else 0
    except Unreachable as error:
        tell(_("Sigue sin responder: %(why)s", why=str(error)))
    else:
        tell(count_of("Funciona: %(num)s mensaje nuevo.", "Funciona: %(num)s mensajes nuevos.", taken))
    return redirect(url_for("pulses.page"), 303)


def _look(home: House, name: str, now: datetime) -> int:
    """Ask the wire, whether it is one that we fetch from or one that hands us its messages by itself."""
    return jobs.poll(home, name) if home.channels[name].polls else jobs.reconcile(home, name, now - LATELY)


def wires(rows: Sequence[Pulse], now: datetime, zone: ZoneInfo) -> list[Wire]:
    """The lines, ready to be shown."""
    return [
        Wire(
            id=row.line.id,
            name=labels.channel(row.line.channel).word,
            icon=labels.channel(row.line.channel).icon,
            address=shown(row.line),
            state=_state(row, now),
            news=tuple(_news(row, now, zone)),
            can_retry=row.line.channel in house().channels and row.line.channel != BY_HAND,
        )
        for row in rows
    ]


def shown(line: Line) -> str:
    """The address of a line; nothing for one that has only the name that the program gives it."""
    return "" if line.address == line.channel else line.address


def _state(row: Pulse, now: datetime) -> Pill:
    if row.line.trouble or row.silent:
        return Pill("late", "circle-alert", _("Parado"))
    if row.late or (row.oldest is not None and now - row.oldest > SILENT):
        return Pill("soon", "clock", _("Va con retraso"))
    return Pill("fine", "check", _("Funciona"))


def _news(row: Pulse, now: datetime, zone: ZoneInfo) -> list[str]:
    line = row.line
    told = []
    if line.trouble:
        told.append(line.trouble)
    if line.trouble and line.trouble_at:
        told.append(_("Falla desde %(when)s.", when=moment(line.trouble_at, now, zone)))
    if row.silent and line.success_at:
        told.append(_("No se ha podido leer el buzón desde hace %(length)s.", length=span(now - line.success_at)))
    if row.heard_at:
        told.append(_("Último mensaje: %(when)s.", when=moment(row.heard_at, now, zone)))
    if line.success_at and line.channel != BY_HAND:
        told.append(_("Última lectura correcta: %(when)s.", when=moment(line.success_at, now, zone)))
    if row.oldest:
        waits = span(now - row.oldest)
        told.append(
            count_of(
                "%(num)s mensaje sin leer, desde hace %(waits)s.",
                "%(num)s mensajes sin leer, el más antiguo desde hace %(waits)s.",
                row.unfiled,
                waits=waits,
            )
        )
    if row.queued:
        told.append(count_of("%(num)s envío en cola.", "%(num)s envíos en cola.", row.queued))
    if line.compared_at and line.channel != BY_HAND:
        when = moment(line.compared_at, now, zone)
        told.append(
            count_of(
                "Comparado con el servidor %(when)s: esta semana faltaba %(num)s mensaje, ya recuperado.",
                "Comparado con el servidor %(when)s: esta semana faltaban %(num)s mensajes, ya recuperados.",
                row.recovered,
                when=when,
            )
            if row.recovered
            else _("Comparado con el servidor %(when)s: no falta nada.", when=when)
        )
    return told
