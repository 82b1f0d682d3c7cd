"""The pages of the desk at a thousand tickets and at many more: p50, p95, queries and bytes of each, on both databases.

Run: python -m bench.scale [COUNT ...], for instance 1000 100000 1000000.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import event, select

from app import clock
from app.factory import create_app
from app.house import House
from app.models.ticket import Status, Ticket
from bench.crowd import COMMON, RARE, fill
from tests.app.web_desk import morning
from tests.app.web_desk.scenes import sign_in
from tests.app_fixtures import environ, seed

TIMES = 40
PLAIN = ("PRAGMA", "BEGIN", "SET TRANSACTION")


def main() -> None:
    """Grow each database step by step and measure at every step."""
    from tests.servers import postgres

    counts = [int(one) for one in sys.argv[1:]] or [1000, 100_000]
    with postgres.running(fsync=False) as server, tempfile.TemporaryDirectory() as folder:
        for name, url in (("SQLite", f"sqlite:///{folder}/desk.db"), ("PostgreSQL", server.create_database())):
            _measure(name, url, Path(folder) / name, counts)


def _measure(name: str, url: str, folder: Path, counts: list[int]) -> None:
    from app.db import Database
    from app.migrate import upgrade

    db = Database(url)
    upgrade(db)
    seed(url, folder / "seeding")
    app = create_app(environ(url, folder))
    house: House = app.extensions["ventanilla"]
    with db.transaction() as session:
        owners = [one.id for one in morning.people(session, now=clock.now()).values()]
    browser = app.test_client()
    sign_in(browser)
    print(f"{name:12}{'tickets':>10}  {'page':24}{'p50 ms':>8}{'p95 ms':>8}{'queries':>9}{'kB':>8}")
    for count in counts:
        fill(db, count, now=clock.now(), owners=owners)
        for page, address in _pages(house).items():
            _row(browser, house, f"{'':12}{count:>10}  {page:24}", address)
    db.close()
    house.db.close()


def _pages(house: House) -> Mapping[str, str]:
    from app.desk.numbers import number

    with house.db.reading() as session:
        live = session.scalars(select(Ticket.id).where(Ticket.status == Status.OPEN).limit(1)).one()
    return {
        "queue": "/consultas?vista=abiertas",
        "queue, unassigned": "/consultas?vista=sin-asignar",
        "ticket": f"/consultas/{number(live)}",
        "search, common word": f"/consultas?q={COMMON}",
        "search, rare word": f"/consultas?q={RARE}",
    }


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
    took = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        browser.get(address)
        took.append((time.perf_counter() - begun) * 1000)
    queries = sum(not one.startswith(PLAIN) for one in asked)
    p95 = statistics.quantiles(took, n=20)[-1]
    print(f"{label}{statistics.median(took):8.1f}{p95:8.1f}{queries:>9}{len(answer.data) / 1024:8.1f}", flush=True)


if __name__ == "__main__":
    main()
