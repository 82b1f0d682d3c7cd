"""Looks at the queue that are kept under a name and stand in the rail."""

from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from app import clock
from app.desk import saved_views
from app.desk.books import touch
from app.house import house
from app.models.people import Role
from app.web import toast
from app.web.access import allow, me
from app.web.say import _

blueprint = Blueprint("views", __name__, url_prefix="/consultas/vistas")
NAMES = ("vista", "orden", "q", "estado", "canal", "categoria", "municipio", "prioridad", "de", "etiqueta")


@blueprint.post("")
@allow(Role.TECHNICIAN)
def keep() -> Response:
    """Keep the look at the queue that the form comes from."""
    query = address(request.form.get("consulta", ""))
    with house().db.transaction() as session:
        name, shared = request.form.get("nombre", ""), bool(request.form.get("compartida"))
        saved_views.keep(session, name=name, query=query, shared=shared, by=me(session), now=clock.now())
        touch(session)
    toast.tell(_("Vista guardada: está en el lateral."))
    return redirect(f"{url_for('queue.page')}?{query}", 303)


@blueprint.post("/<int:view_id>/quitar")
@allow(Role.TECHNICIAN)
def drop(view_id: int) -> Response:
    """Forget it."""
    with house().db.transaction() as session:
        saved_views.drop(session, view_id, by=me(session))
        touch(session)
    toast.tell(_("Vista quitada."))
    return redirect(url_for("queue.page"), 303)


def address(query: str) -> str:
    """What of an address makes the look: view, order, words and filters, not the place in the list."""
    return urlencode([(name, value) for name, value in parse_qsl(query) if name in NAMES])
