"""«Fiabilidad con nuestros mensajes» as supervisors see it."""

import pytest
from flask.testing import FlaskClient

from app.desk.books import BookCase
from app.house import House
from app.models.arrival import Mode
from app.models.people import Role
from tests.app.web_outer.people import sign_in, token_of, worker

AT = "/conocimiento/fiabilidad"


@pytest.fixture
def supervisor(client: FlaskClient, house: House) -> FlaskClient:
    with house.db.transaction() as session:
        worker(session, role=Role.SUPERVISOR)
    sign_in(client)
    return client


def send(browser: FlaskClient, path: str, **told: str) -> int:
    return browser.post(AT + path, data={**told, "csrf_token": token_of(browser, AT)}).status_code


def test_a_category_is_kept_back_on_one_channel_and_let_go_again(supervisor: FlaskClient, house: House) -> None:
    send(supervisor, "/modos", **{"modo:whatsapp:padron": "propose", "modo:fax:padron": "send"})
    kept = BookCase(house.db, house.config.province_dir).current().modes
    page = supervisor.get(AT).text
    send(supervisor, "/modos", **{"modo:whatsapp:padron": ""})

    assert kept == {"whatsapp:padron": Mode.PROPOSE}
    assert '<option value="propose" selected>' in page and "Faltan 50 casos" in page
    assert BookCase(house.db, house.config.province_dir).current().modes == {}


def test_a_mode_that_nobody_knows_is_refused(supervisor: FlaskClient) -> None:
    assert send(supervisor, "/modos", **{"modo:whatsapp:padron": "always"}) == 422


def test_everything_stops_and_goes_on_with_one_button(supervisor: FlaskClient, house: House) -> None:
    told = []
    for word in ("si", "no"):
        send(supervisor, "/parada", parar=word)
        told.append(BookCase(house.db, house.config.province_dir).current().settings["kill_switch"])

    assert told == [True, False]
