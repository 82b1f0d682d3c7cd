"""The public help: search, topics, articles, films."""

from flask.testing import FlaskClient
from sqlalchemy import select

from app.desk import books
from app.house import House
from app.models.book import ArticleRow, Counter
from app.web.article_html import fill, rich
from app.web.highlighting import Piece, marked
from app.web.public_words import length
from tests.app.web_outer.people import token_of


def test_the_first_page_shows_what_most_people_ask_and_whether_somebody_is_there(client: FlaskClient) -> None:
    page = client.get("/").text

    assert "No se ha podido conectar con AutoFirma" in page
    assert "Ahora está" in page
    assert "De lunes a viernes, de 8:00 a 15:00, excepto festivos." in page


def test_a_search_finds_the_article_and_marks_the_words(client: FlaskClient) -> None:
    page = client.get("/buscar?q=no+me+conecta+autofirma").text

    assert page.index("No se ha podido") < page.index("AutoFirma</mark> en")
    assert "<mark>conectar</mark>" in page


def test_a_search_while_typing_gets_only_the_list(client: FlaskClient) -> None:
    page = client.get("/buscar?q=certificado", headers={"HX-Request": "true"}).text

    assert "<html" not in page
    assert '<ol class="asked">' in page


def test_a_search_without_hits_says_what_helps(client: FlaskClient) -> None:
    page = client.get("/buscar?q=%E2%98%83").text

    assert "No hemos encontrado nada" in page


def test_what_was_looked_for_is_shown_as_text_and_never_as_html(client: FlaskClient) -> None:
    assert "<script>x" not in client.get("/buscar?q=<script>x</script>").text


def test_every_topic_with_articles_has_its_page(client: FlaskClient) -> None:
    assert "Instalar o actualizar AutoFirma" in client.get("/temas/autofirma").text
    assert client.get("/temas/nada").status_code == 404


def test_the_short_address_leads_to_the_article_at_its_second(client: FlaskClient) -> None:
    answer = client.get("/19?t=42")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/ayuda/autofirma-no-conecta?t=42")


def test_a_number_that_no_article_has_is_not_found(client: FlaskClient) -> None:
    assert client.get("/99999").status_code == 404


def test_an_article_says_that_asking_is_no_filing(client: FlaskClient) -> None:
    page = client.get("/ayuda/autofirma-no-conecta").text

    assert "Preguntar aquí no es presentar un escrito." in page
    assert "{{" not in page


def test_whether_an_article_helped_is_counted(client: FlaskClient, house: House) -> None:
    token = token_of(client, "/ayuda/autofirma-no-conecta")
    client.post("/ayuda/autofirma-no-conecta/util", data={"util": "si", "csrf_token": token})

    with house.db.reading() as session:
        counted = session.scalar(select(Counter.count).where(Counter.name == "article_yes:autofirma-no-conecta"))
    assert counted == 1


def test_every_published_article_opens(client: FlaskClient, house: House) -> None:
    with house.db.reading() as session:
        slugs = session.scalars(select(ArticleRow.slug)).all()

    assert len(slugs) >= 15
    assert [slug for slug in slugs if client.get(f"/ayuda/{slug}").status_code != 200] == []


def test_an_article_with_html_in_it_shows_no_html_of_strangers(client: FlaskClient, house: House) -> None:
    with house.db.transaction() as session:
        row = session.scalars(select(ArticleRow).where(ArticleRow.number == 19)).one()
        row.source += "\n## Más\n<script>alert(1)</script> [pulse](javascript:alert(1)) [bien](https://example.es)\n"
        books.touch(session)
    page = client.get("/ayuda/autofirma-no-conecta").text

    assert "<script>alert" not in page
    assert 'href="javascript' not in page
    assert 'href="https://example.es"' in page


def test_films_outside_their_folder_are_not_served(client: FlaskClient) -> None:
    assert client.get("/videos/../province.toml").status_code == 404
    assert client.get("/videos/%2e%2e/province.toml").status_code == 404


def test_words_of_the_same_stem_are_marked() -> None:
    assert marked("No conecta con AutoFirma", "conectar autofirma") == (
        Piece(text="No "),
        Piece(text="conecta", marked=True),
        Piece(text=" con "),
        Piece(text="AutoFirma", marked=True),
    )


def test_an_article_names_the_town_hall_of_whoever_reads_if_it_is_known(house: House) -> None:
    shelf = house.books.current()
    told = "Entre en la sede ({{sede_url}}). {{ayuntamiento}}: {{telefono}}."

    assert fill(told, shelf) == "Entre en la sede."
    assert fill("Pregunte en {{ayuntamiento}}", shelf, "40041") == "Pregunte en Ayuntamiento de Cantimpalos"


def test_markdown_becomes_paragraphs_and_lists() -> None:
    assert str(rich("Uno.\n\n- dos\n- **tres**")).replace("\n", "") == (
        "<p>Uno.</p><ul><li>dos</li><li><strong>tres</strong></li></ul>"
    )


def test_the_length_of_a_film_is_said_in_words() -> None:
    assert [length(45), length(120), length(220)] == ["45\u00a0s", "2\u00a0min", "3\u00a0min\u00a040\u00a0s"]
