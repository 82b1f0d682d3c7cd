"""«Lo que nos falta»: what people asked and no article answers, each the beginning of one."""

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app import clock
from app.desk import article_drafting, knowledge_gaps
from app.desk.knowledge_gaps import Unanswered
from app.desk.masking import masked
from app.desk.numbers import number
from app.house import house
from app.i18n import moment
from app.models.people import Role
from app.web import labels
from app.web.access import allow, me
from app.web.say import _
from app.web.ticket import found
from app.web.toast import tell

blueprint = Blueprint("gaps", __name__)


@blueprint.get("/conocimiento/faltan")
@allow(Role.SUPERVISOR)
def page() -> str:
    """Searches in vain, tickets without an article, and articles that did not help."""
    books, now, zone = house().books.current(), clock.now(), house().config.zone
    with house().db.reading() as session:
        asked, lacking, failed = (
            knowledge_gaps.asked(session),
            knowledge_gaps.in_tickets(session),
            knowledge_gaps.failed(session),
        )
    categories = labels.categories(books)

    def told(one: Unanswered) -> tuple[str, str, str, str, str]:
        ticket = one.ticket
        offered = books.shelf.get(one.slug, books.province.languages[0]) if one.slug else None
        names = [ticket.contact.name or "", ticket.town_hall.name if ticket.town_hall else ""]
        return (
            number(ticket.id),
            masked(ticket.subject, names) or _("Sin asunto"),
            categories.get(ticket.category or "", ""),
            moment(ticket.created_at, now, zone),
            offered.title if offered else "",
        )

    return render_template(
        "knowledge/gaps.html",
        asked=[(one, moment(one.last_at, now, zone)) for one in asked],
        lacking=[told(one) for one in lacking],
        failed=[told(one) for one in failed],
    )


@blueprint.post("/conocimiento/faltan/<int:gap_id>/articulo")
@allow(Role.SUPERVISOR)
def begin(gap_id: int) -> Response:
    """Begin a draft with the question."""
    now, books = clock.now(), house().books.current()
    with house().db.transaction() as session:
        gap = knowledge_gaps.done(session, gap_id, now=now)
        row = article_drafting.from_question(session, gap.asked, books, by=me(session), now=now)
        slug, language = row.slug, row.language
    return redirect(url_for("editor.page", slug=slug, language=language), 303)


@blueprint.post("/conocimiento/faltan/<int:gap_id>/quitar")
@allow(Role.SUPERVISOR)
def drop(gap_id: int) -> Response:
    """It needs no article."""
    with house().db.transaction() as session:
        knowledge_gaps.done(session, gap_id, now=clock.now())
    tell(_("Quitada de la lista."))
    return redirect(url_for("gaps.page"), 303)


@blueprint.post("/consultas/<number>/articulo")
@allow(Role.SUPERVISOR)
def from_ticket(number: str) -> Response:
    """Begin a draft from a ticket, without anybody's data."""
    now, books = clock.now(), house().books.current()
    with house().db.transaction() as session:
        row = article_drafting.from_ticket(session, found(session, number), books, by=me(session), now=now)
        slug, language = row.slug, row.language
    tell(_("Borrador empezado. Se han quitado nombres y números: repáselo antes de publicarlo."))
    return redirect(url_for("editor.page", slug=slug, language=language), 303)
