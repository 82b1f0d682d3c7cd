"""A PostgreSQL that stops and comes back: the wire hears of it, people see a page, and all goes on by itself."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import psycopg
import pytest
import requests

from app.db import Database
from app.migrate import upgrade
from tests.app_fixtures import seed
from tests.faults.count import Count
from tests.faults.writers import letter, says
from tests.flows.desk_process import DeskProcess
from tests.servers import postgres as postgresqls
from tests.servers.dovecot import Dovecot
from tests.servers.postgres import Postgres
from tests.servers.twilio import Twilio

pytestmark = pytest.mark.slow


@pytest.fixture
def server() -> Iterator[Postgres]:
    """A server of its own, which may be stopped."""
    with postgresqls.running() as running:
        yield running


@pytest.fixture
def desk_url(server: Postgres, tmp_path: Path) -> str:
    """A seeded database on it."""
    url = server.create_database()
    db = Database(url)
    upgrade(db)
    db.close()
    seed(url, tmp_path / "seeding")
    return url


def ask(server: Postgres, *statements: str) -> None:
    with psycopg.connect(server.url.replace("+psycopg", ""), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def everybody_out_and(server: Postgres, held: ExitStack) -> None:
    """Whoever is connected is thrown out, and others take every place there is."""
    ask(server, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'test_%'")
    with suppress(psycopg.OperationalError):
        while True:
            held.enter_context(psycopg.connect(server.url.replace("+psycopg", "")))


def test_a_database_without_a_place_left_is_told_and_all_goes_on_when_there_is_one(
    server: Postgres, desk: DeskProcess, twilio: Twilio, dovecot: Dovecot, count: Count
) -> None:
    before = says(twilio, 1)
    desk.wait_for(lambda: count.incoming() and count.quiet(), "the first one")
    with ExitStack() as held:
        everybody_out_and(server, held)
        away = says(twilio, 2)
        page = requests.get(f"{desk.url}/entrar", timeout=20)
        letter(dovecot, 1)
    after = says(twilio, 3)
    desk.wait_for(lambda: len(count.incoming()) >= 3 and count.quiet(), "everything to go on", seconds=90)

    assert (before, away, after) == (200, 503, 200)
    assert "Traceback" not in page.text
    assert all(child.poll() is None for child in desk.children.values())
    assert set(count.kept().values()) == {1}


def test_a_database_that_takes_nothing_shows_pages_and_turns_the_wire_away_until_it_does(
    server: Postgres, desk: DeskProcess, twilio: Twilio, dovecot: Dovecot, count: Count
) -> None:
    ask(server, "ALTER SYSTEM SET default_transaction_read_only = on", "SELECT pg_reload_conf()")
    time.sleep(0.5)
    away, page = says(twilio, 1), requests.get(f"{desk.url}/entrar", timeout=20).status_code
    letter(dovecot, 1)
    time.sleep(2)
    with psycopg.connect(server.url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("SET default_transaction_read_only = off")
        connection.execute("ALTER SYSTEM RESET default_transaction_read_only")
        connection.execute("SELECT pg_reload_conf()")
    time.sleep(0.5)
    after = says(twilio, 2)
    desk.wait_for(lambda: len(count.incoming()) >= 2 and count.quiet(), "everything to go on", seconds=90)

    assert (away, page, after) == (503, 200, 200)
    assert all(child.poll() is None for child in desk.children.values())
    assert set(count.kept().values()) == {1}


def test_a_database_that_stops_and_comes_back_stops_nobody_for_good(
    server: Postgres, desk: DeskProcess, twilio: Twilio, dovecot: Dovecot, count: Count
) -> None:
    before = says(twilio, 1)
    server.stop()
    away = [says(twilio, 2), says(twilio, 2)]
    page = requests.get(f"{desk.url}/entrar", timeout=20)
    kb = requests.get(f"{desk.url}/ayuda", timeout=20)
    ready = requests.get(f"{desk.url}/readyz", timeout=20).status_code
    alive = requests.get(f"{desk.url}/healthz", timeout=20).status_code
    letter(dovecot, 1)
    time.sleep(2)
    server.start()
    desk.wait_for(desk.answers, "the pool to recover")
    after = says(twilio, 3)
    count.leases_run_out()
    desk.wait_for(lambda: len(count.incoming()) >= 3 and count.quiet(), "everything to go on", seconds=90)
    dead = [name for name, child in desk.children.items() if child.poll() is not None]
    # A young clock looks at Twilio's list at once; an old one within ten minutes.
    desk.kill("clock")
    desk.begin("clock", "-m", "flask", "clock")
    count.leases_run_out()
    desk.wait_for(lambda: len(count.incoming()) >= 5 and count.quiet(), "what was turned away", seconds=60)

    assert (before, away, after) == (200, [503, 503], 200)
    assert (ready, alive) == (503, 200)
    assert 503 in {page.status_code, kb.status_code}
    assert "Traceback" not in kb.text and "text/html" in kb.headers["Content-Type"]
    assert dead == []
    assert sorted(count.kept().values()) == [1] * 5
