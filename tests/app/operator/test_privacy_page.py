"""The administrator's page about people's own data."""

from io import BytesIO
from zipfile import ZipFile

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app import clock, jobs
from app.desk import retention
from app.house import House
from app.models.arrival import ArrivalKind
from app.models.ledger import Erasure
from app.models.message import Message
from app.models.people import Identity, Role
from tests.app.desk.scenes import form
from tests.app.web_outer.people import sign_in, token_of, worker
from tests.app_fixtures import NUMBER

HERE = "/ajustes/privacidad"


@pytest.fixture
def admin(client: FlaskClient, house: House) -> FlaskClient:
    with house.db.transaction() as session:
        worker(session, role=Role.ADMIN)
    jobs.take_in(house, "whatsapp", NUMBER, [form("SM1", "mi zarigüeya", ProfileName="Ana Ríos")], ArrivalKind.PUSHED)
    jobs.file(house)
    sign_in(client)
    return client


def send(browser: FlaskClient, path: str, **told: str) -> tuple[int, str]:
    answer = browser.post(f"{HERE}{path}", data={**told, "csrf_token": token_of(browser, HERE)})
    return answer.status_code, answer.text


def ana(house: House) -> str:
    with house.db.reading() as session:
        return str(session.scalars(select(Identity.contact_id)).one())


def test_a_person_is_found_looked_over_handed_over_and_erased(admin: FlaskClient, house: House) -> None:
    contact = ana(house)
    _, found = send(admin, "/buscar", quien="ana ríos")
    review = admin.get(f"{HERE}/revisar?ficha={contact}").text
    with admin.get(f"{HERE}/datos.zip?ficha={contact}") as archive:
        told = ZipFile(BytesIO(archive.data)).read("datos.json").decode()
    done, _ = send(admin, "/borrar", ficha=contact, motivo="lo pide", seguro="on")
    with house.db.reading() as session:
        texts = set(session.scalars(select(Message.text)))
        entry = session.scalars(select(Erasure)).one()

    assert f'name="ficha" value="{contact}"' in found and "1 mensaje" in review and "zarigüeya" in told
    assert archive.headers["Cache-Control"] == "no-store"
    assert (done, texts, entry.because, entry.by_id is not None) == (303, {""}, "lo pide", True)


def test_nothing_is_erased_without_the_tick_and_a_reason(admin: FlaskClient, house: House) -> None:
    contact = ana(house)
    statuses = [
        send(admin, "/borrar", ficha=contact, motivo="lo pide")[0],
        send(admin, "/borrar", ficha=contact, motivo=" ", seguro="on")[0],
        send(admin, "/borrar", motivo="lo pide", seguro="on")[0],
        send(admin, "/borrar", ficha="1 or 1", motivo="lo pide", seguro="on")[0],
    ]
    with house.db.reading() as session:
        texts = list(session.scalars(select(Message.text)))

    assert statuses == [303, 422, 400, 400] and "mi zarigüeya" in texts


def test_terms_come_and_go(admin: FlaskClient, house: House) -> None:
    send(admin, "/plazos", canal="whatsapp", categoria="*", dias="365")
    send(admin, "/plazos", canal="*", categoria="autofirma", dias="90")
    page = admin.get(HERE).text
    send(admin, "/plazos", canal="*", categoria="autofirma")
    refused = send(admin, "/plazos", canal="*", categoria="*", dias="3")[0]
    with house.db.reading() as session:
        left = retention.terms(session)
        due = retention.count(session, left, now=clock.now())

    assert "365 días" in page and "AutoFirma" in page and "0 consultas" in page
    assert (left, refused, due) == ({"whatsapp/*": 365}, 422, 0)


def test_whoever_is_not_found_is_said_not_to_be(admin: FlaskClient) -> None:
    assert "No hay nada de esa persona." in send(admin, "/buscar", quien="Nadie Deninguna")[1]


@pytest.mark.parametrize("role", [Role.TECHNICIAN, Role.SUPERVISOR])
def test_only_an_administrator_may_come_in(client: FlaskClient, house: House, role: Role) -> None:
    with house.db.transaction() as session:
        worker(session, role=role)
    sign_in(client)

    assert {client.get(f"{HERE}{path}?ficha=1").status_code for path in ("", "/revisar", "/datos.zip")} == {403}
