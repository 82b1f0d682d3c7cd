"""Reports of a week or a month: charts with their tables, and a CSV from which nobody can be recognised."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from io import StringIO
from typing import TypeVar

from flask import Blueprint, Response, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.desk import dossier, reports, small_cells
from app.desk.books import Books
from app.desk.reports import Period, Report
from app.house import house
from app.i18n import DAYS, MONTHS
from app.models.people import Role
from app.models.place import TownHall
from app.models.ticket import Outcome
from app.web import charts, labels
from app.web.access import allow
from app.web.due_words import quantity
from app.web.say import _, count_of

blueprint = Blueprint("reports", __name__, url_prefix="/informes")
CHANNELS = ("whatsapp", "email", "phone")
TOP = 10
Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which period somebody wants to see."""

    kind: str
    period: Period

    @property
    def before(self) -> date:
        """A day of the period before."""
        return self.period.first - timedelta(days=1)

    @property
    def after(self) -> date:
        """A day of the period after."""
        return self.period.last + timedelta(days=1)

    @property
    def name(self) -> str:
        """«Semana del 16 al 22 de noviembre de 2026», «Noviembre de 2026»."""
        first, last = self.period.first, self.period.last
        if self.kind == "mes":
            return f"{MONTHS[first.month - 1].capitalize()} de {first.year}"
        begins = str(first.day) if first.month == last.month else f"{first.day} de {MONTHS[first.month - 1]}"
        return _(
            "Semana del %(first)s al %(last)s",
            first=begins,
            last=f"{last.day} de {MONTHS[last.month - 1]} de {last.year}",
        )


@blueprint.get("")
@allow(Role.SUPERVISOR)
def page() -> str:
    """The charts."""
    asked, now = _asked(), clock.now()
    books = house().books.current()
    with house().db.reading() as session:
        told = reports.report(session, books, asked.period, now=now)
        halls = dossier.hall_names(session)
    names = labels.categories(books)
    return render_template(
        "reports/page.html",
        asked=asked,
        report=told,
        figures=_figures(told, books),
        days=_days(told),
        day_rows=_day_rows(told),
        categories=_bars(_named(told.by_category, names), _("Consultas por categoría")),
        halls=_bars(_named(told.by_hall, halls), _("Consultas por municipio")),
        priorities=_bars(told.by_priority, _("Consultas por prioridad"), width=charts.THIRD),
        channels=_bars(
            {labels.channel(name).word: count for name, count in told.by_channel.items()},
            _("Consultas por canal"),
            width=charts.THIRD,
        ),
        forwarded=_named(told.forwarded, halls),
        returned=_named(told.returned, halls),
        category_rows=list(_named(told.by_category, names).items()),
        hall_rows=list(_named(told.by_hall, halls).items()),
    )


@blueprint.get("/datos.csv")
@allow(Role.SUPERVISOR)
def download() -> Response:
    """The same figures as a file that may leave the house: no cell under five, places by their size only."""
    asked, now = _asked(), clock.now()
    books = house().books.current()
    with house().db.reading() as session:
        told = reports.report(session, books, asked.period, now=now)
        sizes = _sizes(session)
    out = StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(["apartado", "concepto", "valor"])
    writer.writerows(_lines(told, books, sizes))
    name = f"consultas-{asked.period.first.isoformat()}.csv"
    # Spreadsheets take a file for their own old alphabet unless it begins with the mark of Unicode.
    return Response(
        "\ufeff" + out.getvalue(),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"},
    )


def _asked() -> Asked:
    today = clock.now().astimezone(house().config.zone).date()
    try:
        day = date.fromisoformat(request.args.get("dia", ""))
    except ValueError:
        day = today
    # Years that no calendar has are typed by nobody; the ends of the calendar would break sums.
    day = day if 2000 <= day.year <= 2100 else today
    kind = "mes" if request.args.get("periodo") == "mes" else "semana"
    return Asked(kind, reports.month_of(day) if kind == "mes" else reports.week_of(day))


def _figures(told: Report, books: Books) -> list[tuple[str, str, str]]:
    helped, failed = told.outcomes.get(Outcome.HELPED, 0), told.outcomes.get(Outcome.FAILED, 0)
    unknown = told.outcomes.get(Outcome.UNKNOWN, 0)

    def length(value: timedelta | None) -> str:
        return quantity(value, books.hours) if value is not None else "—"

    def share(value: int | None) -> str:
        return f"{value}\u00a0%" if value is not None else "—"

    return [
        (_("Consultas"), str(told.total), count_of("%(num)s resuelta", "%(num)s resueltas", told.solved)),
        (
            _("Primera respuesta"),
            length(told.first.median),
            _("mediana; 9 de cada 10, en %(slow)s", slow=length(told.first.p90)),
        ),
        (
            _("Solución"),
            length(told.solution.median),
            _("mediana; 9 de cada 10, en %(slow)s", slow=length(told.solution.p90)),
        ),
        (_("Dentro de plazo"), share(told.within), _("primeras respuestas de personas")),
        (_("Por un artículo"), str(helped), _("dijeron «sí»; de %(count)s no se sabe", count=unknown)),
        (
            _("Satisfacción"),
            share(told.satisfaction),
            count_of("%(num)s dijo que no le sirvió", "%(num)s dijeron que no les sirvió", failed),
        ),
        (
            _("De ayuntamientos"),
            str(sum(told.forwarded.values())),
            count_of("%(num)s devuelta", "%(num)s devueltas", sum(told.returned.values())),
        ),
    ]


def _days(told: Report) -> charts.Columns:
    # A month has no room for a word under each column.
    every = 1 if len(told.by_day) <= 7 else 5
    rows = [
        (_day(day) if place % every == 0 else "", [counts.get(channel, 0) for channel in CHANNELS])
        for place, (day, counts) in enumerate(told.by_day.items())
    ]
    names = [labels.channel(channel).word for channel in CHANNELS]
    return charts.columns(rows, names, said=_("Consultas llegadas cada día: %(count)s en total.", count=told.total))


def _day_rows(told: Report) -> list[list[str]]:
    return [
        [_day(day), *(str(counts.get(channel, 0)) for channel in CHANNELS), str(sum(counts.values()))]
        for day, counts in told.by_day.items()
    ]


def _day(day: date) -> str:
    return f"{DAYS[day.weekday()][:3]} {day.day}"


def _bars(values: Mapping[str, int], title: str, *, width: int = charts.HALF) -> charts.Bars:
    top = dict(list(values.items())[:TOP])
    said = "; ".join(f"{name}, {count}" for name, count in list(top.items())[:5])
    return charts.bars(top, said=f"{title}: {said}." if said else title, width=width)


def _named(counts: Mapping[Key, int], names: Mapping[Key, str]) -> dict[str, int]:
    return {names.get(key, str(key)): count for key, count in counts.items()}


def _sizes(session: Session) -> dict[int, str]:
    rows = session.execute(select(TownHall.id, TownHall.population))
    return {hall_id: small_cells.band(population) for hall_id, population in rows}


def _lines(told: Report, books: Books, sizes: Mapping[int, str]) -> Iterator[list[str]]:
    for name, value, more in _figures(told, books)[:4]:
        yield [_("resumen"), name, value]
        if "9 de cada 10" in more:
            yield [_("resumen"), name, more]
    bands: dict[str, int] = {}
    for hall, count in told.by_hall.items():
        bands[sizes.get(hall, "")] = bands.get(sizes.get(hall, ""), 0) + count
    tables = (
        (_("canal"), {labels.channel(name).word: count for name, count in told.by_channel.items()}),
        (_("categoría"), _named(told.by_category, labels.categories(books))),
        (_("prioridad"), dict(told.by_priority)),
        (_("municipios por habitantes"), bands),
    )
    for title, cells in tables:
        for name, shown in small_cells.suppress(cells).items():
            yield [title, name, small_cells.told(shown)]
