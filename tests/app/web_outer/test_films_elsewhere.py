"""Films that lie elsewhere: nothing is asked of their hosts before the reader asks for them."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.desk import books
from app.house import House
from app.models.book import ArticleRow
from app.web.film_embed import player

AT = "/ayuda/autofirma-no-conecta"


def with_film(house: House, address: str) -> None:
    with house.db.transaction() as session:
        row = session.scalars(select(ArticleRow).where(ArticleRow.number == 19)).one()
        row.source = row.source.replace("related:", f"video:\n  address: {address}\nrelated:", 1)
        books.touch(session)


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("https://youtu.be/dQw4w9WgXcQ", "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ"),
        ("https://www.youtube.com/watch?app=desktop&v=dQw4w9WgXcQ&t=4", "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ"),
        ("https://peer.example.es/w/9c9de5e8-0a1e-484a", "https://peer.example.es/videos/embed/9c9de5e8-0a1e-484a"),
        ("https://peer.example.es/videos/watch/9c9de5e8-0a1e-484a", "https://peer.example.es/videos/embed/9c9de5e8-0a1e-484a"),
    ],
)  # fmt: skip
def test_an_address_becomes_a_player_without_cookies_that_begins_at_its_second(address: str, told: str) -> None:
    found = player(address, 42)

    assert found is not None and found.address.startswith(told) and "start=42" in found.address


@pytest.mark.parametrize("address", ["https://example.es/film.html", "https://youtu.be/short", "javascript:alert(1)"])
def test_any_other_address_is_only_linked_to(address: str) -> None:
    assert player(address) is None


def test_nothing_is_loaded_from_elsewhere_before_the_click_and_after_it_only_from_there(
    client: FlaskClient, house: House
) -> None:
    with_film(house, "https://youtu.be/dQw4w9WgXcQ")
    before, after = client.get(AT + "?t=9"), client.get(AT + "?t=9&ver=video")

    assert "<iframe" not in before.text and "www.youtube-nocookie.com. Antes no se le envía nada." in before.text
    assert "frame-src" not in before.headers["Content-Security-Policy"]
    assert "start=9" in after.text and "<iframe" in after.text
    assert after.headers["Content-Security-Policy"].endswith("frame-src https://www.youtube-nocookie.com")
