"""What is written in a ticket: answers, notes, drafts, proposals of the machine, calls; and taking them back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask import Blueprint, abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from app import clock, screening
from app.desk import copied, replies, steps, stored, undoing
from app.desk.replies import Enclosure
from app.errors import DeskError, Impossible, Stale
from app.house import house
from app.i18n import clock_time
from app.models.message import Message
from app.models.people import Role
from app.models.ticket import Status
from app.web import toast
from app.web.access import allow, me
from app.web.say import _
from app.web.ticket import found, show
from channels.message import Attachment, Delivery

blueprint = Blueprint("reply", __name__, url_prefix="/consultas/<number>")
THEN = {"espera": Status.WAITING, "resuelta": Status.SOLVED, "abierta": Status.OPEN, "otros": Status.HELD}
LARGEST = 20 * 1024 * 1024
Answer = str | Response | tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What the composer sent."""

    text: str
    way: str
    last_seen: int
    client_key: str | None
    then: Status
    cc: str


@blueprint.post("/responder")
@allow(Role.TECHNICIAN)
def send(number: str) -> Answer:
    """Answer, or note. If it cannot go, the words stay in the composer and in the draft."""
    written = _written()
    try:
        files = _keep(request.files.getlist("archivos"))
        return _say(number, written, files)
    except DeskError as error:
        _save(number, written)
        stale = isinstance(error, Stale)
        page = show(number, text=written.text, way=written.way, cc=written.cc, trouble=str(error), stale=stale)
        return page, 409 if stale else 422


@blueprint.post("/borrador")
@allow(Role.TECHNICIAN)
def keep(number: str) -> Answer:
    """Keep what is being written."""
    _save(number, _written())
    return render_template("ticket/_saved.html", time=clock_time(clock.now(), house().config.zone))


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
    """Send what the machine proposed, as it is or mended."""
    now, books = clock.now(), house().books.current()
    with house().db.transaction() as session:
        message = _message(session, number, message_id)
        replies.approve(session, message, text=request.form.get("text", ""), by=me(session), now=now, books=books)
        channel = message.channel
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


def _say(number: str, written: Written, files: Sequence[Enclosure]) -> Response:
    now, books = clock.now(), house().books.current()
    if written.way == "nota":
        with house().db.transaction() as session:
            by, ticket = me(session), found(session, number)
            steps.lock(session, ticket)
            replies.note(session, ticket, text=written.text, by=by, now=now, client_key=written.client_key)
            replies.save_draft(session, ticket, text="", by=by, now=now)
        toast.tell(_("Nota guardada. No la ve nadie de fuera."))
        return redirect(_here(number), 303)
    undo, cc = undoing.wait(books.settings, written.way), copied.read(written.cc)
    with house().db.transaction() as session:
        message = replies.reply(
            session,
            found(session, number),
            text=written.text,
            by=me(session),
            now=now,
            books=books,
            channel=written.way,
            last_seen=written.last_seen,
            client_key=written.client_key,
            undo=undo,
            files=files,
            cc=cc,
            then=written.then,
        )
        message_id, queued = message.id, message.delivery is Delivery.QUEUED
    if not queued:
        toast.tell(_("Anotado: se le dirá por teléfono."))
        return redirect(_here(number), 303)
    house().wake(f"deliver:{written.way}")
    back = url_for("reply.change", number=number, message_id=message_id, what="deshacer")
    toast.tell(_("Respuesta en camino."), undo=back if undo else None)
    return redirect(_here(number), 303)


def _written() -> Written:
    form = request.form
    seen = form.get("visto", "")
    return Written(
        text=form.get("text", "").replace("\r\n", "\n"),
        way=form.get("way", "nota"),
        last_seen=int(seen) if seen.isdecimal() else 0,
        client_key=(form.get("clave") or "")[:64] or None,
        then=THEN.get(form.get("despues", ""), Status.WAITING),
        cc=form.get("copia", "").strip()[:1000] if form.get("way") == "email" else "",
    )


def _keep(uploads: Sequence[FileStorage]) -> list[Enclosure]:
    """Put the chosen files away before any row speaks of them."""
    chosen = [upload for upload in uploads if upload.filename]
    kept: list[stored.Kept] = []
    total = 0
    for upload in chosen:
        name = (upload.filename or "adjunto").replace("\\", "/").rpartition("/")[2][:255]
        attachment = Attachment(filename=name, content_type=upload.mimetype or "application/octet-stream")
        kept.append(screening.admit(house(), attachment, _pieces(upload)))
        total += kept[-1].size
        if total > LARGEST:
            raise Impossible(_("Los archivos pasan de 20 MB. Envíe menos, o más pequeños."))
    if kept:
        with house().db.transaction() as session:
            stored.keep_files(session, kept, now=clock.now())
    return [
        Enclosure(
            sha256=one.sha256 or "",
            filename=one.attachment.filename,
            content_type=one.attachment.content_type,
            size=one.size,
        )
        for one in kept
    ]


def _pieces(upload: FileStorage) -> Iterator[bytes]:
    while piece := upload.stream.read(65536):
        yield piece


def _save(number: str, written: Written) -> None:
    now, text, way = clock.now(), written.text[:50_000], written.way[:20]
    with house().db.transaction() as session:
        ticket, by = found(session, number), me(session)
        # Whoever sends it now holds the ticket too: the draft is kept before that, or not at all.
        steps.lock(session, ticket)
        key = written.client_key
        replies.save_draft(session, ticket, text=text, by=by, now=now, way=way, cc=written.cc, client_key=key)


def _message(session: Session, number: str, message_id: int) -> Message:
    """The message, if it is of this ticket."""
    message = session.get(Message, message_id)
    if message is None or message.ticket_id != found(session, number).id:
        abort(404)
    return message


def _here(number: str) -> str:
    return url_for("ticket.page", number=number, _anchor="ultimo")
