"""A desk with people and enquiries, for the tests of its pages; and one that really listens, for a browser."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from app import clock
from app.house import House
from app.models.people import User
from app.models.ticket import Ticket
from tests.app.web_desk import morning
from tests.app.web_desk.scenes import sign_in
from tests.app_fixtures import environ, raised


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


@pytest.fixture
def desk(house: House) -> Desk:
    """A morning on the application of this test."""
    return furnish(house)


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
def listening(desk_url: str, tmp_path: Path) -> Iterator[Listening]:
    """The same morning, served on a free port."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    app = raised(environ(desk_url, tmp_path / "data", PUBLIC_URL=url, PORT=str(port)))
    house: House = app.extensions["ventanilla"]
    desk = furnish(house)
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Listening(url=url, house=house, desk=desk)
    server.shutdown()
    thread.join(timeout=10)
    server.server_close()
    house.db.close()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    return port
