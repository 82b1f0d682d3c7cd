"""A mailbox that somebody listens to: mails come in as they arrive, whatever happens to the connection."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app import listening
from app.config import ROOT
from app.factory import open_house
from app.house import House
from app.models.arrival import Arrival
from tests.app_fixtures import environ
from tests.servers.dovecot import Dovecot

pytestmark = pytest.mark.slow


def mail(number: int) -> bytes:
    return f"From: a@b.example\r\nSubject: n{number}\r\nMessage-ID: <{number}@b>\r\n\r\nhola\r\n".encode()


@pytest.fixture
def desk(desk_url: str, tmp_path: Path, dovecot: Dovecot) -> Iterator[House]:
    """A desk whose mailbox is a real one."""
    home, _ = open_house(environ(desk_url, tmp_path / "data", IMAP_URL=dovecot.url()))
    yield home
    home.db.close()


@contextmanager
def listening_to(home: House) -> Iterator[threading.Thread]:
    """Somebody listens; in the end he is told to stop and does."""
    end = threading.Event()
    thread = threading.Thread(target=listening.listen, args=(home, "email", end), kwargs={"renewal": 30})
    thread.start()
    try:
        yield thread
    finally:
        end.set()
        thread.join(10)
        assert not thread.is_alive()


@contextmanager
def process(url: str, folder: Path, dovecot: Dovecot) -> Iterator[subprocess.Popen[bytes]]:
    """`flask listen email` as the Procfile starts it."""
    told = environ(url, folder / "data", IMAP_URL=dovecot.url(), FLASK_APP="app.factory:create_app")
    told |= {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    words = [sys.executable, "-m", "flask", "listen", "email"]
    with (folder / "listen.log").open("ab") as log:
        running = subprocess.Popen(words, cwd=folder, env=told, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        yield running
    finally:
        running.kill()
        running.wait(10)


def kept(home: House) -> int:
    with home.db.reading() as session:
        return session.scalar(select(func.count()).select_from(Arrival)) or 0


def waited(holds: Callable[[], bool], seconds: float = 15) -> float:
    """How long it took until it held."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < seconds, "waited in vain"
        time.sleep(0.02)
    return time.monotonic() - began


def test_a_mail_is_taken_in_within_two_seconds(desk: House, dovecot: Dovecot) -> None:
    dovecot.append(mail(1))
    with listening_to(desk):
        waited(lambda: kept(desk) == 1)
        time.sleep(0.5)
        dovecot.append(mail(2))
        taken = waited(lambda: kept(desk) == 2)

    assert taken < 2


def test_who_listens_comes_back_when_the_server_does(desk: House, dovecot: Dovecot) -> None:
    dovecot.append(mail(1))
    with listening_to(desk):
        waited(lambda: kept(desk) == 1)
        dovecot.stop()
        time.sleep(0.5)
        dovecot.start()
        dovecot.append(mail(2))
        waited(lambda: kept(desk) == 2)

    assert kept(desk) == 2


def test_two_who_listen_do_no_harm(desk: House, dovecot: Dovecot) -> None:
    with listening_to(desk), listening_to(desk):
        for number in range(5):
            dovecot.append(mail(number))
        waited(lambda: kept(desk) == 5)
        time.sleep(0.5)

    assert kept(desk) == 5


def test_a_listener_that_is_killed_loses_and_doubles_nothing_and_one_that_is_told_to_end_does(
    desk: House, desk_url: str, tmp_path: Path, dovecot: Dovecot
) -> None:
    dovecot.append(mail(1))
    with process(desk_url, tmp_path, dovecot) as listener:
        waited(lambda: kept(desk) == 1, seconds=60)
        listener.kill()
    dovecot.append(mail(2))
    with process(desk_url, tmp_path, dovecot) as listener:
        waited(lambda: kept(desk) == 2, seconds=60)
        listener.terminate()
        code = listener.wait(15)

    assert code == 0
    assert kept(desk) == 2
