"""The films of the articles, also of articles that live in rows."""

from app.house import House


def test_an_article_kept_as_a_row_shows_the_film_made_from_its_steps(house: House) -> None:
    shelf = house.books.current().shelf
    article = shelf.get("autofirma-no-conecta")

    assert article is not None and article.video is not None
    assert article.video.duration and shelf.said("autofirma-no-conecta")
