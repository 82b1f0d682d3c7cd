"""Signing in with the house's own account, against a real provider: who gets in, and what is not believed."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import RSAKey
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from app import clock
from app.cli import doctor
from app.desk import desk_settings, totp, two_factor
from app.errors import ConfigError
from app.house import House
from app.models.people import User
from app.oidc import Provider as Door
from tests.app.web_desk.conftest import Desk
from tests.app.web_desk.scenes import HOME, PASSWORD, sign_in, token
from tests.app_fixtures import PUBLIC_URL, environ, raised
from tests.servers import oidc
from tests.servers.oidc import Person, Provider

pytestmark = pytest.mark.slow
ROSA, BACK = "rosa@mesa.example", "/entrar/entidad/vuelta"


@pytest.fixture(scope="module")
def provider_of_module(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    with oidc.running(tmp_path_factory.mktemp("oidc"), PUBLIC_URL + BACK) as found:
        yield found


@pytest.fixture
def provider(provider_of_module: Provider) -> Provider:
    """The provider with Rosa signed in."""
    found = provider_of_module
    found.person, found.nonce, found.issued_by, found.sign_with = Person(), None, found.issuer, found.key
    return found


@pytest.fixture
def app(desk_url: str, tmp_path: Path, provider: Provider) -> Iterator[Flask]:
    """A desk of which this is the provider."""
    built = raised(environ(desk_url, tmp_path / "data", **provider.environ))
    yield built
    built.extensions["ventanilla"].db.close()


def go(client: FlaskClient, provider: Provider, start: str = "/entrar/entidad") -> str:
    """Go to the provider as a browser does; the address that it sends the browser back to."""
    away = client.get(start)
    assert away.status_code == 302, away.text[:300]
    answer = requests.get(away.headers["Location"], verify=str(provider.authority), allow_redirects=False, timeout=10)
    return answer.headers["Location"].removeprefix(PUBLIC_URL)


def enter(client: FlaskClient, provider: Provider) -> TestResponse:
    return client.get(go(client, provider))


def inside(client: FlaskClient) -> bool:
    return client.get("/consultas").status_code == 200


def test_who_has_the_verified_address_gets_in_and_is_known_by_her_subject_afterwards(
    client: FlaskClient, desk: Desk, provider: Provider, app: Flask
) -> None:
    first = enter(client, provider)
    provider.person = Person(email="rosa.casada@mesa.example")
    later = app.test_client()
    enter(later, provider)

    assert first.status_code == 303 and inside(client) and inside(later)


def test_the_page_offers_it_and_the_way_out_asks_for_code_nonce_and_challenge(
    client: FlaskClient, desk: Desk, provider: Provider
) -> None:
    page = client.get("/entrar").text
    asked = parse_qs(urlsplit(client.get("/entrar/entidad").headers["Location"]).query)

    assert "Entrar con la cuenta corporativa (" in page
    assert asked["response_type"] == ["code"] and asked["code_challenge_method"] == ["S256"]
    assert len(asked["state"][0]) >= 20 and len(asked["nonce"][0]) >= 20


@pytest.mark.parametrize(
    "person",
    [
        Person(email="nadie@mesa.example"),
        Person(verified=False),
    ],
    ids=["unknown", "unverified"],
)
def test_whom_the_desk_does_not_know_stays_out(
    client: FlaskClient, desk: Desk, provider: Provider, person: Person
) -> None:
    provider.person = person
    answer = enter(client, provider)

    assert answer.status_code == 403 and "nadie la ha dado de alta" in answer.text
    assert not inside(client)


def test_an_address_that_passed_to_another_person_does_not_open_the_old_account(
    client: FlaskClient, desk: Desk, provider: Provider, app: Flask
) -> None:
    enter(client, provider)
    provider.person = Person(sub="otra-persona")
    other = app.test_client()

    assert enter(other, provider).status_code == 403 and not inside(other)


def test_somebody_who_was_stopped_stays_out(client: FlaskClient, desk: Desk, provider: Provider, house: House) -> None:
    with house.db.transaction() as session:
        session.execute(update(User).where(User.email == ROSA).values(active=False))

    assert enter(client, provider).status_code == 403


def forged_state(address: str, provider: Provider) -> str:
    return address.replace("state=", "state=x")


def other_nonce(address: str, provider: Provider) -> str:
    provider.nonce = "otro"
    return address


def other_issuer(address: str, provider: Provider) -> str:
    provider.issued_by = "https://otro.example"
    return address


def other_key(address: str, provider: Provider) -> str:
    provider.sign_with = RSAKey.generate_key(2048, private=True)
    return address


def refused(address: str, provider: Provider) -> str:
    return f"{BACK}?error=access_denied&state={parse_qs(urlsplit(address).query)['state'][0]}"


@pytest.mark.parametrize("change", [forged_state, other_nonce, other_issuer, other_key, refused])
def test_what_does_not_prove_it_is_not_believed(
    client: FlaskClient, desk: Desk, provider: Provider, change: object
) -> None:
    address = go(client, provider)
    assert callable(change)
    answer = client.get(change(address, provider))

    assert answer.status_code == 400 and "no ha confirmado" in answer.text
    assert not inside(client)


def test_the_way_back_is_good_once_and_in_the_same_browser(
    client: FlaskClient, desk: Desk, provider: Provider, app: Flask
) -> None:
    address = go(client, provider)
    stranger = app.test_client()

    assert stranger.get(address).status_code == 400 and not inside(stranger)
    assert client.get(address).status_code == 303
    assert client.get(address).status_code == 400


def test_new_keys_of_the_provider_are_fetched(client: FlaskClient, desk: Desk, provider: Provider, app: Flask) -> None:
    enter(client, provider)
    provider.turn_keys()
    later = app.test_client()
    enter(later, provider)

    assert inside(later)


def test_a_second_step_is_asked_for_unless_the_provider_has_asked_for_two(
    client: FlaskClient, desk: Desk, provider: Provider, house: House, app: Flask
) -> None:
    with house.db.transaction() as session:
        rosa = session.scalars(select(User).where(User.email == ROSA)).one()
        word, now = totp.secret(), clock.now()
        two_factor.set_up(
            session, rosa, secret=word, typed=totp.code(word, int(now.timestamp()) // 30), keys=("k",), now=now
        )
    weak = enter(client, provider)
    provider.person = Person(amr=["pwd", "mfa"])
    strong = app.test_client()
    enter(strong, provider)

    assert weak.headers["Location"] == "/entrar/codigo" and not inside(client)
    assert inside(strong)


def test_a_role_that_must_have_a_second_step_sets_it_up_unless_the_provider_asked_for_two(
    client: FlaskClient, desk: Desk, provider: Provider, house: House, app: Flask
) -> None:
    with house.db.transaction() as session:
        desk_settings.put(session, two_factor.ROLES, ["technician"], now=clock.now())
    house.books.forget()
    enter(client, provider)
    provider.person = Person(amr=["mfa"])
    strong = app.test_client()
    enter(strong, provider)

    assert client.get("/consultas").headers["Location"] == "/cuenta/segundo-paso"
    assert inside(strong)


def test_a_password_alone_does_not_set_up_the_second_step_of_an_account_joined_to_the_provider(
    client: FlaskClient, desk: Desk, provider: Provider, house: House, app: Flask
) -> None:
    provider.person = Person(amr=["mfa"])
    enter(client, provider)
    with house.db.transaction() as session:
        desk_settings.put(session, two_factor.ROLES, ["technician"], now=clock.now())
    house.books.forget()
    thief = app.test_client()
    form = {"email": "rosa@mesa.example", "password": PASSWORD, "csrf_token": token(thief, "/entrar")}
    answer = thief.post("/entrar", data=form, headers={"Referer": HOME})

    assert inside(client) and answer.status_code == 403 and not inside(thief)


def test_an_account_without_a_verified_address_is_joined_from_inside(
    client: FlaskClient, desk: Desk, provider: Provider, app: Flask, house: House
) -> None:
    provider.person = Person(sub="sin-correo", verified=False)
    sign_in(client)
    link = client.get("/cuenta").text.split('href="/cuenta/entidad?', 1)[1].split('"', 1)[0]
    client.get(go(client, provider, f"/cuenta/entidad?{link}"))
    later = app.test_client()
    enter(later, provider)

    assert inside(later)
    assert client.get("/cuenta/entidad", headers={"Referer": HOME}).status_code == 400


def test_a_provider_that_is_away_is_told_and_the_password_still_opens(
    desk_url: str, tmp_path: Path, desk: Desk, provider: Provider
) -> None:
    app = raised(environ(desk_url, tmp_path / "data", **provider.environ | {"OIDC_ISSUER": "http://127.0.0.1:9"}))
    client = app.test_client()
    answer = client.get("/entrar/entidad")
    ill = [one.name for one in doctor.look(app.extensions["ventanilla"]) if not one.well]
    sign_in(client)

    assert answer.status_code == 503 and "no responde" in answer.text
    assert "cuenta de la entidad" in ill and inside(client)
    app.extensions["ventanilla"].db.close()


@pytest.mark.parametrize("name", ["OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "HTTPS_PROXY"])
def test_a_wrong_setting_stops_the_start_by_its_name(name: str, provider: Provider) -> None:
    wrong = {"OIDC_ISSUER": "http://identidad.example.es", "HTTPS_PROXY": "proxy:8080"}.get(name, "")

    with pytest.raises(ConfigError, match=name):
        Door.from_env(provider.environ | {name: wrong})
