"""Why somebody opens a colleague's ticket: asked once a day where it matters, and kept in the access log."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app import clock
from app.desk import access_log
from app.house import house
from app.models.people import Role
from app.web import reason_owed
from app.web.access import allow
from app.web.say import _
from app.web.ticket import found

blueprint = Blueprint("reasons", __name__, url_prefix="/consultas/<number>/motivo")
LONGEST, SHORTEST = 200, 4
Answer = str | Response | tuple[str, int]


@blueprint.get("")
@allow(Role.TECHNICIAN)
def page(number: str) -> Answer:
    """Ask, unless no reason is owed any more."""
    with house().db.reading() as session:
        owes = reason_owed.owes(session, found(session, number), now=clock.now())
    return _ask(number) if owes else redirect(url_for("ticket.page", number=number), 303)


@blueprint.post("")
@allow(Role.TECHNICIAN)
def save(number: str) -> Answer:
    """Keep the reason, one of the usual ones or her own words, and go on to the ticket."""
    told = (request.form.get("motivo") or request.form.get("otro", "")).strip()[:LONGEST]
    if len(told) < SHORTEST:
        return _ask(number, wrong=_("Escriba el motivo, aunque sea en dos palabras.")), 422
    with house().db.transaction() as session:
        ticket = found(session, number)
        access_log.note(session, user_id=current_user.user.id, ticket_id=ticket.id, now=clock.now(), reason=told)
    return redirect(url_for("ticket.page", number=number), 303)


def _ask(number: str, wrong: str | None = None) -> str:
    with house().db.reading() as session:
        ticket = found(session, number)
        owner = ticket.owner.name if ticket.owner else ""
        reserved = access_log.RESERVED in ticket.tags
    usual = (
        _("Ha vuelto a preguntar"),
        _("Sustituyo a quien la lleva"),
        _("Me lo ha pedido quien la lleva"),
        _("Busco un caso parecido"),
    )
    return render_template(
        "reasons/page.html", number=number, owner=owner, reserved=reserved, usual=usual, wrong=wrong, longest=LONGEST
    )
