"""An article that says something else for the sedes of one supplier, as citizens and supervisors meet it."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.desk import books, sedes
from app.desk.answering import choose
from app.desk.article_checks import faults
from app.house import House
from app.models.book import ArticleRow
from app.models.people import Role
from app.models.place import TownHall
from kb.article import read
from tests.app.desk.test_automatic_answers import LINKS, OPEN, SURE, case, found
from tests.app.web_outer.people import sign_in, token_of, worker

PATH, SLUG = "/ayuda/autofirma-no-conecta", "autofirma-no-conecta"
ON_GESTIONA, ELSEWHERE, UNKNOWN = "40001", "40194", "40002"
VARIED = """---
title: No conecta
number: 19
category: autofirma
questions: [no conecta]
---
Para {{ayuntamiento}}.

## Pasos
1. Busque su trámite.

## Pasos {esPublico Gestiona}
1. Pulse «Catálogo de trámites».
"""


@pytest.fixture
def varied(house: House) -> House:
    with house.db.transaction() as session:
        session.execute(update(ArticleRow).where(ArticleRow.number == 19).values(source=VARIED))
        books.touch(session)
    house.books.forget()
    return house


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("", "Busque su trámite."),
        (f"?m={ON_GESTIONA}", "Pulse «Catálogo de trámites»."),
        (f"?m={ELSEWHERE}", "Busque su trámite."),
        (f"?m={UNKNOWN}", "Busque su trámite."),
        ("?sede=esPublico+Gestiona", "Pulse «Catálogo de trámites»."),
        ("?m=nada&sede=nadie", "Busque su trámite."),
    ],
)
def test_the_page_shows_the_steps_of_the_readers_sede(
    varied: House, client: FlaskClient, asked: str, first: str
) -> None:
    page = client.get(PATH + asked).text

    assert first in page and ("Busque su" in page) != ("Pulse «Catálogo" in page)
    assert "{esPublico" not in page


def test_whoever_does_not_say_where_they_live_can_choose_by_the_address_of_their_sede(
    varied: House, client: FlaskClient
) -> None:
    page = client.get(PATH).text

    assert "Termina en «sedelectronica.es»" in page and "sede=esPublico+Gestiona" in page
    assert "Los de abajo son los de la sede de Abades." in client.get(f"{PATH}?m={ON_GESTIONA}").text


def test_the_short_address_keeps_the_town_hall(client: FlaskClient) -> None:
    assert client.get(f"/19?t=4&m={ON_GESTIONA}").headers["Location"] == f"{PATH}?t=4&m={ON_GESTIONA}"


def test_the_register_knows_better_than_the_address(varied: House) -> None:
    with varied.db.transaction() as session:
        session.execute(update(TownHall).where(TownHall.code == ELSEWHERE).values(supplier="esPublico Gestiona"))
        books.touch(session)
    varied.books.forget()

    assert sedes.supplier(varied.books.current(), ELSEWHERE) == "esPublico Gestiona"


def test_an_automatic_answer_has_the_steps_of_the_sede_and_a_link_that_knows_it(varied: House) -> None:
    shelf = varied.books.current()
    verdict = replace(SURE, town_hall=ON_GESTIONA)
    (say,) = choose(case(), verdict, found(shelf, SLUG), shelf, links=LINKS, now=OPEN).says

    assert "1. Pulse «Catálogo de trámites»." in say.text and "Busque" not in say.text
    assert f"https://consultas.example.es/19?t=42&m={ON_GESTIONA}" in say.text


def test_an_automatic_answer_to_somebody_of_we_do_not_know_where_is_general(varied: House) -> None:
    shelf = varied.books.current()
    (say,) = choose(case(), SURE, found(shelf, SLUG), shelf, links=LINKS, now=OPEN).says

    assert "1. Busque su trámite." in say.text and "?m=" not in say.text


def test_the_editor_previews_each_sede_and_keeps_the_variant(client: FlaskClient, varied: House) -> None:
    with varied.db.transaction() as session:
        worker(session, role=Role.SUPERVISOR)
    sign_in(client)
    at = f"/conocimiento/{SLUG}/es"
    typed = {"title": "X", "number": "19", "category": "autofirma", "csrf_token": token_of(client, at)}
    body = VARIED.split("---\n")[2]
    shown = [
        client.post(at + "/vista", data={**typed, "body": body, **more}).text
        for more in ({}, {"municipio": ON_GESTIONA}, {"proveedor": "esPublico Gestiona"})
    ]
    client.post(at, data={**typed, "body": body, "hacer": "publicar"})
    with varied.db.reading() as session:
        kept = session.scalars(select(ArticleRow.source).where(ArticleRow.number == 19)).one()

    assert ["Catálogo" in page for page in shown] == [False, True, True]
    assert read(kept, slug=SLUG, language="es").suppliers == ("esPublico Gestiona",)


def test_a_supplier_that_nobody_has_is_a_fault(varied: House) -> None:
    article = read(VARIED, slug=SLUG, language="es")
    shelf = varied.books.current().shelf

    assert faults(article, shelf, (), broken={}, suppliers=["espublico gestiona"]) == []
    assert "«esPublico Gestiona»" in faults(article, shelf, (), broken={}, suppliers=["Otra"])[0]
