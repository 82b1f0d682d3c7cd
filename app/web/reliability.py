"""«Fiabilidad con nuestros mensajes»: what became of the machine's answers, and how far it may go with each kind."""

from dataclasses import dataclass, replace

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from app import clock
from app.desk import desk_settings, reliability
from app.desk.reliability import Record
from app.house import house
from app.models.arrival import Line, Mode
from app.models.book import Setting
from app.models.people import Role
from app.web import labels
from app.web.access import allow
from app.web.say import _
from app.web.toast import tell

blueprint = Blueprint("trust", __name__, url_prefix="/conocimiento/fiabilidad")

SPEAKS = ("whatsapp", "email")
NOTHING = Record()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A category on a channel."""

    key: str
    channel: str
    category: str
    chosen: str
    acts: str
    record: Record
    lower: int
    lacking: int


@blueprint.get("")
@allow(Role.SUPERVISOR)
def page() -> str:
    """Every category on every channel that can answer by itself, those with most cases first."""
    with house().db.reading() as session:
        # The books may be a second old, and whoever has just saved wants to see what was saved.
        told = {row.key: row.value for row in session.scalars(select(Setting))}
        records = reliability.records(session)
        lines = {line.channel: line.mode for line in session.scalars(select(Line).order_by(Line.id.desc()))}
    modes = {key: Mode(value) for key, value in (told.get(reliability.MODES) or {}).items()}
    books = replace(house().books.current(), modes=modes)
    found = [
        Kind(
            key=f"{channel}:{category}",
            channel=labels.channel(channel).word,
            category=name,
            chosen=modes.get(f"{channel}:{category}", ""),
            acts=_modes()[books.mode(category, channel, lines[channel])],
            record=record,
            lower=int(record.lower * 100),
            lacking=max(0, reliability.ENOUGH - record.cases),
        )
        for channel in SPEAKS
        if channel in lines
        for category, name in labels.categories(books).items()
        for record in (records.get((channel, category), NOTHING),)
    ]
    found.sort(key=lambda one: (-one.record.cases, -one.record.alone))
    seen = [one for one in found if one.record.cases or one.record.alone]
    return render_template(
        "trust/page.html",
        groups=[(_("Con mensajes"), seen), (_("Todavía sin mensajes"), [one for one in found if one not in seen])],
        choices=[("", _("Como el canal")), *((mode.value, words) for mode, words in _modes().items())],
        stopped=bool(told.get("kill_switch")),
        enough=reliability.ENOUGH,
        bound=int(reliability.BOUND * 100),
    )


@blueprint.post("/modos")
@allow(Role.SUPERVISOR)
def modes() -> Response:
    """Keep how far the machine may go with each kind."""
    wanted = {}
    for name, mode in request.form.items():
        word, channel, category = (*name.split(":", 2), "", "")[:3]
        if word == "modo" and channel in SPEAKS and category:
            wanted[channel, category] = mode
    with house().db.transaction() as session:
        reliability.set_modes(session, wanted, now=clock.now())
    tell(_("Guardado hasta dónde llega la máquina."))
    return redirect(url_for("trust.page"), 303)


@blueprint.post("/parada")
@allow(Role.SUPERVISOR)
def switch() -> Response:
    """Stop every automatic answer at once, or let them go on."""
    stop = request.form.get("parar") == "si"
    with house().db.transaction() as session:
        desk_settings.put(session, "kill_switch", stop, now=clock.now())
    tell(_("Paradas todas las respuestas automáticas.") if stop else _("Las respuestas automáticas siguen."))
    return redirect(url_for("trust.page"), 303)


def _modes() -> dict[Mode, str]:
    return {Mode.OFF: _("No contesta"), Mode.PROPOSE: _("Propone"), Mode.SEND: _("Contesta sola")}
