"""A desk for tests: seeded database, house, application, and a session whose work is undone."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy.orm import Session

from app import clock, config
from app.db import Database
from app.desk import seeding
from app.factory import create_app, open_house
from app.house import House
from app.models.arrival import Mode
from tests.database_fixtures import copied, fresh

PUBLIC_URL = "https://consultas.example.es"
ACCOUNT, TOKEN = "AC" + "a" * 32, "token-of-the-tests"
NUMBER, MAILBOX = "+34910000000", "consultas@example.es"


def environ(database_url: str, folder: Path, **more: str) -> dict[str, str]:
    """The settings of a desk whose wires lead nowhere, unless they are told to."""
    return {
        "DATABASE_URL": database_url,
        "DATA_DIR": str(folder),
        "SECRET_KEY": "key-of-the-tests",
        "PUBLIC_URL": PUBLIC_URL,
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_API_URL": "http://127.0.0.1:9",
        "WHATSAPP_FROM": NUMBER,
        "SMTP_URL": "smtp://127.0.0.1:9?tls=no",
        "MAIL_FROM": f"Consultas <{MAILBOX}>",
        "LOG_LEVEL": "ERROR",
        **more,
    }


class Templates(BytecodeCache):
    """Templates as they were compiled by the first application of a run: each would take a second for its own."""

    kept: ClassVar[dict[str, bytes]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


def raised(told: dict[str, str]) -> Flask:
    """The application of these settings, which does not compile its templates anew."""
    app = create_app(told)
    app.jinja_env.bytecode_cache = Templates()
    return app


@pytest.fixture(scope="session")
def seeded_mould(request: pytest.FixtureRequest, migrated_url: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with tables, province and articles that nobody writes to."""
    url = copied(request, migrated_url, tmp_path_factory.mktemp("seeded") / "ventanilla.db")
    seed(url, tmp_path_factory.mktemp("seeding"))
    return url


def seed(url: str, folder: Path) -> None:
    """Fill a database with the province, the articles and a live line for each channel."""
    home, _ = open_house(environ(url, folder))
    with home.db.transaction() as session:
        seeding.seed(session, home.config.province_dir, config.ROOT / "kb" / "articles")
        # A mail says its second only: one of the second in which a line was opened would be older than the line.
        seeding.lines(session, dict(home.channels), mode=Mode.SEND, now=clock.now() - timedelta(minutes=1))
    close(home.db)


def close(db: Database) -> None:
    """Let go of a database so that its file can be copied whole."""
    if db.sqlite:
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()


@pytest.fixture
def desk_url(request: pytest.FixtureRequest, seeded_mould: str, tmp_path: Path) -> Iterator[str]:
    """A seeded database of this test alone."""
    yield from fresh(request, seeded_mould, tmp_path / "desk.db")


@pytest.fixture
def app(desk_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The application on a seeded database; its wires lead nowhere and no job runs by itself."""
    built = raised(environ(desk_url, tmp_path / "data"))
    yield built
    built.extensions["ventanilla"].db.close()


@pytest.fixture
def house(app: Flask) -> House:
    """What the application holds open."""
    found: House = app.extensions["ventanilla"]
    return found


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without a screen."""
    return app.test_client()


@pytest.fixture
def session(house: House) -> Iterator[Session]:
    """A write session for desk verbs; whatever a test does in it is undone."""
    with house.db.engine.execution_options(ventanilla_writes=True).connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as found:
            yield found
        outer.rollback()
