"""A desk with some history for those who keep it: enquiries with words, files and an answer."""

from collections.abc import Iterator

import pytest

from tests.app.desk.conftest import books, desk, shelf_of_books
from tests.app.desk.scenes import CONFUSED, Desk, form, mail
from tests.servers.postgres import Postgres

__all__ = ["books", "desk", "shelf_of_books"]

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


def with_file(raw: bytes) -> bytes:
    """A mail with a picture in it."""
    from email import message_from_bytes
    from email.message import EmailMessage
    from email.policy import default

    made = message_from_bytes(raw, policy=default)
    assert isinstance(made, EmailMessage)
    made.add_attachment(PNG, maintype="image", subtype="png", filename="error de Ana.png")
    return made.as_bytes()


@pytest.fixture
def lived_in(desk: Desk) -> Desk:
    """A desk that has heard a few people."""
    desk.hear(form("SM1", CONFUSED), form("SM2", "2"), with_file(mail("Mi certificado caduca: ñandú €")))
    desk.hear(form("SM3", "otra persona con su zarigüeya", sender="+34600999888"))
    return desk


@pytest.fixture
def empty_server(request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty PostgreSQL database, whatever this run is on."""
    postgres: Postgres = request.getfixturevalue("postgres")
    url = postgres.create_database()
    yield url
    postgres.drop_database(url)
