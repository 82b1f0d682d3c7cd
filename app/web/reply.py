"""What is written in a ticket: answers, notes, drafts, proposals of the machine, calls; and taking them back."""

from collections.abc import Sequence
from contextlib import suppress

from flask import Blueprint, abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import clock, privacy
from app.desk import carbon_copies, delivery_steps, replies, reply_drafts, undo_window
from app.desk.replies import Enclosure
from app.errors import DeskError, Impossible, Stale
from app.house import house
from app.i18n import clock_time
from app.models.message import Message
from app.models.people import Role
from app.web import toast
from app.web.access import allow, me
from app.web.reply_form import Written, put_away, save, written
from app.web.say import _
from app.web.ticket import found, show
from channels.message import Delivery

blueprint = Blueprint("reply", __name__, url_prefix="/consultas/<number>")
Answer = str | Response | tuple[str, int]


@blueprint.post("/responder")
@allow(Role.TECHNICIAN)
def send(number: str) -> Answer:
    """Answer, or note. If it cannot go, the words stay in the composer and in the draft."""
    said, files = written(), []
    try:
        files = put_away(request.files.getlist("archivos"))
        return _say(number, said, files)
    except DeskError as error:
        # Files that are too many are not kept either: that may be why it cannot go.
        with suppress(Impossible):
            save(number, said, files)
        stale = isinstance(error, Stale)
        page = show(number, text=said.text, way=said.way, cc=said.cc, trouble=str(error), stale=stale)
        return page, 409 if stale else 422


@blueprint.post("/borrador")
@allow(Role.TECHNICIAN)
def keep(number: str) -> Answer:
    """Keep what is being written."""
    save(number, written())
    return render_template("ticket/_saved.html", time=clock_time(clock.now(), house().config.zone))


@blueprint.post("/borrador/archivos")
@allow(Role.TECHNICIAN)
def enclose(number: str) -> Answer:
    """Keep files with what is being written; what has been chosen so far."""
    try:
        save(number, written(), put_away(request.files.getlist("archivos")))
    except Impossible as error:
        return _chosen(number, trouble=str(error)), 422
    return _chosen(number)


@blueprint.post("/borrador/archivos/<int:file_id>/quitar")
@allow(Role.TECHNICIAN)
def take_out(number: str, file_id: int) -> Answer:
    """One of them is not to go after all."""
    with house().db.transaction() as session:
        sha256 = reply_drafts.take_out(session, found(session, number), file_id, by=me(session))
    if sha256 is not None:
        privacy.drop(house(), sha256)
    save(number, written())
    return _chosen(number) if request.headers.get("X-Live") else redirect(_here(number), 303)


@blueprint.post("/mensajes/<int:message_id>/<any(deshacer, reintentar, descartar):what>")
@allow(Role.TECHNICIAN)
def change(number: str, message_id: int, what: str) -> Answer:
    """Take back what has not left, send again what failed, throw away what the machine proposed."""
    now = clock.now()
    with house().db.transaction() as session:
        by, message = me(session), _message(session, number, message_id)
        if what == "deshacer":
            replies.undo(session, message, by=by, now=now)
        elif what == "reintentar":
            replies.retry(session, message, by=by, now=now)
        else:
            replies.drop(session, message, by=by, now=now)
        channel = message.channel
    if what == "reintentar":
        house().wake(f"deliver:{channel}")
    told = {
        "deshacer": _("No se ha enviado: el texto vuelve al borrador."),
        "reintentar": _("Se envía otra vez."),
        "descartar": _("Propuesta descartada."),
    }
    toast.tell(told[what])
    return redirect(_here(number), 303)


@blueprint.post("/mensajes/<int:message_id>/enviar")
@allow(Role.TECHNICIAN)
def approve(number: str, message_id: int) -> Answer:
    """Send what the machine proposed, as it is or mended, unless somebody has spoken since it was looked at."""
    now, books, said, proposed = clock.now(), house().books.current(), written(), ""
    try:
        with house().db.transaction() as session:
            message, by = _message(session, number, message_id), me(session)
            proposed, channel, seen = message.text, message.channel, said.last_seen
            replies.approve(session, message, text=said.text, by=by, now=now, books=books, last_seen=seen)
    except Stale as error:
        # What she has mended goes on in the composer; what she has not stands in the conversation still.
        mended = said.text if said.text.strip() != proposed.strip() else None
        return show(number, text=mended, trouble=str(error), stale=True), 409
    house().wake(f"deliver:{channel}")
    toast.tell(_("Respuesta enviada."))
    return redirect(_here(number), 303)


@blueprint.post("/mensajes/<int:message_id>/llamada")
@allow(Role.TECHNICIAN)
def called(number: str, message_id: int) -> Answer:
    """Write down how a call went."""
    outcome = request.form.get("resultado", "")
    if outcome not in {"reached", "no_answer", "wrong_number"}:
        raise Impossible(_("Diga cómo fue la llamada."))
    now, books = clock.now(), house().books.current()
    with house().db.transaction() as session:
        message = _message(session, number, message_id)
        replies.call_done(session, message, outcome=outcome, by=me(session), now=now, books=books)
        again = outcome == "no_answer" and message.attempts > 1
    if again:
        house().wake("deliver:whatsapp")
        house().wake("deliver:email")
    toast.tell(_("Llamada anotada."))
    return redirect(_here(number), 303)


def _say(number: str, said: Written, files: Sequence[Enclosure]) -> Response:
    now, books = clock.now(), house().books.current()
    if said.way == "nota":
        with house().db.transaction() as session:
            by, ticket = me(session), found(session, number)
            delivery_steps.lock(session, ticket)
            enclosed = reply_drafts.together(reply_drafts.enclosed(session, ticket, by=by), files)
            key = said.client_key
            replies.note(session, ticket, text=said.text, by=by, now=now, client_key=key, files=enclosed)
            reply_drafts.done(session, ticket, by=by)
        toast.tell(_("Nota guardada. No la ve nadie de fuera."))
        return redirect(_here(number), 303)
    undo, cc = undo_window.wait(books.settings, said.way), carbon_copies.read(said.cc)
    with house().db.transaction() as session:
        by, ticket = me(session), found(session, number)
        message = replies.reply(
            session,
            ticket,
            text=said.text,
            by=by,
            now=now,
            books=books,
            channel=said.way,
            last_seen=said.last_seen,
            client_key=said.client_key,
            undo=undo,
            files=reply_drafts.together(reply_drafts.enclosed(session, ticket, by=by), files),
            cc=cc,
            then=said.then,
        )
        message_id, queued = message.id, message.delivery is Delivery.QUEUED
    if not queued:
        toast.tell(_("Anotado: se le dirá por teléfono."))
        return redirect(_here(number), 303)
    house().wake(f"deliver:{said.way}")
    back = url_for("reply.change", number=number, message_id=message_id, what="deshacer")
    toast.tell(_("Respuesta en camino."), undo=back if undo else None)
    return redirect(_here(number), 303)


def _chosen(number: str, trouble: str = "") -> str:
    """The files that are to go with what is being written."""
    with house().db.reading() as session:
        files = reply_drafts.files(session, found(session, number), by=me(session))
        return render_template("ticket/_pinned.html", number=number, pinned=files, unkept=trouble)


def _message(session: Session, number: str, message_id: int) -> Message:
    """The message, if it is of this ticket."""
    message = session.get(Message, message_id)
    if message is None or message.ticket_id != found(session, number).id:
        abort(404)
    return message


def _here(number: str) -> str:
    return url_for("ticket.page", number=number, _anchor="ultimo")
