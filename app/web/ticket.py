"""The page of one ticket: the conversation, the composer, and what is known beside it; live by polling its version."""

from typing import Any
from uuid import uuid4

from flask import Blueprint, abort, make_response, render_template, request
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import clock
from app.desk import dossier, lists, ready_texts
from app.desk.numbers import ticket_id
from app.house import house
from app.i18n import moment
from app.models.people import Role
from app.models.ticket import Ticket
from app.web import labels, presence_words, reason_owed, ticket_sheet
from app.web import ticket_beside as besides
from app.web.access import DESK, allow
from app.web.snoozes import snoozes
from channels import phones

blueprint = Blueprint("ticket", __name__, url_prefix="/consultas")


@blueprint.get("/<number>")
@allow(Role.TECHNICIAN)
def page(number: str) -> str:
    """The whole page."""
    return show(number)


@blueprint.get("/<number>/vivo")
@allow(Role.TECHNICIAN)
def live(number: str) -> Response:
    """304 while nothing has changed; else the conversation as it stands now."""
    now, books = clock.now(), house().books.current()
    with house().db.reading() as session:
        ticket = found(session, number)
        reason_owed.ask(session, ticket, now=now)
        looking = presence_words.words(session, [ticket.id], user=current_user.user, now=now)
        etag = f"{ticket.id}.{ticket.version}{presence_words.mark(looking)}"
        if request.if_none_match.contains_weak(etag):
            return Response(status=304, headers={"ETag": f'"{etag}"'})
        rows = ticket_sheet.look(session, ticket, user=current_user.user, now=now)
    items = ticket_sheet.talk(rows, user=current_user.user, books=books, now=now)
    answer = make_response(
        render_template(
            "ticket/_live.html",
            ticket=ticket,
            number=number,
            items=items,
            last_seen=dossier.last_spoken(rows.messages),
            version=ticket.version,
            looking=looking.get(ticket.id, ""),
        )
    )
    answer.headers["ETag"] = f'"{etag}"'
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def show(number: str, **more: Any) -> str:
    """The page, perhaps with words that could not be sent (`text`, `way`) and why (`trouble`, `stale`)."""
    now, home = clock.now(), house()
    books, user = home.books.current(), current_user.user
    with home.db.reading() as session:
        ticket = found(session, number)
        reason_owed.ask(session, ticket, now=now)
        rows = ticket_sheet.look(session, ticket, user=user, now=now)
        beside = besides.look(session, ticket, rows, books, now=now)
    given = ready_texts.holes(ticket, user, books)
    canned = [(one.id, one.name, ready_texts.filled(one.body, given)) for one in rows.hanging.texts]
    one = ticket_sheet.sheet(rows, user=user, books=books, public_url=home.config.public_url, now=now)
    begun = rows.hanging.draft
    text = more.get("text") or begun.text
    if (slug := request.args.get("insertar")) and (hint := next((h for h in one.hints if h.slug == slug), None)):
        text = f"{text}\n{hint.insert}".strip() if text else hint.insert
    if words := next((said for row_id, _name, said in canned if str(row_id) == request.args.get("texto")), None):
        text = f"{text}\n{words}".strip() if text else words
    return render_template(
        "ticket/page.html",
        canned=canned,
        looking=presence_words.told(rows.hanging.eyes),
        templates=[(one.sid, one.name, ready_texts.said(one, given)) for one in ready_texts.templates(books.settings)],
        one=one,
        beside=beside,
        ticket=ticket,
        text=text,
        way=more.get("way") or (begun.way if begun.way in _open(one) else one.way),
        cc=more.get("cc", begun.cc),
        whatsapp=phones.shown(books.province.whatsapp, region=books.province.phone_region),
        code_until=moment(beside.code.expires_at, now, books.hours.zone) if beside.code else "",
        pinned=rows.hanging.draft.files,
        trouble=more.get("trouble"),
        stale=more.get("stale", False),
        people=[one for one in rows.hanging.people if one.active and one.role in DESK],
        halls=books.hall_names,
        merges=rows.hanging.contact_merges,
        categories=labels.categories(books),
        priorities=labels.PRIORITIES,
        snoozes=snoozes(books.hours, now),
        client_key=uuid4().hex,
    )


def _open(one: ticket_sheet.Sheet) -> set[str]:
    """By which ways something can be said now; a note always."""
    return {"nota"} | {way.name for way in one.ways if way.closed is None}


def found(session: Session, number: str) -> Ticket:
    """The ticket of a number as it stands in an address; 404 for a number that is not one of ours."""
    known = ticket_id(number)
    ticket = lists.one(session, known) if known is not None else None
    if ticket is None:
        abort(404)
    return ticket
