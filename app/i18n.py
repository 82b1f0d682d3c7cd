"""Words, dates and quantities as people say them, in Spanish and in the desk's zone."""

from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from flask_babel import gettext, ngettext

NBSP = "\u00a0"
DAYS = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
MONTHS = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio",
    "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
)  # fmt: skip


@lru_cache(maxsize=4096)
def sentence(words: str) -> str:
    """The words in the language of the desk's pages. It is one for everybody, so they are looked up once."""
    return str(gettext(words))


def _(words: str, /, **holes: object) -> str:
    """The sentence with its named holes filled."""
    return sentence(words) % holes if holes else sentence(words)


def count_of(one: str, many: str, count: int, /, **holes: object) -> str:
    """«1 paso», «3 pasos»: the right one of two, with `num` filled."""
    return str(ngettext(one, many, count, **holes)) if holes else _counted(one, many, count)


@lru_cache(maxsize=4096)
def _counted(one: str, many: str, count: int) -> str:
    return str(ngettext(one, many, count))


def clock_time(moment: datetime, zone: ZoneInfo) -> str:
    """«8:20»."""
    local = moment.astimezone(zone)
    return f"{local.hour}:{local.minute:02}"


def day(when: date, today: date) -> str:
    """«hoy», «mañana», «ayer», «viernes» within the week, else «3 sep»."""
    near: dict[int, str] = {0: _("hoy"), 1: _("mañana"), -1: _("ayer")}
    days = (when - today).days
    if days in near:
        return near[days]
    if 1 < days < 7:
        return DAYS[when.weekday()]
    text = f"{when.day}{NBSP}{MONTHS[when.month - 1][:3]}"
    return text if when.year == today.year else f"{text}{NBSP}{when.year}"


def long_day(when: date) -> str:
    """«miércoles, 9 de diciembre»."""
    return f"{DAYS[when.weekday()]}, {when.day} de {MONTHS[when.month - 1]}"


def language_name(code: str) -> str:
    """«español», «inglés»; the code itself for one that nobody knows."""
    return str(Locale("es").languages.get(code, code))


def moment(when: datetime, now: datetime, zone: ZoneInfo) -> str:
    """«hoy 12:23»."""
    return f"{day(when.astimezone(zone).date(), now.astimezone(zone).date())} {clock_time(when, zone)}"


def span(length: timedelta) -> str:
    """«35 min», «2 h 12 min», «3 días», with spaces that do not break."""
    minutes = max(0, int(length.total_seconds() // 60))
    if minutes < 60:
        return f"{minutes}{NBSP}min"
    if minutes < 24 * 60:
        hours, rest = divmod(minutes, 60)
        return f"{hours}{NBSP}h" + (f"{NBSP}{rest:02}{NBSP}min" if rest else "")
    days = minutes // (24 * 60)
    return f"{days}{NBSP}{'día' if days == 1 else 'días'}"


def size(count: int) -> str:
    """«184 kB»."""
    if count < 1000:
        return f"{count}{NBSP}B"
    if count < 1_000_000:
        return f"{count // 1000}{NBSP}kB"
    return f"{count / 1_000_000:.1f}".replace(".", ",") + f"{NBSP}MB"
