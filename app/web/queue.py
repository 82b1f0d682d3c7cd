"""The queue: one view at a time, live by polling, with acts on several tickets at once and their undo."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask import session as cookie
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import clock
from app.desk import following, lists
from app.desk.books import Books
from app.desk.lists import Order, Place
from app.desk.numbers import number, ticket_id
from app.desk.queue_views import View
from app.house import house
from app.models.people import Role, User
from app.web import labels, layout, presence_words, queue_address, saved_views, ticket_actions, toast
from app.web.access import allow, me
from app.web.queue_address import Asked
from app.web.queue_rows import drawn, rows
from app.web.say import _

blueprint = Blueprint("queue", __name__, url_prefix="/consultas")
PAGE = 50
MOST_AT_ONCE = 100
Answer = str | Response


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """A filter that is on, and the address of the view without it."""

    name: str
    value: str
    without: str


@blueprint.get("")
@allow(Role.TECHNICIAN)
def page() -> Answer:
    """A page of a view."""
    now, books = clock.now(), house().books.current()
    if (typed := ticket_id(request.args.get("q", ""))) is not None and request.args["q"].strip():
        return redirect(url_for("ticket.page", number=number(typed)))
    with house().db.reading() as session:
        look = queue_address.read(session, request.args, user=current_user.user, now=now, zone=books.hours.zone)
        found = _page(session, look, books, now)
        news = _news(session, look, [ticket.id for ticket in found.tickets])
        shown = rows(list(found.tickets), found.last, user=current_user.user, books=books, now=now, news=news)
        people = lists.colleagues(session)
        chips = _chips(look, books, books.hall_names, people)
    here = saved_views.address(request.query_string.decode("utf-8", "replace"))
    return render_template(
        "queue/page.html",
        drawn=drawn,
        look=look,
        kept=next((one for one in books.views if one.query == here and current_user.user.id == one.user_id), None),
        rows=shown,
        view=None if look.words else look.view,
        title=_("Búsqueda") if look.words else layout.names()[look.view],
        chips=chips,
        people=people,
        halls=books.hall_names,
        categories=labels.categories(books),
        states=labels.states(),
        orders=_orders(),
        more=_address(look, desde=queue_address.written(found.after)) if found.after else None,
        etag=_etag([Place(row.id, row.version, None) for row in shown]),
        live=_live_address(),
    )


@blueprint.get("/vivo")
@allow(Role.TECHNICIAN)
def live() -> Answer:
    """What has changed since the page was drawn: 304 while nothing has, else only what differs."""
    now, books = clock.now(), house().books.current()
    known = _known(request.args.get("conocidas", ""))
    with house().db.reading() as session:
        look = queue_address.read(session, request.args, user=current_user.user, now=now, zone=books.hours.zone)
        there = _places(session, look, books, now, limit=2 * PAGE)
        on_screen = [place.id for place in there[:PAGE]]
        looking = presence_words.words(session, on_screen, user=current_user.user, now=now)
        etag = _etag(there[:PAGE]) + presence_words.mark(looking)
        if request.if_none_match.contains_weak(etag):
            return Response(status=304, headers={"ETag": f'"{etag}"'})
        versions = {place.id: place.version for place in there}
        changed = [one for one, version in known.items() if versions.get(one, version) != version]
        kept = [one for one in known if one in versions]
        found = lists.load(session, kept if request.args.get("tiempos") else changed)
        last, news = lists.last_messages(session, found), _news(session, look, [ticket.id for ticket in found])
        shown = rows(found, last, user=current_user.user, books=books, now=now, news=news)
    answer = make_response(
        render_template(
            "queue/_live.html",
            drawn=drawn,
            changed=[row for row in shown if row.id in changed],
            timed=[row for row in shown if row.id not in changed],
            looking=looking,
            fresh=sum(place.id not in known for place in there[:PAGE]),
            gone=[one for one in known if one not in versions],
            view=None if look.words else look.view,
        )
    )
    answer.headers["ETag"] = f'"{etag}"'
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


@blueprint.post("/acto")
@allow(Role.TECHNICIAN)
def act() -> Answer:
    """Do one thing to every chosen ticket."""
    word = ticket_actions.typed(request.form.get("acto", ""), request.form)
    chosen = sorted({int(one) for one in request.form.getlist("consulta") if one.isdecimal()})[:MOST_AT_ONCE]
    if not chosen:
        toast.tell(_("No había ninguna consulta elegida."))
        return redirect(_back(), 303)
    books = house().books.current()
    with house().db.transaction() as session:
        now = ticket_actions.doing(session, me(session), books)
        was = ticket_actions.run(now, ticket_actions.locked(session, chosen), word)
    remember([(word, was)], now.warned, back=_back())
    return redirect(_back(), 303)


@blueprint.post("/deshacer")
@allow(Role.TECHNICIAN)
def undo() -> Answer:
    """Put back what the last act changed."""
    kept = cookie.pop("way_back", None)
    if not kept:
        toast.tell(_("Ya no hay nada que deshacer."))
        return redirect(_back(), 303)
    books = house().books.current()
    with house().db.transaction() as session:
        now = ticket_actions.doing(session, me(session), books)
        ids = sorted({one for _act, was in kept for one, _value in was})
        tickets = {ticket.id: ticket for ticket in ticket_actions.locked(session, ids)}
        for act, was in reversed(kept):
            for one, value in was:
                ticket_actions.undo(now, tickets[one], act, value)
    toast.tell(_("Deshecho."))
    return redirect(_back(), 303)


def remember(done: Sequence[tuple[str, list[list[Any]]]], warned: Collection[str] = (), *, back: str) -> None:
    """Tell what was done at once and what to beware of, and keep what is needed to undo all of it, from `back`."""
    told = " ".join((*(ticket_actions.told(word, len(was)) for word, was in done), *sorted(warned)))
    if not all(ticket_actions.undoable(word) for word, _was in done):
        toast.tell(told)
        return
    cookie["way_back"] = [(ticket_actions.name(word), was) for word, was in done]
    toast.tell(told, undo=url_for("queue.undo"), volver=back)


def _page(session: Session, look: Asked, books: Books, now: datetime) -> lists.Page:
    return lists.tickets(
        session,
        look.view,
        user=current_user.user,
        books=books,
        now=now,
        filters=look.filters,
        order=look.order,
        after=look.after,
        limit=PAGE,
    )


def _places(session: Session, look: Asked, books: Books, now: datetime, *, limit: int) -> list[Place]:
    return lists.places(
        session,
        look.view,
        user=current_user.user,
        books=books,
        now=now,
        filters=look.filters,
        order=look.order,
        after=look.after,
        limit=limit,
    )


def _news(session: Session, look: Asked, ids: Sequence[int]) -> Mapping[int, int]:
    """What is new in those that one follows, in the list of them."""
    return following.news(session, current_user.user, ids) if look.view is View.FOLLOWED and ids else {}


def _etag(shown: Sequence[Place]) -> str:
    """What is on screen and under which address, in one word."""
    on_screen = ",".join(f"{place.id}.{place.version}" for place in shown)
    named = sorted((name, value) for name, value in request.args.items() if name not in {"conocidas", "tiempos"})
    return hashlib.sha256(f"{named}|{on_screen}".encode()).hexdigest()[:20]


def _known(told: str) -> dict[int, int]:
    pairs = (one.partition(".") for one in told.split(",")[: 2 * PAGE])
    return {int(one): int(version) for one, _dot, version in pairs if one.isdecimal() and version.isdecimal()}


def _live_address() -> str:
    given: dict[str, Any] = request.args.to_dict()
    return url_for("queue.live", **given)


def _address(look: Asked, **more: str) -> str:
    wanted: dict[str, Any] = {
        "vista": look.view.value,
        "orden": look.order.value,
        "q": look.words,
        **look.given,
        **more,
    }
    return url_for("queue.page", **{name: value for name, value in wanted.items() if value})


def _back() -> str:
    """The view that the person came from."""
    here = request.form.get("volver", "")
    return here if here.startswith(url_for("queue.page")) and "\\" not in here else url_for("queue.page")


def _orders() -> Mapping[Order, str]:
    return {
        Order.DUE: _("lo que antes vence"),
        Order.WAITED: _("lo que más espera"),
        Order.NEWEST: _("lo más reciente"),
    }


def _chips(look: Asked, books: Books, halls: Mapping[int, str], people: Sequence[User]) -> list[Chip]:
    filters = look.filters
    told = {
        "estado": (_("Estado"), labels.states()[filters.status].words if filters.status else ""),
        "canal": (_("Canal"), labels.channel(filters.channel).word if filters.channel else ""),
        "categoria": (_("Categoría"), labels.categories(books).get(filters.category or "", filters.category or "")),
        "municipio": (_("Municipio"), halls.get(filters.town_hall_id or 0, _("ninguno"))),
        "prioridad": (_("Prioridad"), filters.priority or ""),
        "de": (_("De"), next((p.name for p in people if p.id == filters.owner_id), _("nadie"))),
        "etiqueta": (_("Etiqueta"), filters.tag or ""),
    }
    return [
        Chip(name=told[name][0], value=told[name][1], without=_address(look, **{name: ""}))
        for name in look.given
        if name in told
    ]
