"""Whether an answer by e-mail helped: looking shows the question, only the button answers it."""

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from app import clock
from app.desk import message_links
from app.desk.numbers import number
from app.house import house
from app.models.ticket import Status, Ticket
from app.web import public as frame
from app.web.access import public
from app.web.limits import limiter

blueprint = Blueprint("feedback", __name__)


@blueprint.get("/respuesta/<token>")
@public
@limiter.limit("30 per minute")
def page(token: str) -> tuple[str, int] | str:
    """Mail scanners follow links, so this changes nothing."""
    with house().db.reading() as session:
        link = message_links.find(session, token, purpose=message_links.FEEDBACK, now=clock.now())
        ticket = session.get(Ticket, link.ticket_id) if link else None
    if ticket is None:
        return frame.render("public/gone.html"), 410
    return frame.render(
        "feedback/page.html",
        token=token,
        number=number(ticket.id),
        closed=ticket.status is Status.CLOSED and ticket.merged_into_id is None,
        said=request.args.get("dicho"),
    )


@blueprint.post("/respuesta/<token>")
@public
@limiter.limit("10 per minute")
def answer(token: str) -> Response | tuple[str, int]:
    """«Resuelto» or «necesito ayuda»."""
    now, helped = clock.now(), request.form.get("resultado") == "resuelto"
    with house().db.transaction() as session:
        link = message_links.find(session, token, purpose=message_links.FEEDBACK, now=now)
        if link is not None:
            message_links.settle(session, link, helped=helped, now=now, books=house().books.current())
    if link is None:
        return frame.render("public/gone.html"), 410
    return redirect(url_for("feedback.page", token=token, dicho="resuelto" if helped else "ayuda"), 303)
