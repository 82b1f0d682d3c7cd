"""The frame of the public pages, with whether somebody is there now, and the legal pages with the entity's data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from urllib.parse import quote

from flask import Blueprint, render_template

from app import clock
from app.desk.books import Books
from app.desk.hours import Week
from app.house import house
from app.i18n import DAYS, clock_time
from app.web.access import public
from app.web.say import _
from channels import phones

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
        else _("Abre %(when)s.", when=hours.opening_in_words(now, padded=False))
    )
    return Door(
        open=closes is not None,
        words=words,
        hours=week_in_words(hours.week_on(now.astimezone(hours.zone).date())),
        whatsapp=phones.shown(province.whatsapp, region=province.phone_region) if province.whatsapp else "",
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
    province = house().books.current().province
    told = province.more.get("legal")
    known = {"address": province.more.get("address"), "privacy_email": province.email}
    return {**known, **(told if isinstance(told, Mapping) else {})}


def week_in_words(week: Week) -> str:
    """«De lunes a viernes, de 8:00 a 15:00, excepto festivos.»; days of the same hours that follow each other."""
    runs: list[tuple[int, int]] = []
    for place, day in enumerate(week):
        if day and runs and runs[-1][1] == place - 1 and week[runs[-1][0]] == day:
            runs[-1] = (runs[-1][0], place)
        elif day:
            runs.append((place, place))
    told = [f"{_days(first, last)}, {_times(week[first])}" for first, last in runs]
    words = "; ".join(told)
    return _("%(week)s, excepto festivos.", week=words[:1].upper() + words[1:]) if words else ""


def _days(first: int, last: int) -> str:
    if first == last:
        return _("los %(day)s", day=DAYS[first] if DAYS[first].endswith("s") else DAYS[first] + "s")
    return _("de %(first)s a %(last)s", first=DAYS[first], last=DAYS[last])


def _times(spans: Sequence[tuple[time, time]]) -> str:
    parts = [_("de %(start)s a %(end)s", start=_clock(start), end=_clock(end)) for start, end in spans]
    return _(" y ").join(parts)


def _clock(at: time) -> str:
    return f"{at.hour}:{at.minute:02}"


def _town_halls(books: Books) -> int:
    return sum(1 for place in books.triage.places if len(place.ine) == 5)


def _digits(number: str) -> str:
    return "".join(sign for sign in number if sign.isdigit() or sign == "+")
