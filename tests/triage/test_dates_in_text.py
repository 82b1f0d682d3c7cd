"""Days named in text: arithmetic that holds on every day of three years."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.books import Books
from triage.cues import Said
from triage.dates import days
from triage.enquiry import Enquiry
from triage.places import Places
from triage.policy import decide
from triage.verdict import Verdict

MADRID = ZoneInfo("Europe/Madrid")
HOLIDAYS = frozenset({date(2026, 12, 7), date(2026, 12, 8), date(2026, 12, 25), date(2027, 1, 1), date(2027, 1, 6)})
BOOKS = Books(places=Places(), holidays=HOLIDAYS)
EVERY_DAY = [date(2026, 1, 1) + timedelta(days=step) for step in range(1096)]
any_day = st.sampled_from(EVERY_DAY)
MONTHS = (
    *("enero", "febrero", "marzo", "abril", "mayo", "junio"),
    *("julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
)


def verdict(text: str, day: date, hour: int = 10) -> Verdict:
    received = datetime.combine(day, time(hour), tzinfo=MADRID)
    return decide(Enquiry(channel="whatsapp", received_at=received, text=text), BOOKS)


def test_tomorrow_is_the_day_after_on_every_day_of_three_years() -> None:
    found = [verdict("mañana se acaba el plazo", day).deadline for day in EVERY_DAY]

    assert found == [day + timedelta(days=1) for day in EVERY_DAY]


def test_today_is_the_desks_today_on_both_sides_of_every_midnight_and_clock_change() -> None:
    for day in EVERY_DAY:
        late = datetime.combine(day, time(23, 59), tzinfo=MADRID).astimezone(UTC)
        early = datetime.combine(day, time(0, 1), tzinfo=MADRID).astimezone(UTC)
        for moment in (late, early):
            told = decide(Enquiry(channel="whatsapp", received_at=moment, text="hoy acaba el plazo"), BOOKS)

            assert (told.deadline, told.priority) == (day, "P1")


@given(any_day, st.integers(0, 200))
def test_a_written_date_ahead_is_read_as_it_was_written(today: date, ahead: int) -> None:
    meant = today + timedelta(days=ahead)
    texts = (
        f"el plazo termina el {meant.day} de {MONTHS[meant.month - 1]}",
        f"hasta el {meant.day}/{meant.month}",
        f"vence el {meant:%d/%m/%Y}",
        f"vence el {meant:%d-%m-%y}",
    )

    assert {verdict(text, today).deadline for text in texts} == {meant}


@given(any_day, st.integers(1, 7))
def test_a_weekday_is_the_next_one_of_its_name(today: date, ahead: int) -> None:
    meant = today + timedelta(days=ahead)
    name = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")[meant.weekday()]

    assert verdict(f"el plazo acaba el {name}", today).deadline == meant


@given(any_day, st.integers(0, 10))
def test_a_notice_gives_ten_calendar_days(today: date, age: int) -> None:
    notice = today - timedelta(days=age)
    told = verdict(f"el aviso de la notificación me llegó el {notice:%d/%m/%Y} y no puedo abrirla", today)

    assert told.deadline == notice + timedelta(days=10)
    assert told.priority == ("P1" if age >= 9 else "P2" if age >= 6 else "P3")


@given(any_day, st.integers(2, 20))
def test_three_working_days_are_counted_without_weekends_and_holidays(today: date, ahead: int) -> None:
    meant = today + timedelta(days=ahead)
    near = BOOKS.working_days(today, meant) <= 3

    assert verdict(f"tengo de plazo hasta el {meant:%d/%m/%Y}", today).priority == ("P2" if near else "P3")


def test_a_bridge_of_holidays_brings_a_far_end_near() -> None:
    assert verdict("el plazo termina el 9 de diciembre", date(2026, 12, 3)).priority == "P2"
    assert verdict("el plazo termina el 9 de diciembre", date(2026, 12, 1)).priority == "P3"


def in_three_days(today: date) -> date:
    return today + timedelta(days=3)


@given(any_day)
def test_an_end_is_read_however_it_is_worded(today: date) -> None:
    meant = in_three_days(today)
    weekday = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")[meant.weekday()]
    written = f"{meant.day} de {MONTHS[meant.month - 1]}"
    texts = (
        f"hasta las 15:00 del {written} se puede presentar",
        f"el plazo es hasta el {weekday} {written} inclusive",
        f"el plazo expira el {written} a las 14h",
        f"se acava el plaso el {written}",
        "en 72 horas se acaba el plazo",
    )

    assert {verdict(text, today).deadline for text in texts} == {meant}


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("el plazo acaba el nueve de marzo", 9),
        ("acaba el día diecinueve", 19),
        ("esta medianoche cierra el plazo", 4),
        ("hoi acaba el plaso", 4),
        ("el plazo expira mañana", 5),
        ("mañana se cumplen los diez días del aviso", 5),
    ],
)
def test_days_in_words_and_bad_spelling_are_days(text: str, day: int) -> None:
    assert verdict(text, date(2026, 3, 4)).deadline == date(2026, 3, day)


@pytest.mark.parametrize(
    ("opened", "priority"), [("no la he abierto", "P1"), ("sin abrir", "P1"), ("ya la he leído", "P3")]
)
def test_a_notice_of_nine_days_presses_unless_it_was_opened(opened: str, priority: str) -> None:
    text = f"recibí el correo de la notificación hace 9 días y {opened}"

    assert verdict(text, date(2026, 3, 4)).priority == priority


@pytest.mark.parametrize(
    "text",
    [
        "gracias, hasta el lunes",
        "nací el 25/11/1950 y no sé cómo entrar en la sede",
        "la factura de fecha 24/11/2026 no sale en FACe",
        "presenté la solicitud el 20 de noviembre y no tengo justificante",
        "mi certificado caduca el 24 de noviembre, ¿cómo lo renuevo?",
        "lo intento por la mañana y por la tarde y no entro",
        "la página 3/12 del pdf sale en blanco",
        "pesa 24 MB y no me deja subirlo",
        "el expediente 24/2026 no me aparece",
    ],
)
def test_what_is_no_end_is_not_taken_for_a_deadline(text: str) -> None:
    assert verdict(text, date(2026, 11, 23)).deadline is None


@given(st.text(alphabet="0123456789/-. eldiahastamrzo", max_size=60), any_day)
def test_impossible_dates_are_no_dates_and_raise_nothing(text: str, today: date) -> None:
    assert all(isinstance(one.day, date) for one in days(Said(text), today))
