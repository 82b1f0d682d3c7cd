"""Two tickets made one and parted, a message split off, a ticket that has to do with another."""

from flask import Blueprint, abort, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import clock
from app.desk import merging
from app.desk.numbers import number as number_of
from app.desk.numbers import ticket_id
from app.errors import Impossible
from app.house import house
from app.models.message import Message
from app.models.people import Role
from app.models.ticket import Ticket
from app.models.work import TicketMerge
from app.web import toast
from app.web.access import allow, me
from app.web.say import _
from app.web.ticket import found

blueprint = Blueprint("merging", __name__, url_prefix="/consultas/<number>")


@blueprint.post("/fusionar")
@allow(Role.TECHNICIAN)
def merge(number: str) -> Response:
    """Another consulta is the same question: what was said in it comes here."""
    now, books = clock.now(), house().books.current()
    with house().db.transaction() as session:
        kept = found(session, number)
        merged = merging.merge(session, kept=kept, gone=_other(session), by=me(session), now=now, books=books)
        merge_id, gone = merged.id, number_of(merged.gone_id)
    house().wake("sort")
    undo = url_for("merging.part", number=number, merge_id=merge_id)
    toast.tell(_("La consulta %(number)s queda unida a esta.", number=gone), undo=undo)
    return redirect(url_for("ticket.page", number=number), 303)


@blueprint.post("/fusiones/<int:merge_id>/deshacer")
@allow(Role.TECHNICIAN)
def part(number: str, merge_id: int) -> Response:
    """They were two questions after all."""
    now, books = clock.now(), house().books.current()
    with house().db.transaction() as session:
        ticket, merged = found(session, number), session.get(TicketMerge, merge_id)
        if merged is None or merged.kept_id != ticket.id:
            raise Impossible(_("Esa unión no es de esta consulta."))
        merging.part(session, merged, by=me(session), now=now, books=books)
        gone = number_of(merged.gone_id)
    house().wake("sort")
    toast.tell(_("Vuelven a ser dos consultas. La otra es la %(number)s.", number=gone))
    return redirect(url_for("ticket.page", number=number), 303)


@blueprint.post("/mensajes/<int:message_id>/separar")
@allow(Role.TECHNICIAN)
def split(number: str, message_id: int) -> Response:
    """A message asks something else: it becomes a consulta of its own."""
    now, books = clock.now(), house().books.current()
    with house().db.transaction() as session:
        ticket, message = found(session, number), session.get(Message, message_id)
        if message is None or message.ticket_id != ticket.id:
            abort(404)
        new = number_of(merging.split(session, message, by=me(session), now=now, books=books).id)
    house().wake("sort")
    undo = url_for("merging.merge", number=number)
    toast.tell(_("Separada como consulta %(number)s.", number=new), undo=undo, otra=new)
    return redirect(url_for("ticket.page", number=new), 303)


@blueprint.post("/relacionar")
@allow(Role.TECHNICIAN)
def relate(number: str) -> Response:
    """It has to do with another consulta; an empty number takes that back."""
    now = clock.now()
    with house().db.transaction() as session:
        ticket, other = found(session, number), _other(session) if request.form.get("otra", "").strip() else None
        was = number_of(ticket.related_to_id) if ticket.related_to_id else ""
        merging.relate(session, ticket, to=other, by=me(session), now=now)
    undo = url_for("merging.relate", number=number)
    toast.tell(_("Relacionadas.") if other else _("Ya no está relacionada con otra."), undo=undo, otra=was)
    return redirect(url_for("ticket.page", number=number), 303)


def _other(session: Session) -> Ticket:
    other_id = ticket_id(request.form.get("otra", ""))
    other = session.get(Ticket, other_id) if other_id is not None else None
    if other is None:
        raise Impossible(_("Ese número de consulta no existe. Tiene la forma C-10427-3."))
    return other
