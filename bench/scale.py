"""The pages of the desk at a thousand tickets and at many more: time, queries and bytes of each, on both databases.

Run: python -m bench.scale [COUNT ...] [--only sqlite|postgresql] [--polling TECHNICIANS], for instance 1000 1000000.
"""

import argparse
import re
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from app import clock
from app.db import Database
from app.factory import create_app
from app.house import House
from app.migrate import upgrade
from app.models.ticket import Status, Ticket
from bench.crowd import COMMON, RARE, SELDOM, fill
from tests.app.web_desk import morning
from tests.app.web_desk.scenes import sign_in
from tests.app_fixtures import environ, seed
from tests.servers import postgres

TIMES = 40
PLAIN = ("PRAGMA", "BEGIN", "SET TRANSACTION")
STATIC = re.compile(r'(?:href|src)="(/static/[^"#]+)')
PACKED = {"Accept-Encoding": "gzip"}
POLL_SECONDS = 5.0


def main() -> None:
    """Grow each database step by step and measure at every step."""
    asked = argparse.ArgumentParser()
    asked.add_argument("counts", type=int, nargs="*", default=[1000, 100_000])
    asked.add_argument("--only", choices=("sqlite", "postgresql"))
    asked.add_argument("--polling", type=int, default=0, metavar="TECHNICIANS")
    told = asked.parse_args()
    with postgres.running(fsync=False) as server, tempfile.TemporaryDirectory() as folder:
        urls = {"sqlite": f"sqlite:///{folder}/desk.db", "postgresql": server.create_database()}
        for name, url in urls.items():
            if told.only in {None, name}:
                _measure(name, url, Path(folder) / name, told.counts, told.polling)


def _measure(name: str, url: str, folder: Path, counts: list[int], polling: int) -> None:
    db = Database(url)
    upgrade(db)
    seed(url, folder / "seeding")
    app = create_app(environ(url, folder))
    house: House = app.extensions["ventanilla"]
    with db.transaction() as session:
        owners = [one.id for one in morning.people(session, now=clock.now()).values()]
    browsers = {who: app.test_client() for who in ("rosa", "carmen")}
    for who, browser in browsers.items():
        sign_in(browser, f"{who}@mesa.example")
    columns = f"{'p50 ms':>8}{'p95 ms':>8}{'cpu ms':>8}{'queries':>9}{'kB':>8}"
    print(f"{name:12}{'tickets':>10}  {'page':24}{columns}")
    for count in counts:
        fill(db, count, now=clock.now(), owners=owners)
        with _technicians(app, polling):
            for page, (who, address) in _pages(house).items():
                _row(browsers[who], house, f"{'':12}{count:>10}  {page:24}", address)
        print(f"{'':24}queue, first load all in: {_first_load(browsers['rosa']):.1f} kB")
    db.close()
    house.db.close()


def _pages(house: House) -> Mapping[str, tuple[str, str]]:
    from app.desk.numbers import number

    with house.db.reading() as session:
        live = session.scalars(select(Ticket.id).where(Ticket.status == Status.OPEN).limit(1)).one()
    return {
        "queue": ("rosa", "/consultas?vista=abiertas"),
        "queue, unassigned": ("rosa", "/consultas?vista=sin-asignar"),
        "queue, looked at again": ("rosa", "/consultas/vivo?vista=abiertas"),
        "ticket": ("rosa", f"/consultas/{number(live)}"),
        "search, common word": ("rosa", f"/consultas?q={COMMON}"),
        "search, seldom word": ("rosa", f"/consultas?q={SELDOM}"),
        "search, rare word": ("rosa", f"/consultas?q={RARE}"),
        "badges and a form": ("rosa", "/llamadas/nueva"),
        "board": ("carmen", "/cuadro"),
    }


@contextmanager
def _technicians(app: Flask, count: int) -> Iterator[None]:
    """So many people whose queue looks again every five seconds."""
    end = threading.Event()

    def look() -> None:
        browser = app.test_client()
        sign_in(browser)
        while not end.wait(POLL_SECONDS):
            browser.get("/consultas/vivo?vista=abiertas")

    looking = [threading.Thread(target=look) for _ in range(count)]
    for one in looking:
        one.start()
    try:
        yield
    finally:
        end.set()
        for one in looking:
            one.join()


def _first_load(browser: FlaskClient) -> float:
    """What a browser without anything fetches for its first look at the queue, in kB as they go over the wire."""
    page = browser.get("/consultas?vista=abiertas")
    packed = len(browser.get("/consultas?vista=abiertas", headers=PACKED).data)
    addresses = sorted(set(STATIC.findall(page.text)))
    return (packed + sum(len(browser.get(one, headers=PACKED).data) for one in addresses)) / 1000


def _row(browser: FlaskClient, house: House, label: str, address: str) -> None:
    asked: list[str] = []

    def note(*args: object) -> None:
        asked.append(str(args[2]))

    answer = browser.get(address)
    if answer.status_code != 200:
        sys.exit(f"{address}: {answer.status_code}")
    event.listen(house.db.engine, "before_cursor_execute", note)
    browser.get(address)
    event.remove(house.db.engine, "before_cursor_execute", note)
    took, worked = [], time.thread_time()
    for _ in range(TIMES):
        begun = time.perf_counter()
        browser.get(address)
        took.append((time.perf_counter() - begun) * 1000)
    cpu = (time.thread_time() - worked) / TIMES * 1000
    queries = sum(not one.startswith(PLAIN) for one in asked)
    p95 = statistics.quantiles(took, n=20)[-1]
    size = len(browser.get(address, headers=PACKED).data) / 1000
    print(f"{label}{statistics.median(took):8.1f}{p95:8.1f}{cpu:8.1f}{queries:>9}{size:8.1f}", flush=True)


if __name__ == "__main__":
    main()
