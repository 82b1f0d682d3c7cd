"""What a supervisor changes at run time: hours, days off, how far the machine may go; the books are read anew."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.desk import books, deadline_recount
from app.desk.deadlines import TARGETS
from app.desk.hours import Week, read_summer, read_week
from app.errors import Impossible
from app.models.arrival import Line, Mode
from app.models.book import CalendarDay, Setting

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DESK = "desk"
MOST_MINUTES = 60 * 24 * 60


def put(session: Session, key: str, value: object, *, now: datetime) -> None:
    """Keep a setting; an upgrade leaves alone what was edited here."""
    row = session.get(Setting, key)
    if row is None:
        row = Setting(key=key)
        session.add(row)
    row.value, row.edited_at = value, now
    books.touch(session)


def set_week(session: Session, week: Mapping[str, Sequence[tuple[str, str]]], *, now: datetime) -> None:
    """The opening hours of each day; a day without any is closed. Impossible when the desk would never open."""
    put(session, "week", checked(week), now=now)
    deadline_recount.ask(session, now=now)


def set_summer(session: Session, told: Mapping[str, Any] | None, *, now: datetime) -> None:
    """Other hours between two days of each year; None for the same hours all the year."""
    put(session, "summer", told, now=now)
    deadline_recount.ask(session, now=now)


def summer(first: str, last: str, week: Mapping[str, Sequence[tuple[str, str]]]) -> dict[str, Any]:
    """A summer timetable as it is kept (days as «06-15»). Impossible when its days or hours make no sense."""
    told = {"from": first, "to": last, "week": checked(week)}
    try:
        for at in (first, last):
            date.fromisoformat(f"2028-{at}")
        read_summer(told)
    except ValueError as error:
        raise Impossible("Diga el primer y el último día del horario de verano.") from error
    return told


def set_targets(session: Session, told: Mapping[str, Sequence[int]], *, now: datetime) -> None:
    """Minutes of open time for first answer and solution, by priority (`P1`) or by channel and priority."""
    put(session, "targets", {key: list(value) for key, value in checked_targets(told).items()}, now=now)
    deadline_recount.ask(session, now=now)


def checked_targets(told: Mapping[str, Sequence[int]]) -> Mapping[str, Sequence[int]]:
    """The targets, if each makes sense: Impossible when a solution is due before its first answer."""
    for key, (first, solved) in told.items():
        if key.split(".")[-1] not in TARGETS:
            raise Impossible("La prioridad va de P1 a P4.")
        if not 0 < first <= solved <= MOST_MINUTES:
            raise Impossible(
                f"{key.split('.')[-1]}: la solución va después de la primera respuesta, y las dos pasan de 0."
            )
    return told


def checked(week: Mapping[str, Sequence[tuple[str, str]]]) -> dict[str, list[list[str]]]:
    """A week as it is kept. Impossible when a day closes before it opens, or the desk would never open."""
    kept = {name: [[start, end] for start, end in week.get(name, ())] for name in WEEK}
    for spans in kept.values():
        for start, end in spans:
            if _time(start) >= _time(end):
                raise Impossible(f"Se abre a las {start} y se cierra a las {end}: la hora de cierre va después.")
    if not any(kept.values()):
        raise Impossible("Deje al menos un día con horario: si no, ningún plazo se podría calcular.")
    return kept


def as_week(week: Mapping[str, Sequence[tuple[str, str]]]) -> Week:
    """The same week as the desk's hours hold it."""
    return read_week(checked(week))


def days_off(session: Session, *, since: date) -> list[CalendarDay]:
    """The days off of the desk from a day on, for a year and a half."""
    return list(
        session.scalars(
            select(CalendarDay)
            .where(
                CalendarDay.town_hall_code == "",
                CalendarDay.state != "falta",
                CalendarDay.day.between(since, since + timedelta(days=550)),
            )
            .order_by(CalendarDay.day)
        )
    )


def add_day(session: Session, *, day: date, name: str, now: datetime) -> None:
    """One more day on which nobody of the desk answers."""
    if not name.strip():
        raise Impossible("Ponga qué se celebra o por qué se cierra.")
    same = select(CalendarDay).where(
        CalendarDay.day == day, CalendarDay.scope == DESK, CalendarDay.town_hall_code == ""
    )
    if session.scalar(same) is not None:
        raise Impossible("Ese día ya está en la lista.")
    session.add(CalendarDay(day=day, name=name.strip()[:120], scope=DESK, state="confirmado", edited_at=now))
    deadline_recount.ask(session, now=now)


def remove_day(session: Session, day_id: int, *, now: datetime) -> None:
    """The desk answers on that day after all; national and regional days are not ours to remove."""
    session.delete(own_day(session, day_id))
    deadline_recount.ask(session, now=now)


def own_day(session: Session, day_id: int) -> CalendarDay:
    """A day off that is the desk's own; Impossible for any other."""
    row = session.get(CalendarDay, day_id)
    if row is None or row.scope != DESK:
        raise Impossible("Ese día no es propio de la mesa y no se puede quitar aquí.")
    return row


def set_mode(session: Session, line_id: int, mode: Mode, *, now: datetime) -> None:
    """How far the machine may go on a line; what came before it began to speak stays unanswered by it."""
    line = session.get(Line, line_id)
    if line is None:
        raise Impossible("Ese canal ya no existe.")
    line.mode = mode
    if mode is not Mode.OFF and line.go_live is None:
        line.go_live = now


def _time(typed: str) -> time:
    try:
        return time.fromisoformat(typed)
    except ValueError as error:
        raise Impossible(f"«{typed}» no es una hora.") from error
