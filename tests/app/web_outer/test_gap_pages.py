"""«Lo que nos falta» as supervisors see it."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.house import House
from app.models.book import ArticleRow, ArticleStatus
from app.models.knowledge import Gap
from app.models.people import Role
from tests.app.web_outer.people import sign_in, token_of, worker


@pytest.fixture
def supervisor(client: FlaskClient, house: House) -> FlaskClient:
    with house.db.transaction() as session:
        worker(session, role=Role.SUPERVISOR)
    sign_in(client)
    return client


def gap(house: House) -> Gap:
    with house.db.reading() as session:
        return session.scalars(select(Gap)).one()


def test_a_whole_search_in_vain_is_listed_and_one_while_typing_is_not(supervisor: FlaskClient, house: House) -> None:
    supervisor.get("/buscar?q=zxqv+wkjh", headers={"HX-Request": "true"})
    supervisor.get("/buscar?q=zxqvw+wkjhz")
    supervisor.get("/buscar?q=no+me+conecta+autofirma")

    assert gap(house).asked == "zxqvw wkjhz"
    assert "zxqvw wkjhz" in supervisor.get("/conocimiento/faltan").text


def test_a_draft_begins_with_the_question(supervisor: FlaskClient, house: House) -> None:
    supervisor.get("/buscar?q=zxqvw+wkjhz")
    path = f"/conocimiento/faltan/{gap(house).id}/articulo"
    answer = supervisor.post(path, data={"csrf_token": token_of(supervisor, "/conocimiento/faltan")})
    with house.db.reading() as session:
        row = session.scalars(select(ArticleRow).where(ArticleRow.slug == "zxqvw-wkjhz")).one()

    assert answer.headers["Location"] == "/conocimiento/zxqvw-wkjhz/es"
    assert (row.status, "- zxqvw wkjhz" in row.source) == (ArticleStatus.DRAFT, True)
    assert "Nadie ha buscado en vano." in supervisor.get("/conocimiento/faltan").text
