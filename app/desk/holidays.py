"""The days off year by year: whether a year is confirmed, a draft or missing, and a published list pasted whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.desk import deadline_recount
from app.desk.books import DESK_SCOPES
from app.errors import Impossible
from app.models.book import CalendarDay

CONFIRMED, DRAFT, MISSING = "confirmado", "borrador", "falta"
LONGEST = 120
# The desk's own closures say nothing about whether the official calendar of a year is out.
OFFICIAL = ("national", "region")


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """A year of the calendar and how far it can be trusted."""

    year: int
    state: str
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pasted:
    """One line of a pasted list."""

    day: date
    name: str


def years(session: Session, *, today: date) -> list[Year]:
    """This year and the next one."""
    return [_year(_rows(session, year), year) for year in (today.year, today.year + 1)]


def missing(session: Session, *, today: date) -> Year | None:
    """Next year, while its official days are not confirmed."""
    following = _year(_rows(session, today.year + 1), today.year + 1)
    return following if following.state != CONFIRMED else None


def read(text: str, year: int) -> list[Pasted]:
    """A list as published or as a spreadsheet gives it: day and name in a line. Impossible says which line is wrong."""
    found: dict[date, Pasted] = {}
    for place, line in enumerate(text.splitlines(), start=1):
        cells = [cell.strip().strip('"') for cell in line.replace("\t", ";").replace(",", ";").split(";")]
        if not any(cells) or cells[0].lower() in {"fecha", "día", "dia", "date"}:
            continue
        day = _day(cells[0])
        if day is None or len(cells) < 2 or not cells[1]:
            raise Impossible(f"Línea {place}: se espera «fecha;nombre», como «{year}-01-01;Año Nuevo».")
        if day.year != year:
            raise Impossible(f"Línea {place}: el {day:%d/%m/%Y} no es de {year}.")
        found[day] = Pasted(day=day, name=cells[1][:LONGEST])
    if not found:
        raise Impossible("No hay ningún día en lo que ha pegado.")
    return [found[day] for day in sorted(found)]


def days_after(off: frozenset[date], pasted: Sequence[Pasted], session: Session, year: int) -> frozenset[date]:
    """The days off as they would be once the list is kept: drafts that are not in it go."""
    drafts = {row.day for row in _rows(session, year) if row.state == DRAFT}
    return (off - drafts) | {one.day for one in pasted}


def keep(session: Session, pasted: Sequence[Pasted], *, year: int, now: datetime) -> None:
    """The list is the year's calendar: its days are confirmed, drafts that it does not have no longer count."""
    known = {row.day: row for row in _rows(session, year)}
    wanted = {one.day for one in pasted}
    for one in pasted:
        row = known.get(one.day)
        if row is None:
            row = CalendarDay(day=one.day, scope="region")
            session.add(row)
        row.name, row.state, row.edited_at = one.name, CONFIRMED, now
    for day, row in known.items():
        if day not in wanted and row.state == DRAFT:
            # The row stays, so that an upgrade does not bring the draft back.
            row.state, row.edited_at = MISSING, now
    deadline_recount.ask(session, now=now)


def confirm(session: Session, year: int, *, now: datetime) -> int:
    """The drafts of a year are right as they stand; how many there were."""
    drafts = [row for row in _rows(session, year) if row.state == DRAFT]
    if not drafts:
        raise Impossible(f"No hay días en borrador en {year}.")
    for row in drafts:
        row.state, row.edited_at = CONFIRMED, now
    deadline_recount.ask(session, now=now)
    return len(drafts)


def _rows(session: Session, year: int) -> Sequence[CalendarDay]:
    return session.scalars(
        select(CalendarDay)
        .where(
            CalendarDay.town_hall_code == "",
            CalendarDay.scope.in_(DESK_SCOPES),
            CalendarDay.day.between(date(year, 1, 1), date(year, 12, 31)),
        )
        .order_by(CalendarDay.day)
    ).all()


def _year(rows: Sequence[CalendarDay], year: int) -> Year:
    counted = [row for row in rows if row.state != MISSING]
    official = [row for row in counted if row.scope in OFFICIAL]
    trusted = DRAFT if any(row.state == DRAFT for row in official) else CONFIRMED
    return Year(year=year, state=trusted if official else MISSING, days=len(counted))


def _day(typed: str) -> date | None:
    for shape in ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y"):
        try:
            return datetime.strptime(typed, shape).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None
