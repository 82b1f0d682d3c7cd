"""The desk for these tests: seeded, with a server that vouches for senders, and nobody at work but the test."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.desk.books import BookCase, Books
from app.factory import open_house
from tests.app.desk.scenes import AUTHSERV, Desk
from tests.app_fixtures import environ


class Kept(BookCase):
    """Books that stay as they are: every desk of these tests is seeded alike, and building them takes a while."""

    def __init__(self, books: Books) -> None:
        self.books = books

    def current(self, version: int = 0) -> Books:
        """Always the same."""
        return self.books


@pytest.fixture(scope="session")
def shelf_of_books() -> dict[str, Books]:
    """Where the first desk leaves its books for the others."""
    return {}


@pytest.fixture
def desk(desk_url: str, tmp_path: Path, shelf_of_books: dict[str, Books]) -> Iterator[Desk]:
    """A desk with hands."""
    house, _ = open_house(environ(desk_url, tmp_path / "data", MAIL_AUTHSERV_ID=AUTHSERV))
    if "seeded" not in shelf_of_books:
        shelf_of_books["seeded"] = house.books.current()
    yield Desk(replace(house, books=Kept(shelf_of_books["seeded"])))
    house.db.close()


@pytest.fixture
def books(request: pytest.FixtureRequest, shelf_of_books: dict[str, Books]) -> Books:
    """The books of the seeded desk; only the first who asks needs a desk for it."""
    if "seeded" not in shelf_of_books:
        request.getfixturevalue("desk")
    return shelf_of_books["seeded"]
