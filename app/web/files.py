"""Attachments and HTML mails: shown only to those who may open the ticket, and never as a page of our own."""

from urllib.parse import quote

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, send_file, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Redirect

from app import clock
from app.desk import dossier, file_screening, transcripts
from app.desk.numbers import number
from app.house import house
from app.models.message import File, Message, MessageFile
from app.models.people import Role, UserTownHall
from app.models.ticket import Ticket
from app.web import mailview, reason_owed, toast
from app.web.access import DESK, allow, me
from app.web.enclosures import PAPER, PICTURES, SOUNDS
from app.web.headers import framed_mail
from app.web.say import _

blueprint = Blueprint("files", __name__)
LOCKED = "default-src 'none'; sandbox"
# The browser's own reader draws a PDF, of no origin and without its scripts, inside a frame of ours only.
FRAMED = "sandbox; default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"


@blueprint.get("/archivos/<int:file_id>/<path:name>")
@allow(Role.TECHNICIAN)
def download(file_id: int, name: str) -> Response:  # noqa: ARG001 - the name is for the reader of the address
    """The bytes of a file of a message. Pictures, sounds and PDF may be shown in place; all else is saved."""
    with house().db.reading() as session:
        row = dossier.enclosed(session, file_id)
        if row is None or row.sha256 is None or not _may_see(session, row):
            abort(404)
        kept = session.get(File, row.sha256)
        if kept is None or not file_screening.shown(kept):
            abort(404)
        sha256, filename, kind = row.sha256, row.filename, row.content_type.partition(";")[0].strip().lower()
    paper = kind == PAPER and "ver" in request.args
    inline = paper or (kind in PICTURES | SOUNDS and "guardar" not in request.args)
    try:
        stream = house().files.open(sha256)
    except FileNotFoundError:
        abort(404)
    answer = send_file(
        stream, mimetype=kind if inline else "application/octet-stream", etag=sha256, conditional=True, max_age=0
    )
    how = "inline" if inline else "attachment"
    answer.headers["Content-Disposition"] = f"{how}; filename*=UTF-8''{quote(filename, safe='')}"
    answer.headers["Content-Security-Policy"] = FRAMED if paper else LOCKED
    if paper:
        answer.headers["X-Frame-Options"] = "SAMEORIGIN"
    answer.headers["Cache-Control"] = "private, max-age=600"
    return answer


@blueprint.post("/archivos/<int:file_id>/transcripcion")
@allow(Role.TECHNICIAN)
def transcribe(file_id: int) -> Redirect:
    """Keep what is said in a voice note, typed by whoever has listened to it."""
    with house().db.transaction() as session:
        ticket = transcripts.keep(
            session, file_id, text=request.form.get("transcripcion", ""), by=me(session), now=clock.now()
        )
        back = url_for("ticket.page", number=number(ticket.id))
    toast.tell(_("Transcripción guardada. La búsqueda la encuentra."))
    return redirect(back, 303)


@blueprint.post("/archivos/<int:file_id>/soltar")
@allow(Role.TECHNICIAN)
def release(file_id: int) -> Redirect:
    """Show a file that is too large for the scanner: whoever does it answers for it, and the history says so."""
    with house().db.transaction() as session:
        row = session.get(MessageFile, file_id) or abort(404)
        ticket = session.get_one(Ticket, session.get_one(Message, row.message_id).ticket_id)
        reason_owed.ask(session, ticket, now=clock.now())
        file_screening.release(session, ticket, row.sha256 or "", by=me(session), now=clock.now())
        back = url_for("ticket.page", number=number(ticket.id))
    toast.tell(_("Archivo liberado: ya se puede abrir."))
    return redirect(back, 303)


@blueprint.get("/mensajes/<int:message_id>/correo")
@allow(Role.TECHNICIAN)
def mail(message_id: int) -> Response:
    """A mail as its sender laid it out, without scripts; with pictures from elsewhere only on a click."""
    with house().db.reading() as session:
        message = session.get(Message, message_id)
        if message is None or message.html is None or message.erased_at is not None:
            abort(404)
        reason_owed.ask(session, session.get_one(Ticket, message.ticket_id), now=clock.now())
        html = message.html
        shown = [one for one in message.attachments if file_screening.shown(one.file)]
        inside = [(one.content_id, one.sha256, one.content_type, one.size) for one in shown]
    pictures = mailview.pictures(inside, house().files)
    far = "imagenes" in request.args
    safe = mailview.clean(html, pictures, elsewhere=far)
    more = not far and safe != mailview.clean(html, pictures, elsewhere=True)
    page = render_template("ticket/mail.html", html=safe, more=more, message_id=message_id)
    return framed_mail(make_response(page), host=request.host_url, far=far)


def _may_see(session: Session, row: MessageFile) -> bool:
    """People of the desk see every file; a clerk would need the ticket to be hers."""
    message = session.get_one(Message, row.message_id)
    ticket = session.get_one(Ticket, message.ticket_id)
    if current_user.user.role in DESK:
        reason_owed.ask(session, ticket, now=clock.now())
        return True
    mine = session.get(UserTownHall, (current_user.user.id, ticket.forwarder_town_hall_id or 0))
    return mine is not None
