"""Whole desks for the journeys: embedded when the run is on SQLite, with Redis and workers when on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app import clock
from app.db import Database
from app.desk import books, people, seeding
from app.models.arrival import Mode
from app.models.book import Setting
from app.models.people import Role
from channels.registry import open_channels
from tests.flows.desk_process import DeskProcess
from tests.flows.people import Technician
from tests.servers.dovecot import Dovecot
from tests.servers.smtp import Smtp
from tests.servers.twilio import Twilio

MAILBOX = "consultas@example.es"


@pytest.fixture
def desk(
    request: pytest.FixtureRequest,
    on_postgresql: bool,
    tmp_path: Path,
    dovecot: Dovecot,
    smtp: Smtp,
    twilio: Twilio,
    desk_url: str,
) -> Iterator[DeskProcess]:
    """A real desk, on a seeded database, that talks to real servers; the machine may send."""
    environ = {
        **twilio.environ,
        "IMAP_URL": dovecot.url(),
        "SMTP_URL": smtp.url(),
        "MAIL_FROM": f"Consultas <{MAILBOX}>",
        "MAIL_AUTHSERV_ID": "mx.example.es",
        "DATABASE_URL": desk_url,
    }
    if on_postgresql:
        environ["REDIS_URL"] = request.getfixturevalue("redis_server").url
    running = DeskProcess(tmp_path / "desk", environ)
    running.environ["PUBLIC_URL"] = twilio.public_url = twilio.reach = running.url
    _go_live(running)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def technician(desk: DeskProcess) -> Technician:
    """Somebody of the desk, at work over the API."""
    db = Database(desk.environ["DATABASE_URL"])
    with db.transaction() as session:
        _, word = people.add_token(session, name="Tomás", role=Role.TECHNICIAN, now=clock.now())
    db.close()
    return Technician(desk, word)


def _go_live(desk: DeskProcess) -> None:
    """Every line of this desk may answer by itself, after a second of quiet."""
    db = Database(desk.environ["DATABASE_URL"])
    with db.transaction() as session:
        seeding.lines(session, open_channels(desk.environ), mode=Mode.SEND, now=clock.now())
        hurried = ("quiet_seconds", "poll_seconds", "forget_media_seconds")
        session.add_all(Setting(key=key, value=1) for key in hurried)
        books.touch(session)
    db.close()
