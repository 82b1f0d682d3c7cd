"""The real servers as fixtures: started once a session when first asked for, found fresh and running by every test."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.servers import clamd as clamds
from tests.servers import dovecot as dovecots
from tests.servers import postgres as postgresqls
from tests.servers import redis as redises
from tests.servers import smtp as smtps

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.servers.s3 import S3


@pytest.fixture(scope="session")
def postgres() -> Iterator[postgresqls.Postgres]:
    """The PostgreSQL of this session; a test makes its own databases, and one that stops it starts its own server."""
    with postgresqls.running() as server:
        yield server


@pytest.fixture(scope="session")
def redis_of_session() -> Iterator[redises.RedisServer]:
    """The Redis of this session."""
    with redises.running() as server:
        yield server


@pytest.fixture
def redis_server(redis_of_session: redises.RedisServer) -> redises.RedisServer:
    """A Redis that is empty and runs; a test may stop it."""
    redis_of_session.start()
    redis_of_session.empty()
    return redis_of_session


@pytest.fixture(scope="session")
def dovecot_of_session() -> Iterator[dovecots.Dovecot]:
    """The Dovecot of this session."""
    with dovecots.running() as server:
        yield server


@pytest.fixture
def dovecot(dovecot_of_session: dovecots.Dovecot) -> dovecots.Dovecot:
    """A Dovecot without mail that runs; a test may stop it."""
    dovecot_of_session.start()
    dovecot_of_session.empty()
    return dovecot_of_session


@pytest.fixture(scope="session")
def smtp_of_session() -> Iterator[smtps.Smtp]:
    """The SMTP server of this session."""
    with smtps.running() as server:
        yield server


@pytest.fixture
def smtp(smtp_of_session: smtps.Smtp) -> smtps.Smtp:
    """An SMTP server without mail or plans that runs; a test may stop it."""
    smtp_of_session.start()
    smtp_of_session.empty()
    return smtp_of_session


@pytest.fixture(scope="session")
def clamd_of_session() -> Iterator[clamds.ClamdServer]:
    """The ClamAV daemon of this session."""
    with clamds.running() as server:
        yield server


@pytest.fixture
def clamd(clamd_of_session: clamds.ClamdServer) -> clamds.ClamdServer:
    """A ClamAV daemon that runs; a test may stop it."""
    clamd_of_session.start()
    return clamd_of_session


@pytest.fixture(scope="session")
def s3_of_session() -> Iterator["S3"]:
    """The S3 of this session."""
    # Its library is slow to import, which the quick tests need not pay.
    from tests.servers import s3

    with s3.running() as server:
        yield server


@pytest.fixture
def s3(s3_of_session: "S3") -> "S3":
    """An S3 with an empty bucket that runs; a test may stop it."""
    s3_of_session.start()
    s3_of_session.empty()
    return s3_of_session


@pytest.fixture(scope="session")
def browser_of_session() -> Iterator["Browser"]:
    """The Chromium of this session."""
    # Half a second to import, which the quick tests need not pay.
    from tests.servers import chromium

    with chromium.running() as running:
        yield running


@pytest.fixture
def browser(browser_of_session: "Browser") -> Iterator["Browser"]:
    """A Chromium without windows; those that a test opens (`browser.new_context(locale="es-ES")`) are closed for it."""
    yield browser_of_session
    for context in browser_of_session.contexts:
        context.close()
