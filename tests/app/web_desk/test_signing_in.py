"""Signing in and out: who gets in, how long it holds, and what guessing costs."""

from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app import clock
from app.desk import people
from app.house import House
from app.models.people import Role, SignInTry, User, UserSession
from app.web.limits import limiter
from tests.app.web_desk.conftest import Desk
from tests.app.web_desk.scenes import HOME, PASSWORD, post, sign_in, token, user

ROSA = "rosa@mesa.example"


def attempt(client: FlaskClient, email: str, password: str, **more: str) -> int:
    form = {"email": email, "password": password, "csrf_token": token(client, "/entrar"), **more}
    return client.post("/entrar", data=form, headers={"Referer": HOME}).status_code


def test_the_right_password_opens_the_queue(client: FlaskClient, desk: Desk) -> None:
    sign_in(client)

    assert client.get("/consultas").status_code == 200


def test_a_wrong_password_and_an_unknown_name_read_the_same(client: FlaskClient, desk: Desk) -> None:
    pages = []
    for email in (ROSA, "nadie@mesa.example"):
        form = {"email": email, "password": "no es esta", "csrf_token": token(client, "/entrar")}
        pages.append(client.post("/entrar", data=form, headers={"Referer": HOME}).text.replace(email, "·"))

    told = [page.split('id="wrong"', 1)[1].split("</p>", 1)[0] for page in pages]
    assert told[0] == told[1]
    assert "no son correctos" in told[0]


def test_the_sixth_try_is_refused_even_with_the_right_password(client: FlaskClient, desk: Desk) -> None:
    for _turn in range(5):
        assert attempt(client, ROSA, "no es esta") == 422

    assert attempt(client, ROSA, PASSWORD) == 429
    assert client.get("/consultas").status_code == 303


def test_old_slips_are_forgotten(client: FlaskClient, desk: Desk, house: House) -> None:
    for _turn in range(5):
        attempt(client, ROSA, "no es esta")
    with house.db.transaction() as session:
        session.execute(update(SignInTry).values(at=clock.now() - timedelta(minutes=16)))

    assert attempt(client, ROSA, PASSWORD) == 303


def test_one_machine_cannot_try_many_names(house: House, client: FlaskClient) -> None:
    names = [f"n{turn}@mesa.example" for turn in range(21)]
    with house.db.transaction() as session:
        for name in names:
            user(session, name, name, now=clock.now())
    limiter.reset()
    seen = {attempt(client, name, "no es esta") for name in names}
    limiter.reset()

    assert seen == {422, 429}


def test_after_signing_out_the_old_cookie_opens_nothing(app: Flask, client: FlaskClient, desk: Desk) -> None:
    sign_in(client)
    kept = client.get_cookie("ventanilla", domain="localhost")
    assert kept is not None
    post(client, "/salir", {})
    thief = app.test_client()
    thief.set_cookie("ventanilla", kept.value, domain="localhost")

    assert thief.get("/consultas").status_code == 303


def test_a_session_ends_after_eight_idle_hours(client: FlaskClient, desk: Desk, house: House) -> None:
    sign_in(client)
    with house.db.transaction() as session:
        session.execute(update(UserSession).values(seen_at=clock.now() - timedelta(hours=8, seconds=1)))

    assert client.get("/consultas").status_code == 303


def test_a_session_ends_after_seven_days_of_work(client: FlaskClient, desk: Desk, house: House) -> None:
    sign_in(client)
    with house.db.transaction() as session:
        session.execute(update(UserSession).values(expires_at=clock.now() - timedelta(seconds=1)))

    assert client.get("/consultas").status_code == 303


def test_looking_at_pages_keeps_a_session_alive(client: FlaskClient, desk: Desk, house: House) -> None:
    sign_in(client)
    before = clock.now() - timedelta(hours=7)
    with house.db.transaction() as session:
        session.execute(update(UserSession).values(seen_at=before))
    client.get("/consultas")

    with house.db.reading() as session:
        assert session.scalars(select(UserSession.seen_at)).one() > before + timedelta(hours=6)


def test_the_cookie_is_for_https_only_and_closed_to_scripts(client: FlaskClient, desk: Desk) -> None:
    form = {"email": ROSA, "password": PASSWORD, "csrf_token": token(client, "/entrar")}
    answer = client.post("/entrar", data=form, headers={"Referer": HOME})

    cookie = answer.headers["Set-Cookie"]
    assert {"Secure", "HttpOnly", "SameSite=Lax"} <= set(cookie.split("; "))


def test_nobody_is_sent_elsewhere_after_signing_in(client: FlaskClient, desk: Desk) -> None:
    for elsewhere in ("https://malo.example/", "//malo.example/", "/\\malo.example", "javascript:alert(1)"):
        form = {"email": ROSA, "password": PASSWORD, "csrf_token": token(client, "/entrar"), "siguiente": elsewhere}
        answer = client.post("/entrar", data=form, headers={"Referer": HOME})

        assert answer.headers["Location"] == "/consultas"
        post(client, "/salir", {})


def test_one_is_taken_back_to_the_page_that_was_asked_for(client: FlaskClient, desk: Desk) -> None:
    form = {"email": ROSA, "password": PASSWORD, "csrf_token": token(client, "/entrar"), "siguiente": "/cuenta"}

    assert client.post("/entrar", data=form, headers={"Referer": HOME}).headers["Location"] == "/cuenta"


def test_an_invitation_sets_the_password_once(client: FlaskClient, house: House) -> None:
    with house.db.transaction() as session:
        _user, word = people.invite(
            session, name="Ana Gil", email="ana@mesa.example", role=Role.TECHNICIAN, now=clock.now()
        )
    path = f"/invitacion/{word}"
    form = {"password": "tres palabras sueltas", "again": "tres palabras sueltas", "csrf_token": token(client, path)}
    first = client.post(path, data=form, headers={"Referer": HOME})

    assert first.status_code == 303
    assert client.get("/consultas").status_code == 200
    assert client.get(path).status_code == 404


def test_an_easy_password_is_not_taken(client: FlaskClient, house: House) -> None:
    with house.db.transaction() as session:
        _user, word = people.invite(
            session, name="Ana Gil", email="ana@mesa.example", role=Role.TECHNICIAN, now=clock.now()
        )
    path = f"/invitacion/{word}"
    form = {"password": "corta", "again": "corta", "csrf_token": token(client, path)}

    assert client.post(path, data=form, headers={"Referer": HOME}).status_code == 422
    assert client.get(path).status_code == 200


def test_a_new_password_ends_the_other_sessions(client: FlaskClient, other: FlaskClient, desk: Desk) -> None:
    sign_in(client)
    sign_in(other)
    form = {"old": PASSWORD, "password": "otra frase distinta", "again": "otra frase distinta"}
    assert post(client, "/cuenta/contrasena", form).status_code == 303

    assert client.get("/consultas").status_code == 200
    assert other.get("/consultas").status_code == 303


def test_a_session_can_be_ended_from_another(client: FlaskClient, other: FlaskClient, desk: Desk, house: House) -> None:
    sign_in(other)
    sign_in(client)
    with house.db.reading() as session:
        older = session.scalars(select(UserSession.id).order_by(UserSession.id)).first()
    post(client, f"/cuenta/sesiones/{older}/cerrar", {})

    assert other.get("/consultas").status_code == 303
    assert client.get("/consultas").status_code == 200


def test_nobody_ends_the_session_of_somebody_else(
    client: FlaskClient, other: FlaskClient, desk: Desk, house: House
) -> None:
    sign_in(other, "tomas@mesa.example")
    sign_in(client)
    with house.db.reading() as session:
        his = session.scalars(select(UserSession.id).order_by(UserSession.id)).first()
    post(client, f"/cuenta/sesiones/{his}/cerrar", {})

    assert other.get("/consultas").status_code == 200


def test_somebody_who_was_stopped_is_out_at_once(client: FlaskClient, desk: Desk, house: House) -> None:
    sign_in(client)
    with house.db.transaction() as session:
        session.execute(update(User).where(User.email == ROSA).values(active=False))

    assert client.get("/consultas").status_code == 303


def test_theme_and_shortcuts_are_kept(rosa: FlaskClient) -> None:
    post(rosa, "/cuenta", {"theme": "dark"})
    page = rosa.get("/consultas").text

    assert 'data-bs-theme="dark"' in page
    assert 'data-shortcuts="off"' in page
    assert "aria-keyshortcuts" not in page
