"""A desk with people and enquiries, for the tests of its pages; and one that really listens, for a browser."""

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import clock
from app.factory import open_house
from app.house import House
from app.models.people import User
from app.models.ticket import Ticket
from tests.app.serving import served
from tests.app.web_desk import morning
from tests.app.web_desk.scenes import sign_in
from tests.app_fixtures import close, environ, raised
from tests.database_fixtures import copied, fresh
from tests.servers.process import free_port


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The people and the enquiries of a morning."""

    who: dict[str, User]
    tickets: list[Ticket]
    talk: Ticket
    mail: Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """A desk that listens on a port of this machine."""

    url: str
    house: House
    desk: Desk


def furnish(house: House) -> Desk:
    """Fill a seeded desk."""
    now, hours = clock.now(), house.books.current().hours
    with house.db.transaction() as session:
        who = morning.people(session, now=now)
        tickets = morning.queue(session, who, now=now, hours=hours)
        talk = morning.long_talk(session, who, now=now, hours=hours)
        mail = morning.mail_talk(session, who, now=now, hours=hours)
    return Desk(who=who, tickets=tickets, talk=talk, mail=mail)


class Mornings:
    """Databases with a morning in them that nobody writes to; a new one each minute, for pages count from now."""

    def __init__(self, blank: Callable[[], str], folder: Path) -> None:
        self._blank, self._folder = blank, folder
        self._made = -math.inf
        self.url: str
        self.desk: Desk

    def current(self) -> "Mornings":
        """Itself, with a morning that is young enough."""
        if time.monotonic() - self._made > 60:
            self.url = self._blank()
            house, _ = open_house(environ(self.url, self._folder))
            self.desk = furnish(house)
            close(house.db)
            self._made = time.monotonic()
        return self


@pytest.fixture(scope="session")
def mornings(request: pytest.FixtureRequest, seeded_mould: str, tmp_path_factory: pytest.TempPathFactory) -> Mornings:
    """Where the tests of the pages copy their morning from."""
    folder, numbers = tmp_path_factory.mktemp("mornings"), count()
    return Mornings(lambda: copied(request, seeded_mould, folder / f"{next(numbers)}.db"), folder / "data")


@pytest.fixture
def desk_url(request: pytest.FixtureRequest, mornings: Mornings, tmp_path: Path) -> Iterator[str]:
    """A database of this test alone, in which it is a busy morning."""
    yield from fresh(request, mornings.current().url, tmp_path / "desk.db")


@pytest.fixture
def desk(house: House, mornings: Mornings) -> Desk:
    """The morning of this test's database."""
    return mornings.desk


@pytest.fixture
def rosa(client: FlaskClient, desk: Desk) -> FlaskClient:
    """A browser in which Rosa, a technician, is signed in."""
    sign_in(client)
    return client


@pytest.fixture
def other(app: Flask) -> FlaskClient:
    """A second browser."""
    return app.test_client()


@pytest.fixture
def listening(desk_url: str, mornings: Mornings, tmp_path: Path) -> Iterator[Listening]:
    """The same morning, served on a free port."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    app = raised(environ(desk_url, tmp_path / "data", PUBLIC_URL=url, PORT=str(port)))
    house: House = app.extensions["ventanilla"]
    with served(app, port):
        yield Listening(url=url, house=house, desk=mornings.desk)
    house.db.close()
