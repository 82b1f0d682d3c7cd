"""People: invited and stopped by those above them, asked for a second step, away, and seen reading tickets."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app import clock
from app.desk import totp, two_factor
from app.desk.numbers import number
from app.house import House
from app.models.office import RecoveryCode, TicketRead
from app.models.people import Role, User
from tests.app.web_desk.conftest import Desk
from tests.app.web_desk.scenes import HOME, PASSWORD, post, sign_in, token, user

BOSS, ROSA = "carmen@mesa.example", "rosa@mesa.example"
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


def with_second_step(house: House, email: str) -> list[str]:
    now = clock.now()
    with house.db.transaction() as session:
        row = session.scalars(select(User).where(User.email == email)).one()
        earlier = now - timedelta(minutes=5)
        step = int(earlier.timestamp()) // totp.STEP
        return two_factor.set_up(
            session, row, secret=SECRET, typed=totp.code(SECRET, step), keys=house.config.secret_keys, now=earlier
        )


def digits() -> str:
    return totp.code(SECRET, int(clock.now().timestamp()) // totp.STEP)


def password(client: FlaskClient, email: str) -> str:
    form = {"email": email, "password": PASSWORD, "csrf_token": token(client, "/entrar")}
    return client.post("/entrar", data=form, headers={"Referer": HOME}).headers["Location"]


def enter(client: FlaskClient, code: str) -> int:
    form = {"code": code, "csrf_token": token(client, "/entrar/codigo")}
    return client.post("/entrar/codigo", data=form, headers={"Referer": HOME}).status_code


@pytest.fixture
def boss(client: FlaskClient, desk: Desk) -> FlaskClient:
    sign_in(client, BOSS)
    return client


def test_a_page_without_a_line_of_its_own_stands_under_another_in_the_rail(boss: FlaskClient) -> None:
    shown = boss.get("/personas/lecturas").text

    assert 'href="/personas" aria-current="true"' in shown


@pytest.mark.parametrize(("seconds", "told"), [(59, "287082"), (1111111109, "081804"), (20000000000, "353130")])
def test_the_digits_are_those_of_the_standard(seconds: int, told: str) -> None:
    assert totp.code(SECRET, seconds // totp.STEP) == told


def test_the_password_alone_opens_nothing_where_a_second_step_is_set(
    client: FlaskClient, house: House, desk: Desk
) -> None:
    with_second_step(house, ROSA)
    where = password(client, ROSA)

    assert where == "/entrar/codigo"
    assert client.get("/consultas").status_code == 303
    assert (enter(client, "000000"), enter(client, digits())) == (422, 303)
    assert client.get("/consultas").status_code == 200


def test_digits_and_spare_codes_work_once(app: Flask, house: House, desk: Desk) -> None:
    spare = with_second_step(house, ROSA)[0]
    code = digits()
    seen = []
    for typed in (code, code, spare.upper(), spare):
        client = app.test_client()
        password(client, ROSA)
        seen.append(enter(client, typed))

    assert seen == [303, 422, 303, 422]
    with house.db.reading() as session:
        assert len(session.scalars(select(RecoveryCode).where(RecoveryCode.used_at.is_(None))).all()) == 9


def test_guessing_digits_locks_like_guessing_passwords(client: FlaskClient, house: House, desk: Desk) -> None:
    with_second_step(house, ROSA)
    password(client, ROSA)
    for _turn in range(5):
        enter(client, "000000")

    assert enter(client, digits()) == 429


def test_a_role_that_needs_a_second_step_gets_to_its_page_and_nowhere_else(
    app: Flask, house: House, desk: Desk
) -> None:
    with house.db.transaction() as session:
        user(session, "Administradora", "admin@mesa.example", role=Role.ADMIN, now=clock.now())
    admin, rosa = app.test_client(), app.test_client()
    sign_in(admin, "admin@mesa.example")
    sign_in(rosa, ROSA)
    post(admin, "/personas/exigir", {"puesto": "technician"})
    sent = rosa.get("/consultas")
    shown = rosa.get("/cuenta/segundo-paso")
    with rosa.session_transaction() as cookie:
        secret = cookie["totp"]
    step = int(clock.now().timestamp()) // totp.STEP
    form = {"code": totp.code(secret, step), "csrf_token": token(rosa, "/cuenta/segundo-paso")}
    codes = rosa.post("/cuenta/segundo-paso", data=form, headers={"Referer": HOME})

    assert sent.headers["Location"] == "/cuenta/segundo-paso"
    assert "data:image/png" in shown.text
    assert codes.text.count("<code") == 10
    assert rosa.get("/consultas").status_code == 200


def test_a_supervisor_stops_technicians_but_not_those_beside_her(
    app: Flask, boss: FlaskClient, house: House, desk: Desk
) -> None:
    with house.db.transaction() as session:
        beside = user(session, "Otra", "otra@mesa.example", role=Role.SUPERVISOR, now=clock.now())
    rosa = app.test_client()
    sign_in(rosa, ROSA)
    stopped = post(boss, f"/personas/{desk.who['rosa'].id}/parar", {})
    refused = post(boss, f"/personas/{beside.id}/parar", {})

    assert (stopped.status_code, refused.status_code) == (303, 403)
    assert rosa.get("/consultas").status_code == 303
    assert post(boss, "/personas", {"nombre": "X", "correo": "x@x.example", "puesto": "admin"}).status_code == 403


def test_an_invitation_is_shown_once_and_opens(app: Flask, boss: FlaskClient) -> None:
    shown = post(boss, "/personas", {"nombre": "Ana Nueva", "correo": "ana@mesa.example", "puesto": "technician"})
    word = shown.text.split("/invitacion/", 1)[1].split("<", 1)[0]

    assert app.test_client().get(f"/invitacion/{word}").status_code == 200
    assert word not in boss.get("/personas").text


def test_what_was_typed_stays_when_an_invitation_is_refused(boss: FlaskClient) -> None:
    answer = post(boss, "/personas", {"nombre": "Ana", "correo": ROSA, "puesto": "technician"})

    assert answer.status_code == 422
    assert f'value="{ROSA}"' in answer.text


def test_absences_are_noted_and_taken_back(boss: FlaskClient, desk: Desk) -> None:
    told = {"desde": "2026-12-01", "hasta": "2026-12-05"}
    post(boss, f"/personas/{desk.who['ines'].id}/ausencia", told)
    noted = boss.get("/personas").text
    wrong = post(boss, f"/personas/{desk.who['ines'].id}/ausencia", {"desde": "ayer"})

    assert "Ausente:" in noted
    assert wrong.status_code == 422


def test_every_opening_of_a_ticket_is_written_once(app: Flask, house: House, desk: Desk) -> None:
    reader = app.test_client()
    sign_in(reader, ROSA)
    for _turn in range(2):
        reader.get(f"/consultas/{number(desk.talk.id)}")
    with house.db.reading() as session:
        rows = session.scalars(select(TicketRead)).all()
    boss_client = app.test_client()
    sign_in(boss_client, BOSS)
    page = boss_client.get(f"/personas/lecturas?consulta={number(desk.talk.id)}").text

    assert [(row.user_id, row.ticket_id) for row in rows] == [(desk.who["rosa"].id, desk.talk.id)]
    assert "Rosa Matesanz" in page
