"""The doctor names what is wrong and how to mend it, and is content with a desk that is well."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from app import clock
from app.cli import doctor, doctor_rows
from app.desk import backups
from app.house import House
from app.models.arrival import Arrival, Line
from app.models.book import CalendarDay, Lease
from app.models.people import ApiToken, Role, User
from tests.app.desk.scenes import Desk, form

NOW = clock.now()


def wrong(house: House) -> dict[str, str]:
    """What the rows are found ill with, and the cure."""
    with house.db.reading() as session:
        found = list(doctor_rows.look(session, demo=False, now=clock.now(), zone=house.config.zone))
    return {finding.name: finding.cure for finding in found if not finding.well}


@pytest.fixture
def well(house: House) -> House:
    """A desk with which the rows are content."""
    with house.db.transaction() as session:
        admin = User(name="A", email="a@example.es", role=Role.ADMIN, password_hash="x", created_at=clock.now())
        session.add(admin)
        session.execute(update(CalendarDay).values(state="confirmado"))
        backups.made(session, elsewhere=True, now=clock.now())
    return house


def test_a_desk_that_is_well_is_called_so(well: House) -> None:
    assert wrong(well) == {}


ILLS: dict[str, tuple[Callable[[Session], object], str]] = {
    "usuarios de muestra": (
        lambda s: s.add(User(name="D", email="d@x", role=Role.ADMIN, demo=True, created_at=NOW)),
        "flask people stop",
    ),
    "administración": (lambda s: s.execute(update(User).values(active=False)), "flask people invite"),
    "línea whatsapp +34910000000": (
        lambda s: s.execute(update(Line).where(Line.channel == "whatsapp").values(trouble="No hay conexión.")),
        "No hay conexión.",
    ),
    "reloj del servicio": (
        lambda s: s.add(Lease(name="clock", holder="x", until=NOW - timedelta(minutes=6))),
        "flask clock",
    ),
    "copia de seguridad": (
        lambda s: backups.made(s, elsewhere=True, now=NOW - timedelta(hours=27)),
        "hace 27 horas",
    ),
    "copia en otro disco": (lambda s: backups.made(s, elsewhere=False, now=NOW), "disco"),
    "tokens de la API": (
        lambda s: s.add(
            ApiToken(
                name="web", token_hash="h", role=Role.CLERK, created_at=NOW, expires_at=NOW + timedelta(days=3)
            )
        ),
        "web",
    ),
}  # fmt: skip


@pytest.mark.parametrize("ill", ILLS)
def test_each_ill_is_named_with_its_cure(well: House, ill: str) -> None:
    make, cure = ILLS[ill]
    with well.db.transaction() as session:
        make(session)
    found = wrong(well)

    assert list(found) == [ill] and cure in found[ill]


def test_days_off_that_nobody_confirmed_are_told(well: House) -> None:
    with well.db.transaction() as session:
        session.execute(update(CalendarDay).where(CalendarDay.scope != "desk").values(state="borrador"))

    assert [name.split()[0] for name in wrong(well)] == ["festivos"]


def test_work_that_nobody_does_is_told(desk: Desk) -> None:
    desk.push(form("SM1", "hola"))
    with desk.write() as session:
        session.execute(update(Arrival).values(received_at=clock.now() - timedelta(minutes=7)))

    assert "flask work" in wrong(desk.house)["mensajes por leer"]


def test_everything_is_looked_at(house: House) -> None:
    found = [finding.name for finding in doctor.look(house)]

    assert {"disco de datos", "base de datos", "esquema", "administración"} <= set(found)


def test_a_database_of_another_version_has_no_rows_looked_at(house: House) -> None:
    with house.db.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    found = {finding.name: finding for finding in doctor.look(house)}

    assert "flask upgrade" in found["esquema"].cure and "administración" not in found
