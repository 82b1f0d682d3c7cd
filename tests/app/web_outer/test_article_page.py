"""What an article's page shows of its text."""

from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from app.desk import books
from app.desk.article_checks import outdated
from app.house import House
from app.models.book import ArticleRow
from app.models.place import TownHall
from app.web.article_sections import lay
from kb.article import read
from kb.captions import Cue

HEAD = "---\ntitle: Uno\nnumber: 7\ncategory: dnie\n---\n"
BODY = """Para {{ayuntamiento}}.

## Pasos
1. Pulse **Enviar**.
2. Espere.

## Qué puede fallar
- «403 - Forbidden: Access is denied»: cierre el navegador.
- En {{ayuntamiento}} sale en blanco: espere.
- Se apaga solo.

## Quién lleva cada asunto
- Renta: Agencia Tributaria.

## Cuándo darse prisa
Hoy.
"""


def test_troubles_keep_their_messages_whole_and_none_is_lost(house: House) -> None:
    article = read(HEAD + BODY, slug="uno", language="es")
    laid = lay(article, house.books.current(), hall="40041")

    assert [(one.what, str(one.then) if one.then else None) for one in laid.wrongs] == [
        ("«403 - Forbidden: Access is denied»", "Cierre el navegador."),
        ("En Ayuntamiento de Cantimpalos sale en blanco", "Espere."),
        ("Se apaga solo", None),
    ]


def test_the_town_halls_own_codes_stand_where_the_article_leaves_room_for_them(
    house: House, client: FlaskClient
) -> None:
    with house.db.transaction() as session:
        session.execute(update(TownHall).where(TownHall.code == "40041").values(dir3="L01400412"))
        told = HEAD.replace("number: 7", "number: 19") + "Ponga {{dir3}}.\n\n1. Uno\n"
        session.execute(update(ArticleRow).where(ArticleRow.number == 19).values(source=told))
        books.touch(session)
    house.books.forget()

    assert "Ponga L01400412." in client.get("/ayuda/autofirma-no-conecta?m=40041").text
    assert "Ponga los códigos DIR3 de su ayuntamiento." in client.get("/ayuda/autofirma-no-conecta").text


def test_a_list_of_something_else_is_no_trouble_and_haste_is_marked(house: House) -> None:
    laid = lay(read(HEAD + BODY, slug="uno", language="es"), house.books.current())

    assert [(part.heading, part.hurry) for part in laid.parts] == [
        ("Quién lleva cada asunto", False),
        ("Cuándo darse prisa", True),
    ]


def test_steps_know_the_second_of_the_film_that_says_them(house: House) -> None:
    cues = (Cue(start=0, end=4, text="Uno"), Cue(start=4.2, end=9, text="Pulse Enviar."))
    laid = lay(read(HEAD + BODY, slug="uno", language="es"), house.books.current(), cues=cues)

    assert [step.moment for step in laid.steps] == [4, None]


def test_a_film_has_captions_chapters_transcript_and_begins_where_the_link_says(client: FlaskClient) -> None:
    page = client.get("/ayuda/autofirma-no-conecta?t=12").text
    chapters = page.split('<ol class="chapters">')[1].split("</ol>")[0]
    transcript = page.split('<ol class="cues"')[1].split("</ol>")[0]

    assert 'poster="/videos/autofirma-no-conecta.jpg"' in page
    assert '<track kind="captions"' in page and "autofirma-no-conecta.mp4#t=12" in page and 'data-start="12"' in page
    assert chapters.count("data-at=") == 6 and transcript.count("data-at=") == 8
    assert transcript.count('aria-current="true"') == 1


@pytest.mark.parametrize(
    ("reviewed", "due"), [("", True), ("reviewed: 2025-11-01\n", True), ("reviewed: 2026-01-10\n", False)]
)
def test_an_article_is_due_for_review_after_a_year_or_when_nobody_ever_did(reviewed: str, due: bool) -> None:
    article = read(HEAD.replace("category", f"{reviewed}category") + BODY, slug="uno", language="es")

    assert outdated(article, date(2026, 11, 30)) is due


def test_every_article_says_how_to_hurry_and_that_asking_is_no_filing(house: House) -> None:
    lacking = [
        one.slug
        for one in house.books.current().shelf
        if not any(
            part.hurry and "no es presentar un escrito" in part.body for part in lay(one, house.books.current()).parts
        )
    ]

    assert lacking == []
