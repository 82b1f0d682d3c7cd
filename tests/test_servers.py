"""The servers of the tests are real, start fresh, and do on demand what servers do on bad days."""

import smtplib
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Browser
from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from sqlalchemy import create_engine, inspect

from tests.guard import Guard, OutgoingConnectionError, here
from tests.servers.dovecot import Dovecot
from tests.servers.postgres import Postgres, running
from tests.servers.redis import RedisServer
from tests.servers.smtp import PASSWORD, USER, Smtp

MAIL = b"Subject: Duda\r\n\r\nNo me deja entrar.\r\n"
ROOT = Path(__file__).parent.parent


def ask(url: str, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def send(smtp: Smtp, *recipients: str, timeout: float = 5) -> dict[str, tuple[int, bytes]]:
    with smtplib.SMTP(*smtp.address, timeout=timeout) as client:
        return client.sendmail("consultas@example.es", recipients or ["ana@example.com"], MAIL)


@pytest.mark.slow
def test_a_database_made_from_another_one_has_its_rows_and_goes_its_own_way(postgres: Postgres) -> None:
    mould = postgres.create_database()
    ask(mould, "CREATE TABLE place (name text); INSERT INTO place VALUES ('Abades')")
    copy = postgres.create_database(mould)
    ask(copy, "INSERT INTO place VALUES ('Coca')")

    assert ask(copy, "SELECT count(*) FROM place") == [(2,)]
    assert ask(mould, "SELECT count(*) FROM place") == [(1,)]


@pytest.mark.slow
def test_a_database_is_dropped_although_somebody_is_connected(postgres: Postgres) -> None:
    url = postgres.create_database()
    with psycopg.connect(url.replace("+psycopg", "")):
        postgres.drop_database(url)

    with pytest.raises(psycopg.OperationalError):
        ask(url, "SELECT 1")


@pytest.mark.slow
def test_what_was_committed_survives_a_postgresql_that_dies() -> None:
    with running(fsync=True) as postgres:
        ask(postgres.url, "CREATE TABLE place (name text)")
        postgres.kill()
        with pytest.raises(psycopg.OperationalError):
            ask(postgres.url, "SELECT 1")
        postgres.start()

        assert ask(postgres.url, "SELECT count(*) FROM place") == [(0,)]
        assert ask(postgres.url, "SHOW fsync") == [("on",)]


@pytest.mark.slow
def test_a_server_does_not_outlive_a_test_run_that_is_killed() -> None:
    said = "import time, tests.servers.redis as r; print(r.RedisServer().port, flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", said], cwd=ROOT, stdout=subprocess.PIPE, text=True) as run:
        port = int(run.stdout.readline()) if run.stdout else 0
        run.kill()
    limit = time.monotonic() + 5
    while time.monotonic() < limit and refused(port) is None:
        time.sleep(0.02)

    assert refused(port) is not None


def refused(port: int) -> OSError | None:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError as error:
        return error
    return None


@pytest.mark.slow
def test_a_stopped_redis_refuses_and_comes_back_empty_at_the_same_address(redis_server: RedisServer) -> None:
    with Redis.from_url(redis_server.url) as client:
        client.set("wake:file", 1)
    redis_server.stop()
    with Redis.from_url(redis_server.url, retry=None) as client, pytest.raises(RedisConnectionError):
        client.ping()
    redis_server.start()

    with Redis.from_url(redis_server.url) as client:
        assert client.keys() == []


@pytest.mark.slow
def test_mail_is_found_as_it_was_delivered_and_in_order(dovecot: Dovecot) -> None:
    for number in range(11):
        dovecot.deliver(MAIL.replace(b"Duda", b"Duda %d" % number))
    dovecot.append(MAIL, "Sent")

    assert [raw.split(b"\r\n")[0] for raw in dovecot.messages()] == [b"Subject: Duda %d" % n for n in range(11)]
    assert dovecot.messages("Sent") == [MAIL]


@pytest.mark.slow
def test_each_user_has_a_mailbox_of_her_own_and_a_wrong_password_none(dovecot: Dovecot) -> None:
    dovecot.deliver(MAIL, user="otra@example.es")

    assert dovecot.messages() == []
    assert dovecot.messages(user="otra@example.es") == [MAIL]


@pytest.mark.slow
@pytest.mark.parametrize("mailbox", ["INBOX", "Año nuevo"])
def test_a_mailbox_made_anew_counts_from_one_under_another_uidvalidity(dovecot: Dovecot, mailbox: str) -> None:
    dovecot.deliver(MAIL, mailbox)
    before = dovecot.uidvalidity(mailbox)
    dovecot.recreate(mailbox)

    assert dovecot.messages(mailbox) == []
    assert dovecot.uidvalidity(mailbox) != before


@pytest.mark.slow
def test_mail_survives_a_dovecot_that_stops(dovecot: Dovecot) -> None:
    dovecot.deliver(MAIL)
    dovecot.stop()
    assert refused(dovecot.port) is not None
    dovecot.start()

    assert dovecot.messages() == [MAIL]


def test_a_mail_is_taken_in_with_its_envelope_byte_for_byte(smtp: Smtp) -> None:
    with smtplib.SMTP(*smtp.address, timeout=5) as client:
        client.login(USER, PASSWORD)
        client.sendmail("", ["ana@example.com"], MAIL)

    (mail,) = smtp.received
    assert (mail.sender, mail.recipients, mail.raw, mail.signed_in) == ("", ("ana@example.com",), MAIL, True)
    assert (mail["Subject"], mail["Cc"], mail.text) == ("Duda", None, "No me deja entrar.\r\n")


@pytest.mark.parametrize("step", ["mail", "rcpt", "data", "body"])
def test_a_planned_refusal_is_given_once_and_keeps_nothing(smtp: Smtp, step: str) -> None:
    smtp.answer(step, "451 4.3.0 Luego")  # type: ignore[arg-type]  # A parameter is a str to mypy.
    with pytest.raises((smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused), match=r"4\.3\.0 Luego"):
        send(smtp)
    send(smtp)

    assert len(smtp.received) == 1


def test_one_recipient_of_two_is_refused(smtp: Smtp) -> None:
    smtp.answer("rcpt", "550 5.1.1 No existe", recipient="luis@example.com")
    refusals = send(smtp, "ana@example.com", "luis@example.com")

    assert refusals == {"luis@example.com": (550, b"5.1.1 No existe")}
    assert smtp.received[0].recipients == ("ana@example.com",)


@pytest.mark.parametrize("keep", [True, False])
def test_a_mail_whose_answer_never_comes_is_kept_or_lost_as_told(smtp: Smtp, keep: bool) -> None:
    smtp.hang("body", keep=keep)
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(smtp, timeout=0.2)
    smtp.close_at("body", keep=keep)
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(smtp)

    assert len(smtp.received) == (2 if keep else 0)


def test_a_stopped_smtp_server_refuses_until_it_starts(smtp: Smtp) -> None:
    smtp.stop()
    with pytest.raises(ConnectionRefusedError):
        send(smtp)
    smtp.start()

    assert send(smtp) == {}


@pytest.mark.slow
def test_the_browser_shows_pages_and_reaches_nobody_else(browser: Browser) -> None:
    with browser.new_context(locale="es-ES") as context:
        page = context.new_page()
        page.set_content("<h1 lang=es>Consultas</h1>")
        shown = page.evaluate("document.querySelector('h1').innerText")
        fetched = page.evaluate("fetch('http://example.com/').then(() => 'answered', () => 'refused')")

    assert (shown, fetched) == ("Consultas", "refused")


def test_each_test_has_a_database_of_its_own_with_all_tables(database_url: str) -> None:
    engine = create_engine(database_url)
    tables = inspect(engine).get_table_names()
    engine.dispose()

    assert {"ticket", "message", "arrival", "alembic_version"} <= set(tables)


def test_an_empty_database_has_no_tables(empty_database_url: str) -> None:
    engine = create_engine(empty_database_url)
    tables = inspect(engine).get_table_names()
    engine.dispose()

    assert tables == []


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "0.0.0.0", "localhost", "", None, b"localhost"])
def test_this_machine_is_here(host: str | bytes | None) -> None:
    assert here(host)


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "example.com", "api.twilio.com", b"example.com"])
def test_everything_else_is_beyond(host: str | bytes) -> None:
    assert not here(host)


def test_a_connection_that_would_leave_this_machine_is_refused_and_remembered(guard: Guard) -> None:
    with pytest.raises(OutgoingConnectionError):
        socket.create_connection(("192.0.2.1", 80), 1)
    with socket.socket() as client, pytest.raises(OutgoingConnectionError):
        client.connect(("192.0.2.1", 80))
    refusals = list(guard.refused)
    guard.refused.clear()

    assert refusals == ["socket.getaddrinfo 192.0.2.1", "socket.connect 192.0.2.1"]


def test_sqlite_is_new_enough_for_what_the_desk_asks_of_it() -> None:
    assert sqlite3.sqlite_version_info >= (3, 35)
