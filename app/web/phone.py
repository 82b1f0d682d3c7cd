"""A call written down while it lasts: who, from where, what about, how it ends; articles are found meanwhile."""

from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from app import clock
from app.desk import calls, manual_entry
from app.desk.books import Books
from app.desk.numbers import number
from app.errors import Impossible
from app.house import house
from app.i18n import clock_time, day
from app.models.people import Contact, Role
from app.models.ticket import Ticket
from app.web.access import allow, me
from app.web.call_form import HANDSET, LONGEST, Form, Hint, ends, hints, shown_slots, slip, starts, subjects, ways
from app.web.public import HTMX
from app.web.say import _
from app.web.toast import tell
from channels import phones

blueprint = Blueprint("phone", __name__, url_prefix="/llamadas")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Somebody who may be calling, as the list shows them."""

    contact_id: int
    name: str | None
    number: str
    shown: str
    hall: str
    tickets: int
    last_at: datetime | None


@blueprint.get("/nueva")
@allow(Role.TECHNICIAN)
def page() -> str:
    """An empty form, the call beginning now."""
    return _page(Form.fresh(clock.now()))


@blueprint.post("")
@allow(Role.TECHNICIAN)
def save() -> AnyResponse | tuple[str, int] | str:
    """File the call and what was agreed; or show the articles for what has been written so far."""
    form, books, now = Form.read(request.form), house().books.current(), clock.now()
    if form.act == "buscar":
        return _page(form)
    if troubles := form.troubles():
        return _page(form, troubles=troubles), 422
    with house().db.reading() as session:
        hall = calls.hall_named(session, form.hall)
        addresses = calls.known_addresses(session, form.contact_id)
    if form.hall and hall is None:
        return _page(form, troubles={"municipio": _("No hay ningún municipio con ese nombre.")}), 422
    made = slip(form, books, addresses, files=house().files, answered_by=None)
    try:
        with house().db.transaction() as session:
            taken = manual_entry.take(session, made, keys=house().config.secret_keys, now=now)
            if taken.fresh:
                _settle(session, taken.ticket, form, books, now, hall_id=hall.id if hall else None)
            ticket_number = number(taken.ticket.id)
    except Impossible as trouble:
        return _page(form, troubles={"form": str(trouble)}), 422
    house().wake("sort")
    if form.end == "enlace":
        house().wake("deliver:whatsapp")
        house().wake("deliver:email")
    tell(_("Guardada la llamada como consulta %(number)s.", number=ticket_number))
    if form.act == "otra":
        return redirect(url_for("phone.page"), 303)
    return redirect(url_for("ticket.page", number=ticket_number), 303)


@blueprint.post("/personas")
@allow(Role.TECHNICIAN)
def people() -> str:
    """Who may be calling, by the number or the name typed so far."""
    form, region = Form.read(request.form), house().books.current().province.phone_region
    typed = form.name if request.headers.get("HX-Trigger") == "nombre" else form.number or form.name
    with house().db.reading() as session:
        rows = calls.people(session, typed, starts=starts(typed, region))
        found = [_found(session, one, region) for one in rows]
    return render_template("phone/_people.html", found=found, typed=typed, now=clock.now())


@blueprint.post("/ayuda")
@allow(Role.TECHNICIAN)
def help_now() -> str:
    """What may help while they talk."""
    return render_template("phone/_help.html", **_help(Form.read(request.form)))


def _settle(session: Session, ticket: Ticket, form: Form, books: Books, now: datetime, *, hall_id: int | None) -> None:
    """What was known and agreed, each by its verb of the desk."""
    by = me(session)
    article = books.shelf.get(form.article or "", books.province.languages[0])
    category = form.subject or (article.category if article else None)
    calls.sort_out(
        session, ticket, said=form.words, category=category, town_hall_id=hall_id, by=by, now=now, books=books
    )
    link = f"{house().config.public_url}/{article.number}" if article else None
    if form.end == "resuelta":
        how = _("Contestada en el móvil.") if form.way == HANDSET else _("Resuelta por teléfono.")
        said = how + (f" «{article.title}»: {link}" if article else "")
        calls.answered(session, ticket, text=said, by=by, now=now, books=books)
    elif form.end == "llamar":
        said = _("Devolver la llamada.") + (f" Puede servirle «{article.title}»: {link}" if article else "")
        calls.call_back(session, ticket, text=said, at=form.slot, by=by, now=now, books=books)
    elif form.end == "enlace":
        if article is None:
            raise Impossible(_("Elija antes el artículo que le va a enviar."))
        calls.send_link(
            session, ticket, text=_link_words(article.title, link or "", ticket), by=by, now=now, books=books
        )


def _link_words(title: str, link: str, ticket: Ticket) -> str:
    return _(
        "Como hemos hablado por teléfono (consulta %(number)s): «%(title)s», con los pasos y las imágenes, en %(link)s",
        number=number(ticket.id),
        title=title,
        link=link,
    )


def _page(form: Form, *, troubles: dict[str, str] | None = None) -> str:
    home, now = house(), clock.now()
    books = home.books.current()
    with home.db.reading() as session:
        halls = calls.hall_names(session)
        slots = shown_slots(calls.slots(session, books.hours, now), now, books.hours.zone)
    return render_template(
        "phone/page.html",
        troubles=troubles or {},
        halls=halls,
        slots=slots,
        subjects=subjects(),
        ends=ends(),
        ways=ways(),
        longest=LONGEST,
        htmx=HTMX,
        **_help(form),
    )


def _help(form: Form) -> dict[str, object]:
    books, now = house().books.current(), clock.now()
    with house().db.reading() as session:
        contact = session.get(Contact, form.contact_id) if form.contact_id else None
        past = calls.past(session, contact.id) if contact else []
        hall = calls.hall_named(session, form.hall)
    found: list[Hint] = hints(books, form.words, form.article, hall.code if hall else None)
    return {
        "form": form,
        "hints": found,
        "contact": contact,
        "past": [(ticket, number(ticket.id)) for ticket in past],
        "hall": hall,
        "now": now,
        "zone": books.hours.zone,
        "clock_time": clock_time,
        "day": day,
    }


def _found(session: Session, one: calls.Person, region: str) -> Found:
    hall = calls.hall_of(session, one.contact)
    return Found(
        contact_id=one.contact.id,
        name=one.contact.name,
        number=one.address or "",
        shown=phones.shown(one.address, region=region) if one.address else "",
        hall=hall.name if hall else "",
        tickets=one.tickets,
        last_at=one.last_at.replace(tzinfo=UTC) if one.last_at and one.last_at.tzinfo is None else one.last_at,
    )
