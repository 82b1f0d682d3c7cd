"""What a supervisor changes at run time: hours, days off, how far the machine may go; the books are read anew."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.desk import books
from app.errors import Impossible
from app.models.arrival import Line, Mode
from app.models.book import CalendarDay, Setting

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DESK = "desk"


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
    kept = {name: [[start, end] for start, end in week.get(name, ())] for name in WEEK}
    for spans in kept.values():
        for start, end in spans:
            if _time(start) >= _time(end):
                raise Impossible(f"Se abre a las {start} y se cierra a las {end}: la hora de cierre va después.")
    if not any(kept.values()):
        raise Impossible("Deje al menos un día con horario: si no, ningún plazo se podría calcular.")
    put(session, "week", kept, now=now)


def days_off(session: Session, *, since: date) -> list[CalendarDay]:
    """The days off of the desk from a day on, for a year and a half."""
    return list(
        session.scalars(
            select(CalendarDay)
            .where(
                CalendarDay.town_hall_code == "",
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
    books.touch(session)


def remove_day(session: Session, day_id: int) -> None:
    """The desk answers on that day after all; national and regional days are not ours to remove."""
    row = session.get(CalendarDay, day_id)
    if row is None or row.scope != DESK:
        raise Impossible("Ese día no es propio de la mesa y no se puede quitar aquí.")
    session.delete(row)
    books.touch(session)


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
