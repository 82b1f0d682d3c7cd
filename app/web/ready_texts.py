"""Ready texts and WhatsApp templates: kept by a supervisor, sent from a ticket."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import clock
from app.desk import ready_texts
from app.desk.ready_texts import Template
from app.errors import Impossible
from app.house import house
from app.models.people import Role
from app.web import toast
from app.web.access import allow, me
from app.web.say import _
from app.web.ticket import found

blueprint = Blueprint("ready", __name__)


@blueprint.get("/ajustes/textos")
@allow(Role.SUPERVISOR)
def page() -> str:
    """All of them, each with its form."""
    with house().db.reading() as session:
        rows = ready_texts.texts(session)
    templates = ready_texts.templates(house().books.current().settings)
    return render_template("ready/page.html", rows=rows, templates=templates, gaps=ready_texts.GAPS)


@blueprint.post("/ajustes/textos")
@allow(Role.SUPERVISOR)
def keep() -> Response:
    """Write a text, or forget it."""
    form = request.form
    text_id = int(form["id"]) if form.get("id", "").isdecimal() else None
    with house().db.transaction() as session:
        if form.get("quitar") and text_id:
            ready_texts.drop(session, text_id)
        else:
            name, body = form.get("nombre", ""), form.get("texto", "")
            ready_texts.keep(session, text_id=text_id, name=name, body=body, now=clock.now())
    toast.tell(_("Texto quitado.") if form.get("quitar") else _("Texto guardado."))
    return redirect(url_for("ready.page"), 303)


@blueprint.post("/ajustes/plantillas")
@allow(Role.SUPERVISOR)
def keep_template() -> Response:
    """Write a template under its name, or forget it."""
    form, kept = request.form, ready_texts.templates(house().books.current().settings)
    name = form.get("nombre", "").strip()[:80]
    left = [one for one in kept if one.name != name]
    if not form.get("quitar"):
        variables = tuple(form.get("datos", "").replace(",", " ").split())
        body = form.get("texto", "").replace("\r\n", "\n").strip()
        left.append(Template(name=name, sid=form.get("sid", "").strip(), body=body, variables=variables))
    with house().db.transaction() as session:
        ready_texts.keep_templates(session, left, now=clock.now())
    toast.tell(_("Plantilla quitada.") if form.get("quitar") else _("Plantilla guardada."))
    return redirect(url_for("ready.page"), 303)


@blueprint.post("/consultas/<number>/plantilla")
@allow(Role.TECHNICIAN)
def send(number: str) -> Response:
    """Write first, or again, to somebody whose window is closed."""
    now, books = clock.now(), house().books.current()
    sid = request.form.get("plantilla")
    template = next((one for one in ready_texts.templates(books.settings) if one.sid == sid), None)
    if template is None:
        raise Impossible(_("Elija una plantilla."))
    with house().db.transaction() as session:
        key = (request.form.get("clave") or "")[:64] or None
        ready_texts.send(session, found(session, number), template, by=me(session), now=now, books=books, key=key)
    house().wake("deliver:whatsapp")
    toast.tell(_("Plantilla en camino."))
    return redirect(url_for("ticket.page", number=number), 303)
