"""The acts on one ticket: whose it is, what it is about, where it stands, and who the person behind it is."""

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from app import clock
from app.desk import events, people
from app.desk.numbers import ticket_id
from app.errors import Impossible
from app.house import house
from app.models.people import Contact, ContactMerge, Role
from app.models.ticket import Ticket
from app.web import ticket_actions, toast
from app.web.access import allow, me
from app.web.queue import remember
from app.web.say import _
from app.web.ticket import found

blueprint = Blueprint("acts", __name__, url_prefix="/consultas/<number>")


@blueprint.post("/acto")
@allow(Role.TECHNICIAN)
def act(number: str) -> Response:
    """Do one thing, by its word; a form with several fields sends one word for each."""
    words = [ticket_actions.typed(word, request.form) for word in request.form.getlist("acto") if word]
    books = house().books.current()
    with house().db.transaction() as session:
        now = ticket_actions.doing(session, me(session), books)
        ticket = ticket_actions.locked(session, [found(session, number).id])[0]
        done = [(word, ticket_actions.run(now, [ticket], word)) for word in words if _changes(ticket, word)]
    if done:
        remember(done, now.warned, back=_here(number))
    else:
        toast.tell(_("No había nada que cambiar."))
    if any(word.startswith("reenvio") for word in words):
        house().wake("sort")
    return redirect(_here(number), 303)


@blueprint.post("/unir")
@allow(Role.TECHNICIAN)
def merge(number: str) -> Response:
    """The person of another consulta is this same person."""
    other_id = ticket_id(request.form.get("otra", ""))
    now = clock.now()
    with house().db.transaction() as session:
        by, ticket = me(session), found(session, number)
        other = session.get(Ticket, other_id) if other_id is not None else None
        if other is None:
            raise Impossible(_("Ese número de consulta no existe. Tiene la forma C-10427-3."))
        merged = people.merge(
            session,
            kept=session.get_one(Contact, ticket.contact_id),
            gone=session.get_one(Contact, other.contact_id),
            by=by,
            now=now,
        )
        session.flush()
        session.refresh(ticket)
        events.record(session, ticket, "contact_merged", now=now, by=by, contact=merged.gone_id)
        merge_id = merged.id
    undo = url_for("acts.part", number=number, merge_id=merge_id)
    toast.tell(_("Ahora son la misma persona."), undo=undo)
    return redirect(_here(number), 303)


@blueprint.post("/separar/<int:merge_id>")
@allow(Role.TECHNICIAN)
def part(number: str, merge_id: int) -> Response:
    """They were two people after all."""
    now = clock.now()
    with house().db.transaction() as session:
        by, ticket = me(session), found(session, number)
        merged = session.get(ContactMerge, merge_id)
        if merged is None or merged.kept_id != ticket.contact_id:
            raise Impossible(_("Esa unión no es de esta persona."))
        people.unmerge(session, merged, now=now)
        session.refresh(ticket)
        events.record(session, ticket, "contact_parted", now=now, by=by, contact=merged.gone_id)
    toast.tell(_("Vuelven a ser dos personas."))
    return redirect(_here(number), 303)


def _changes(ticket: Ticket, word: str) -> bool:
    """A form that sends everything it shows asks only for what differs."""
    name, _colon, value = word.partition(":")
    kept = {
        "categoria": ticket.category,
        "prioridad": ticket.priority,
        "municipio": str(ticket.town_hall_id or ""),
        "asunto": ticket.subject,
        "en-nombre": ticket.on_behalf_of,
    }
    return name not in kept or (kept[name] or "") != value


def _here(number: str) -> str:
    return url_for("ticket.page", number=number)
