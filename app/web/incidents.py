"""Incidents: what is proposed, what runs; its tickets joined and let go, answered together, told that it is over."""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from flask import Blueprint, abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session, joinedload
from werkzeug.wrappers import Response

from app import clock
from app.desk import incident_notices, incidents
from app.desk.books import Books
from app.desk.incident_notices import Told
from app.desk.numbers import number
from app.errors import DeskError
from app.house import house
from app.i18n import moment
from app.models.people import Role
from app.models.ticket import Ticket
from app.models.work import Incident, IncidentState
from app.web import labels, toast
from app.web.access import allow, me
from app.web.labels import Pill, Sign
from app.web.queue_rows import called_name
from app.web.say import _, count_of

blueprint = Blueprint("incidents", __name__, url_prefix="/incidencias")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One ticket of an incident, in words."""

    id: int
    number: str
    subject: str
    who: str
    place: str
    sign: Sign
    state: Pill
    priority: str
    when: str


Answer = str | Response | tuple[str, int]


@blueprint.get("")
@allow(Role.TECHNICIAN)
def page() -> str:
    """The newest incidents, what is proposed and runs first."""
    now, zone = clock.now(), house().config.zone
    with house().db.reading() as session:
        found = incidents.listed(session)
        rows = [(one, where(one), states()[one.state], moment(one.at, now, zone), count) for one, count in found]
    return render_template("incidents/list.html", rows=rows)


@blueprint.get("/<int:incident_id>")
@allow(Role.TECHNICIAN)
def one(incident_id: int) -> str:
    """One incident with its tickets."""
    return _show(incident_id)


@blueprint.post("/<int:incident_id>/confirmar")
@allow(Role.TECHNICIAN)
def confirm(incident_id: int) -> Response:
    """It is one."""
    now, books = clock.now(), house().books.current()
    with house().db.transaction() as session:
        incidents.confirm(session, _found(session, incident_id), by=me(session), now=now, books=books)
    toast.tell(_("Incidencia abierta: sus consultas pasan a P1."))
    return _back(incident_id)


@blueprint.post("/<int:incident_id>/descartar")
@allow(Role.TECHNICIAN)
def dismiss(incident_id: int) -> Response:
    """It is none."""
    with house().db.transaction() as session:
        incidents.dismiss(session, _found(session, incident_id), by=me(session), now=clock.now())
    toast.tell(_("Descartada."))
    return _back(incident_id)


@blueprint.post("/<int:incident_id>/unir")
@allow(Role.TECHNICIAN)
def join(incident_id: int) -> Response:
    """These tickets are about it too."""
    wanted = {int(one) for one in request.form.getlist("consulta") if one.isdecimal() and len(one) < 18}
    now, books = clock.now(), house().books.current()
    with house().db.transaction() as session:
        incident = _found(session, incident_id)
        count = incidents.join(session, incident, wanted, by=me(session), now=now, books=books)
    only = str(*wanted) if len(wanted) == 1 else ""
    undo = url_for("incidents.leave", incident_id=incident_id) if only else None
    told = count_of("Unida %(num)s consulta.", "Unidas %(num)s consultas.", count)
    toast.tell(told, undo=undo, consulta=only)
    return _back(incident_id)


@blueprint.post("/<int:incident_id>/sacar")
@allow(Role.TECHNICIAN)
def leave(incident_id: int) -> Response:
    """A ticket is about something else."""
    chosen = request.form.get("consulta", "")
    now, books = clock.now(), house().books.current()
    with house().db.transaction() as session:
        incident = _found(session, incident_id)
        ticket = session.get(Ticket, int(chosen)) if chosen.isdecimal() and len(chosen) < 18 else None
        if ticket is None:
            abort(404)
        incidents.leave(session, incident, ticket, by=me(session), now=now, books=books)
    toast.tell(
        _("Ya no es de esta incidencia."), undo=url_for("incidents.join", incident_id=incident_id), consulta=chosen
    )
    return _back(incident_id)


@blueprint.post("/<int:incident_id>/contestar")
@allow(Role.TECHNICIAN)
def answer(incident_id: int) -> Answer:
    """Say one thing to all while it lasts."""
    return _say(incident_id, "contestar")


@blueprint.post("/<int:incident_id>/terminar")
@allow(Role.TECHNICIAN)
def over(incident_id: int) -> Answer:
    """Say to all that it is over."""
    return _say(incident_id, "terminar")


def where(incident: Incident) -> str:
    """What is broken."""
    if incident.town_hall is not None:
        return _("Sede de %(name)s", name=incident.town_hall.name)
    return _("Sedes de %(name)s", name=incident.supplier)


def states() -> dict[IncidentState, Pill]:
    """How far it has come, in words."""
    return {
        IncidentState.PROPOSED: Pill(tone="soon", icon="triangle-alert", words=_("Propuesta")),
        IncidentState.OPEN: Pill(tone="late", icon="circle-alert", words=_("Abierta")),
        IncidentState.OVER: Pill(tone="fine", icon="check", words=_("Terminada")),
        IncidentState.DISMISSED: Pill(tone="", icon="x", words=_("Descartada")),
    }


def _say(incident_id: int, what: str) -> Answer:
    """If it cannot go, the words stay."""
    text = request.form.get("texto", "").replace("\r\n", "\n")
    try:
        told = _tell(incident_id, what, text)
    except DeskError as error:
        return _show(incident_id, what=what, text=text, trouble=str(error)), 422
    for channel in told.channels:
        house().wake(f"deliver:{channel}")
    words = count_of("Se escribe a %(num)s persona.", "Se escribe a %(num)s personas.", told.said)
    if told.left:
        words += " " + count_of("A %(num)s no se le puede escribir.", "A %(num)s no se les puede escribir.", told.left)
    toast.tell(words)
    return _back(incident_id)


def _tell(incident_id: int, what: str, text: str) -> Told:
    now, books, key = clock.now(), house().books.current(), request.form.get("clave", "") or uuid4().hex
    with house().db.transaction() as session:
        incident, by = _found(session, incident_id), me(session)
        if what == "contestar":
            return incident_notices.answer(session, incident, text=text, key=key, by=by, now=now, books=books)
        solved = "resolver" in request.form
        return incident_notices.over(session, incident, text=text, key=key, solved=solved, by=by, now=now, books=books)


def _show(incident_id: int, *, what: str = "", text: str = "", trouble: str = "") -> str:
    now, books, zone = clock.now(), house().books.current(), house().config.zone
    with house().db.reading() as session:
        incident = _found(session, incident_id)
        inside, alike = incidents.tickets(session, incident), incidents.candidates(session, incident)
        unsaid = incidents.unsaid(session, incident)
    drafts = {name: incident_notices.draft(incident, name, books) for name in ("incident_answer", "incident_over")}
    return render_template(
        "incidents/page.html",
        incident=incident,
        where=where(incident),
        state=states()[incident.state],
        since=moment(incident.at, now, zone),
        ended=moment(incident.over_at, now, zone) if incident.over_at else "",
        inside=[_line(one, books, now=now) for one in inside],
        alike=[_line(one, books, now=now) for one in alike],
        unsaid=unsaid,
        answer=text if what == "contestar" else drafts["incident_answer"],
        over=text if what == "terminar" else drafts["incident_over"],
        what=what,
        trouble=trouble,
        client_key=uuid4().hex,
    )


def _line(ticket: Ticket, books: Books, *, now: datetime) -> Line:
    return Line(
        id=ticket.id,
        number=number(ticket.id),
        subject=ticket.subject or _("Sin asunto"),
        who=called_name(ticket.contact, books),
        place=ticket.town_hall.name if ticket.town_hall else "",
        sign=labels.channel(ticket.channel),
        state=labels.states()[ticket.status],
        priority=ticket.priority,
        when=moment(ticket.created_at, now, books.hours.zone),
    )


def _found(session: Session, incident_id: int) -> Incident:
    incident = session.get(Incident, incident_id, options=[joinedload(Incident.town_hall)])
    if incident is None:
        abort(404)
    return incident


def _back(incident_id: int) -> Response:
    return redirect(url_for("incidents.one", incident_id=incident_id), 303)
