"""The pages of the desk over the wire while technicians' queues look again beside: time, queries and bytes of each.

Run: python -m bench.desk [COUNT ...] [--only sqlite|postgresql] [--technicians N], for instance 1000 1000000.
"""

import argparse
import http.client
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from app import clock
from app.db import Database
from app.desk.numbers import number
from app.factory import create_app
from app.house import House
from app.migrate import upgrade
from app.models.ticket import Status, Ticket
from bench import looking, web
from bench.crowd import COMMON, RARE, SELDOM, fill
from bench.looking import PACKED, get, technicians
from bench.spent import spent
from tests.app.web_desk import morning
from tests.app_fixtures import environ, seed
from tests.servers import postgres

TIMES = 100
PLAIN = ("PRAGMA", "BEGIN", "SET TRANSACTION")
STATIC = re.compile(r'(?:href|src)="(/static/[^"#]+)')
# SQLite has one process that writes.
WORKERS = {"sqlite": 1, "postgresql": 2}


def main() -> None:
    """Grow each database step by step and measure at every step."""
    asked = argparse.ArgumentParser()
    asked.add_argument("counts", type=int, nargs="*", default=[1000, 100_000])
    asked.add_argument("--only", choices=("sqlite", "postgresql"))
    asked.add_argument("--technicians", type=int, default=10)
    told = asked.parse_args()
    with postgres.running(fsync=False) as server, tempfile.TemporaryDirectory() as folder:
        urls = {"sqlite": f"sqlite:///{folder}/desk.db", "postgresql": server.create_database()}
        for name, url in urls.items():
            if told.only in {None, name}:
                (data := Path(folder) / name).mkdir()
                _measure(name, url, data, told.counts, told.technicians)


def _measure(name: str, url: str, folder: Path, counts: list[int], technicians: int) -> None:
    db = Database(url)
    upgrade(db)
    seed(url, folder / "seeding")
    with db.transaction() as session:
        owners = [one.id for one in morning.people(session, now=clock.now()).values()]
    columns = f"{'p50 ms':>8}{'p95 ms':>8}{'cpu ms':>8}{'queries':>9}{'kB':>8}"
    print(f"{name:12}{'tickets':>10}  {'page':24}{columns}")
    for count in counts:
        fill(db, count, now=clock.now(), owners=owners)
        _at_this_size(db, environ(url, folder), folder, WORKERS[name], f"{'':12}{count:>10}", technicians)
    db.close()


def _at_this_size(db: Database, told: Mapping[str, str], folder: Path, workers: int, label: str, many: int) -> None:
    app = create_app(dict(told))
    house: House = app.extensions["ventanilla"]
    known = {who: looking.cookie(app, f"{who}@mesa.example") for who in ("rosa", "carmen")}
    pages = _pages(db)
    counted = {page: _queries(_browser(app, known[who]), house, address) for page, (who, address) in pages.items()}
    first = _first_load(_browser(app, known["rosa"]))
    house.db.close()
    with web.running(told, folder, workers=workers) as (process, port), technicians(port, known["rosa"], many) as looks:
        for page, (who, address) in pages.items():
            _row(port, known[who], process.pid, f"{label}  {page:24}", address, counted[page])
    print(f"{'':24}queue, first load all in: {first:.1f} kB; {looks.count} looks beside, p95 {looks.p95:.0f} ms")


def _pages(db: Database) -> Mapping[str, tuple[str, str]]:
    with db.reading() as session:
        live = session.scalars(select(Ticket.id).where(Ticket.status == Status.OPEN).limit(1)).one()
    return {
        "queue": ("rosa", "/consultas?vista=abiertas"),
        "queue, unassigned": ("rosa", "/consultas?vista=sin-asignar"),
        "queue, looked at again": ("rosa", looking.AGAIN),
        "ticket": ("rosa", f"/consultas/{number(live)}"),
        "search, common word": ("rosa", f"/consultas?q={COMMON}"),
        "search, seldom word": ("rosa", f"/consultas?q={SELDOM}"),
        "search, rare word": ("rosa", f"/consultas?q={RARE}"),
        "badges and a form": ("rosa", "/llamadas/nueva"),
        "board": ("carmen", "/cuadro"),
    }


def _browser(app: Flask, known: str) -> FlaskClient:
    browser = app.test_client()
    browser.set_cookie("ventanilla", known.partition("=")[2])
    return browser


def _queries(browser: FlaskClient, house: House, address: str) -> int:
    """How many statements a page asks the database when it is warm."""
    asked: list[str] = []

    def note(*args: object) -> None:
        asked.append(str(args[2]))

    answer = browser.get(address)
    if answer.status_code != 200:
        sys.exit(f"{address}: {answer.status_code}")
    event.listen(house.db.engine, "before_cursor_execute", note)
    browser.get(address)
    event.remove(house.db.engine, "before_cursor_execute", note)
    return sum(not one.startswith(PLAIN) for one in asked)


def _first_load(browser: FlaskClient) -> float:
    """What a browser without anything fetches for its first look at the queue, in kB as they go over the wire."""
    page = browser.get("/consultas?vista=abiertas")
    packed = len(browser.get("/consultas?vista=abiertas", headers=PACKED).data)
    addresses = sorted(set(STATIC.findall(page.text)))
    return (packed + sum(len(browser.get(one, headers=PACKED).data) for one in addresses)) / 1000


def _row(port: int, cookie: str, pid: int, label: str, address: str, queries: int) -> None:
    browser = http.client.HTTPConnection("127.0.0.1", port)
    for _ in range(10):  # Each worker has to have met the page once.
        size = get(browser, address, cookie)
    took, before = [], spent(pid)
    for _ in range(TIMES):
        begun = time.perf_counter()
        size = get(browser, address, cookie)
        took.append((time.perf_counter() - begun) * 1000)
    cpu = (spent(pid) - before) / TIMES * 1000
    p95 = statistics.quantiles(took, n=20)[-1]
    print(f"{label}{statistics.median(took):8.1f}{p95:8.1f}{cpu:8.1f}{queries:>9}{size / 1000:8.1f}", flush=True)


if __name__ == "__main__":
    main()
