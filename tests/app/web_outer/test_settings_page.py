"""What a supervisor sets."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app import clock
from app.cli import doctor_rows
from app.desk import books as bookkeeping
from app.house import House
from app.models.arrival import Line, Mode
from app.models.book import CalendarDay
from app.models.people import Role
from tests.app.web_outer.people import sign_in, token_of, worker

TUESDAY = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)


@pytest.fixture
def supervisor(client: FlaskClient, house: House) -> FlaskClient:
    with house.db.transaction() as session:
        worker(session, role=Role.SUPERVISOR)
    sign_in(client)
    return client


def send(browser: FlaskClient, path: str, **told: str) -> int:
    return browser.post(path, data={**told, "csrf_token": token_of(browser, "/ajustes")}).status_code


def built(house: House) -> bookkeeping.Books:
    """The books as the rows say them now."""
    return bookkeeping.BookCase(house.db, house.config.province_dir).current()


def test_new_hours_count_at_once(supervisor: FlaskClient, house: House) -> None:
    status = send(
        supervisor,
        "/ajustes/horario",
        **{"tue-0-desde": "09:00", "tue-0-hasta": "14:00", "tue-1-desde": "16:00", "tue-1-hasta": "18:00"},
    )

    hours = built(house).hours
    assert (status, hours.open_at(TUESDAY)) == (303, True)
    assert sum(bool(day) for day in hours.week) == 1


@pytest.mark.parametrize("told", [{}, {"mon-0-desde": "15:00", "mon-0-hasta": "08:00"}])
def test_hours_that_make_no_sense_are_refused(supervisor: FlaskClient, house: House, told: dict[str, str]) -> None:
    before = built(house).hours.week

    assert send(supervisor, "/ajustes/horario", **told) == 422
    assert built(house).hours.week == before


def test_a_day_off_of_the_desk_comes_and_goes(supervisor: FlaskClient, house: House) -> None:
    send(supervisor, "/ajustes/dias", dia="2026-11-24", nombre="Cierre por obras")
    closed = built(house).hours.working_day(date(2026, 11, 24))
    with house.db.reading() as session:
        row = session.scalars(select(CalendarDay).where(CalendarDay.scope == "desk")).all()[-1]
    send(supervisor, f"/ajustes/dias/{row.id}/quitar")

    assert (closed, built(house).hours.working_day(date(2026, 11, 24))) == (False, True)


def test_a_national_day_is_not_the_desks_to_remove(supervisor: FlaskClient, house: House) -> None:
    with house.db.reading() as session:
        day = session.scalars(select(CalendarDay).where(CalendarDay.scope == "national")).first()
    assert day is not None

    assert send(supervisor, f"/ajustes/dias/{day.id}/quitar") == 422


def test_the_machine_can_be_stopped_and_made_to_propose(supervisor: FlaskClient, house: House) -> None:
    with house.db.reading() as session:
        line = session.scalars(select(Line).where(Line.channel == "whatsapp")).one()
    send(supervisor, "/ajustes/respuestas", **{f"modo-{line.id}": "propose", "parada": "on", "silencio": "60"})

    now = built(house)
    assert (now.settings["kill_switch"], now.settings["quiet_seconds"]) == (True, 60)
    with house.db.reading() as session:
        assert session.scalars(select(Line).where(Line.channel == "whatsapp")).one().mode is Mode.PROPOSE


def test_how_much_automatic_mail_may_go_out_in_an_hour_is_a_setting(supervisor: FlaskClient, house: House) -> None:
    send(supervisor, "/ajustes/respuestas", **{"por-direccion": "1", "por-hora": "250"})
    settings = built(house).settings

    assert (settings["mail_per_address"], settings["mail_per_hour"]) == (1, 250)


def test_a_mailbox_that_could_not_be_read_for_so_many_minutes_is_told_as_stopped(
    supervisor: FlaskClient, house: House
) -> None:
    with house.db.transaction() as session:
        session.execute(
            update(Line).where(Line.channel == "email").values(success_at=clock.now() - timedelta(minutes=9))
        )
    before = supervisor.get("/cuadro/canales").text
    send(supervisor, "/ajustes/respuestas", **{"sin-leer": "5"})
    built(house)
    after = supervisor.get("/cuadro/canales").text.replace("\xa0", " ")

    assert "No se ha podido leer el buzón" not in before
    assert "No se ha podido leer el buzón desde hace 9 min" in after
    with house.db.reading() as session:
        told = list(doctor_rows.look(session, demo=True, now=clock.now(), zone=house.config.zone))
    assert [one.cure for one in told if "email" in one.name] == ["hace rato que no se puede leer el buzón"]


def test_technicians_have_no_settings(client: FlaskClient, house: House) -> None:
    with house.db.transaction() as session:
        worker(session)
    sign_in(client)

    assert client.get("/ajustes").status_code == 403
