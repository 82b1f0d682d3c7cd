"""Days named in Spanish text: «mañana», «el viernes», «hasta el 15», «30/11», «hace 8 días»; today is given."""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from triage.cues import Cue, Said
from triage.day_names import DAYS, MONTHS, NUMBERS, WEEKDAYS

WORDED = "|".join(sorted(DAYS, key=len, reverse=True))
NUMBER = r"(?P<n>\d{1,2}|" + "|".join(NUMBERS) + r")"
WEEKDAY = r"(?P<weekday>" + "|".join(WEEKDAYS) + r"|miercole|vienes|biernes|sabao)"
MONTH = r"(?P<month>" + "|".join(MONTHS) + r")"
PATTERNS = tuple(
    (kind, Cue(pattern))
    for kind, pattern in (
        (
            "numeric",
            r"(?<![\d/\-.,:])(?P<d>\d{1,2}) ?[/\-.] ?(?P<m>\d{1,2})(?: ?[/\-.] ?(?P<y>\d{4}|\d{2}))?(?![\d/\-%€]"
            r"|[.,]\d| ?euros)",
        ),
        ("iso", r"(?<!\d)(?P<y>20\d\d)-(?P<m>\d\d)-(?P<d>\d\d)(?!\d)"),
        (
            "month",
            r"\b(?P<d>\d{1,2}|"
            + WORDED
            + r")º? ?(?:de |del |d |th |st |nd |rd |of )?"
            + MONTH
            + r"\b\.?(?:,? (?:de |del )?(?P<y>20\d\d))?",
        ),
        ("english", r"\b" + MONTH + r" (?P<d>\d{1,2})(?:st|nd|rd|th)?\b(?! de)"),
        ("end", r"\b(?:fin|final|finales|ultimos|ultimo dia) de(?: este)? (?:mes|" + MONTH + r")\b"),
        ("weekday_day", r"\b" + WEEKDAY + r",? (?:dia )?(?P<d>\d{1,2})\b(?! ?(?:h\b|horas|:|º|euros|/))"),
        ("after_tomorrow", r"\b(?:pasado[ -]?ma(?:ñ|n|ni)ana|dentro de dos dias)\b"),
        ("before_yesterday", r"\b(?:antes de ayer|anteayer|antier|antesdeayer)\b"),
        (
            "tomorrow",
            r"(?<!por la )(?<!de la )(?<!esta )(?<!la )(?<!cada )(?<!hasta )\b(?:mañana|manana|maniana|mañna"
            r"|tomorrow|demain|maine|amanha|morgen|утре|завтра|غدا)\b",
        ),
        ("tomorrow", r"(?<=hasta )mañana\b(?! ?(?:!|$|\n|saludos|gracias))"),
        (
            "today",
            r"\b(?:hoy|hoi|oi|oy|(?:a|esta) medianoche|esta (?:misma )?(?:noche|tarde|mañana)|hoy mismo"
            r"|ahora mismo|today|aujourd'?hui"
            r"|astazi|azi|hoje|heute|днес|сьогодні|сегодня|tonight)\b",
        ),
        ("yesterday", r"\b(?:ayer|aller tarde|anoche|yesterday|hier|ieri|ontem|вчера)\b"),
        (
            "ago",
            r"\b(?:hace|ace|hara|llevo|lleva|llevamos|llevan|desde hace)(?: ya| como| unos| casi| mas de)? "
            + NUMBER
            + r" (?P<unit>dias?|semanas?|mes(?:es)?|años?)\b",
        ),
        (
            "within",
            r"\b(?:en|dentro de|quedan?|qedan?|faltan?|solo tengo|tengo|restan|me dan|nos dan|within|in|sous) "
            r"(?:solo |ya |menos de |unos |me |nos )?" + NUMBER + r" (?P<unit>dias?|semanas?|horas?|days?|jours?)\b",
        ),
        ("next_week", r"\b(?:la semana que viene|la proxima semana|la semana q viene|next week)\b"),
        ("this_week", r"\b(?:esta semana|this week)\b"),
        (
            "day",
            r"\b(?:dia|el|al|hasta|del|antes d?el|l'|the|until) ?(?:dia )?(?P<d>\d{1,2})(?!\d)(?! ?(?:%|€|euros"
            r"|años|dias|horas?\b|h\b|mb|gb|kb|º|ª|megas|habiles|meses|veces|de cada|minutos|personas|puntos|euro"
            r"|[:/]\d|[.,]\d|-\d|st|nd|rd|por ciento|viviend|vecin))",
        ),
        ("day", r"\bdia (?P<d>" + WORDED + r")\b"),
        (
            "weekday",
            r"\b" + WEEKDAY + r"\b(?! a (?:lunes|martes|miercoles|jueves|viernes|sabado|domingo))"
            r"(?!,? (?:dia )?\d{1,2} ?(?:[/\-]|de?\b|" + MONTH.replace("?P<month>", "?:") + r"))",
        ),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day in the text. `bare` is a day of the month or week alone, which may lie behind as well as ahead: `past`."""

    start: int
    end: int
    kind: str
    day: date
    past: date | None = None


def days(said: Said, today: date) -> list[Day]:
    """Every day named, in order, none inside another; impossible dates are not days."""
    found: list[Day] = []
    for kind, cue in PATTERNS:
        for match in cue.finditer(said):
            if any(one.start < match.end() and match.start() < one.end for one in found):
                continue
            found.extend(_read(kind, match, today))
    return sorted(found, key=lambda one: one.start)


def _read(kind: str, match: re.Match[str], today: date) -> Iterator[Day]:
    read = _READERS.get(kind)
    try:
        meant = read(match, today) if read else (today + timedelta(days=_FIXED[kind]), None)
    except (ValueError, OverflowError):
        return
    ahead, behind = meant
    yield Day(start=match.start(), end=match.end(), kind=kind, day=ahead, past=behind)


_FIXED = {"today": 0, "tomorrow": 1, "after_tomorrow": 2, "yesterday": -1, "before_yesterday": -2}
Meant = tuple[date, date | None]


def _numeric(match: re.Match[str], today: date) -> Meant:
    return _with_year(int(match["d"]), int(match["m"]), match["y"], today)


def _month(match: re.Match[str], today: date) -> Meant:
    named = match["d"]
    number = DAYS.get(named) or int(named)
    return _with_year(number, MONTHS[match["month"]], match.groupdict().get("y"), today)


def _with_year(day: int, month: int, year: str | None, today: date) -> Meant:
    if year:
        meant = date(int(year) + (2000 if len(year) == 2 else 0), month, day)
        return meant, meant
    near = [
        date(when, month, day) for when in (today.year - 1, today.year, today.year + 1) if _exists(when, month, day)
    ]
    if not near:
        raise ValueError
    ahead = min((one for one in near if one >= today), default=near[-1])
    behind = max((one for one in near if one <= today), default=near[0])
    # Of a date without its year, the one within half a year is meant; a date just gone is not eleven months away.
    return (ahead if (ahead - today).days <= 200 else behind), behind


def _exists(year: int, month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]


def _day(match: re.Match[str], today: date) -> Meant:
    number = DAYS.get(match["d"]) or int(match["d"])
    if not 1 <= number <= 31:
        raise ValueError
    return _month_day(number, today, 1), _month_day(number, today, -1)


def _month_day(number: int, today: date, step: int) -> date:
    """The nearest day with this number, today included, going forward or back."""
    day = today
    for _ in range(63):
        if day.day == number:
            return day
        day += timedelta(days=step)
    raise ValueError


def _weekday(match: re.Match[str], today: date) -> Meant:
    named = {"miercole": "miercoles", "vienes": "viernes", "biernes": "viernes", "sabao": "sabado"}.get(
        match["weekday"], match["weekday"]
    )
    ahead = (WEEKDAYS[named] - today.weekday()) % 7 or 7
    return today + timedelta(days=ahead), today - timedelta(days=7 - ahead or 7)


def _weekday_day(match: re.Match[str], today: date) -> Meant:
    return _day(match, today)


def _end(match: re.Match[str], today: date) -> Meant:
    month = MONTHS[match["month"]] if match["month"] else today.month
    year = today.year + (month < today.month)
    meant = date(year, month, calendar.monthrange(year, month)[1])
    return meant, None


def _span(match: re.Match[str]) -> timedelta:
    count = NUMBERS.get(match["n"]) or int(match["n"])
    unit = match["unit"][:3]
    if unit == "hor":
        return timedelta(days=count // 24)
    return timedelta(days=count * {"sem": 7, "mes": 30, "año": 365}.get(unit, 1))


def _ago(match: re.Match[str], today: date) -> Meant:
    return today - _span(match), today - _span(match)


def _within(match: re.Match[str], today: date) -> Meant:
    return today + _span(match), None


def _next_week(_: re.Match[str], today: date) -> Meant:
    return today + timedelta(days=7 - today.weekday()), None


def _this_week(_: re.Match[str], today: date) -> Meant:
    return today + timedelta(days=max(4 - today.weekday(), 0)), None


_READERS = {
    "numeric": _numeric,
    "iso": _numeric,
    "month": _month,
    "english": _month,
    "end": _end,
    "day": _day,
    "weekday": _weekday,
    "weekday_day": _weekday_day,
    "ago": _ago,
    "within": _within,
    "next_week": _next_week,
    "this_week": _this_week,
}
