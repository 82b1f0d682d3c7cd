"""What leaves the desk on paper or by word of mouth: the answer in large letters, and the code for WhatsApp."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from flask import Blueprint, redirect, render_template, request, url_for
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import clock
from app.desk import link_code
from app.desk.books import Books
from app.desk.numbers import number as number_of
from app.errors import Impossible
from app.house import house
from app.i18n import clock_time, long_day
from app.models.message import Direction, Message
from app.models.people import Role
from app.models.ticket import Answer, Ticket
from app.models.work import LinkCode
from app.web import public, reason_owed, toast
from app.web.access import allow, me
from app.web.article_html import fill, inline, rich
from app.web.say import _
from app.web.ticket import found
from channels import phones
from channels.message import Delivery
from kb.article import Article

blueprint = Blueprint("printing", __name__, url_prefix="/consultas/<number>")
UNSAID = (Delivery.PROPOSED, Delivery.DROPPED, Delivery.FAILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Square:
    """A QR code with the words that say the same to who cannot read it."""

    picture: str
    words: str
    address: str


@blueprint.get("/hoja")
@allow(Role.TECHNICIAN)
def page(number: str) -> str:
    """A sheet for somebody without a screen: what was answered, the steps in large letters, where to ask again."""
    home, now = house(), clock.now()
    books = home.books.current()
    with home.db.reading() as session:
        ticket = found(session, number)
        reason_owed.ask(session, ticket, now=now)
        said = _last_said(session, ticket)
        offered = session.scalars(select(Answer).where(Answer.ticket_id == ticket.id).order_by(Answer.id)).all()
        code = link_code.current(session, ticket, now=now)
    article = _article(books, offered)
    hall = ticket.town_hall.code if ticket.town_hall else None
    return render_template(
        "ticket/sheet.html",
        ticket=ticket,
        number=number_of(ticket.id),
        today=long_day(now.astimezone(books.hours.zone).date()),
        said=rich(said) if said else None,
        article=article,
        steps=_steps(article, books, hall),
        others=_others(books, offered),
        help=_square(f"{home.config.public_url}/{article.number}") if article else None,
        chat=_chat(books, code),
        door=public.door(books, now),
        province=books.province,
    )


@blueprint.post("/codigo")
@allow(Role.TECHNICIAN)
def code(number: str) -> Response:
    """A code to tell the person who called: with it she writes by WhatsApp, and is known as the one who called."""
    if not house().books.current().province.whatsapp:
        raise Impossible(_("Esta mesa no tiene WhatsApp."))
    with house().db.transaction() as session:
        made = link_code.make(session, found(session, number), by=me(session), now=clock.now())
        told = made.code
    toast.tell(_("Código %(code)s: dígaselo a la persona.", code=told))
    return redirect(url_for("ticket.page", number=number, _anchor="s-quien"), 303)


def _last_said(session: Session, ticket: Ticket) -> str:
    """What a person of ours wrote to the contact last."""
    ours = select(Message.text).where(
        Message.ticket_id == ticket.id,
        Message.direction == Direction.OUT,
        Message.audience == "contact",
        # What is noted of a call is written for us, about the person.
        Message.channel != "phone",
        Message.author_user_id.is_not(None),
        Message.delivery.not_in(UNSAID),
        Message.erased_at.is_(None),
    )
    return session.scalar(ours.order_by(Message.id.desc()).limit(1)) or ""


def _article(books: Books, offered: Sequence[Answer]) -> Article | None:
    """The one asked for, else the one that was offered last."""
    wanted = request.args.get("articulo") or (offered[-1].slug if offered else "")
    return books.shelf.get(wanted, books.province.languages[0])


def _others(books: Books, offered: Sequence[Answer]) -> list[Article]:
    """Articles of this ticket whose steps may be printed instead."""
    slugs = dict.fromkeys(answer.slug for answer in offered)
    return [found for slug in slugs if (found := books.shelf.get(slug, books.province.languages[0]))]


def _steps(article: Article | None, books: Books, hall: str | None) -> list[Markup]:
    return [inline(fill(step, books, hall)) for step in article.steps] if article else []


def _chat(books: Books, code: LinkCode | None) -> Square | None:
    """Where to write by WhatsApp, with the code already written if there is one."""
    typed = books.province.whatsapp
    if not typed:
        return None
    shown = phones.shown(typed, region=books.province.phone_region)
    address = f"https://wa.me/{''.join(sign for sign in typed if sign.isdigit())}"
    if code is None:
        return _square(address, _("Escríbanos por WhatsApp al %(number)s.", number=shown))
    # Paper stays: it names the day.
    ends = code.expires_at.astimezone(books.hours.zone)
    until = _("el %(day)s a las %(time)s", day=long_day(ends.date()), time=clock_time(ends, books.hours.zone))
    words = _(
        "Mande %(code)s por WhatsApp al %(number)s. Vale hasta %(until)s.", code=code.code, number=shown, until=until
    )
    return _square(f"{address}?text={quote(code.code)}", words)


def _square(address: str, words: str = "") -> Square:
    # It makes its tables when it is imported, which a start should not wait for.
    import segno

    picture = segno.make(address, micro=False).svg_data_uri(scale=4, border=2)
    return Square(picture=picture, words=words or address, address=address)
