"""The frame of the public pages, with whether somebody is there now, and the legal pages with the entity's data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from flask import Blueprint, render_template

from app import clock
from app.desk.books import Books
from app.house import house
from app.i18n import clock_time
from app.web.access import public
from app.web.say import _

blueprint = Blueprint("public", __name__)

HTMX = "vendor/htmx.org@2.0.11/htmx.min.js"


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Whether somebody answers now, until or from when, and the ways in."""

    open: bool
    words: str
    hours: str
    whatsapp: str
    whatsapp_link: str
    phone: str
    phone_link: str
    email: str


def door(books: Books, now: datetime) -> Door:
    """The desk's door at this moment, as a citizen reads it."""
    province, hours = books.province, books.hours
    closes = hours.closes_at(now)
    words = (
        _("Hasta las %(time)s de hoy.", time=clock_time(closes, hours.zone))
        if closes
        else _("Abre %(when)s.", when=hours.opening_in_words(now))
    )
    return Door(
        open=closes is not None,
        words=words,
        hours=str(province.more.get("hours_in_words") or ""),
        whatsapp=province.whatsapp,
        whatsapp_link="https://wa.me/" + quote(_digits(province.whatsapp)),
        phone=province.phone,
        phone_link="tel:" + quote(_digits(province.phone), safe="+"),
        email=province.email,
    )


def render(template: str, **values: object) -> str:
    """A public page in its frame."""
    books = house().books.current()
    return render_template(
        template,
        province=books.province,
        door=door(books, clock.now()),
        demo=house().config.demo,
        raw_days=house().config.raw_days,
        htmx=HTMX,
        town_halls=_town_halls(books),
        **values,
    )


@blueprint.get("/privacidad")
@public
def privacy() -> str:
    """What happens with personal data, whole."""
    return render("public/privacy.html", legal=legal())


@blueprint.get("/datos")
@public
def data() -> str:
    """What happens with personal data, in short: the page that messages point at."""
    return render("public/data.html", legal=legal())


@blueprint.get("/aviso-legal")
@public
def notice() -> str:
    """Who runs the site and on which terms."""
    return render("public/notice.html", legal=legal())


@blueprint.get("/accesibilidad")
@public
def accessibility() -> str:
    """How accessible the site is, and how to complain when it is not."""
    return render("public/accessibility.html", legal=legal())


def legal() -> Mapping[str, Any]:
    """The entity's legal data as province.toml gives them; pages say which are missing."""
    told = house().books.current().province.more.get("legal")
    return told if isinstance(told, Mapping) else {}


def _town_halls(books: Books) -> int:
    return sum(1 for place in books.triage.places if len(place.ine) == 5)


def _digits(number: str) -> str:
    return "".join(sign for sign in number if sign.isdigit() or sign == "+")
