"""From a mailbox to sorted tickets with their answer queued: 1,000 mails, on both databases, beside the bare rows.

Run: python -m bench.intake [COUNT] [--technicians N]. Each measurement is a process of its own; figures are of the
whole process. The technicians' queues look again every five seconds meanwhile, at the web of that very process.
"""

import argparse
import contextlib
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from flask import Flask
from sqlalchemy import MetaData, event, func, insert, select

from app import clock
from app.desk import arrivals
from app.house import House
from app.models.message import Direction, Message
from app.models.ticket import Ticket
from bench import looking
from bench.mailbox import mails

TABLES = ("contact", "identity", "arrival", "ticket", "message", "file", "message_file", "event", "finding", "answer")
BATCH = 20


def main() -> None:
    """Measure both databases and print one table."""
    asked = argparse.ArgumentParser()
    asked.add_argument("count", type=int, nargs="?", default=1000)
    asked.add_argument("--technicians", type=int, default=0, metavar="N")
    told = asked.parse_args()
    count: int = told.count
    from tests.servers import dovecot, postgres

    with dovecot.running() as mailbox, postgres.running(fsync=True) as server, tempfile.TemporaryDirectory() as folder:
        databases = _databases(server, Path(folder))
        # The lines are live now, so that what is written from here on may be answered.
        for raw in mails(count):
            mailbox.deliver(raw)
        print(f"{count} mails, {os.cpu_count()} cores")
        print(f"{'':12}{'what':8}{'wall s':>8}{'cpu s':>8}{'per s':>8}{'peak MB':>9}")
        for name, urls in databases.items():
            full, bare = urls
            many = {"COUNT": str(count), "TECHNICIANS": str(told.technicians)}
            desk = _child("desk", full, Path(folder) / f"{name}-data", IMAP_URL=mailbox.url(), **many)
            rows = _child("rows", bare, Path(folder) / f"{name}-rows", SOURCE=full, COUNT=str(count))
            for what, ran in (("desk", desk), ("rows", rows)):
                print(
                    f"{name:12}{what:8}{ran['wall']:8.2f}{ran['cpu']:8.2f}"
                    f"{count / ran['wall']:8.0f}{ran['peak_mb']:9.0f}"
                )
            print(f"{'':12}{desk['tickets']} tickets, {desk['answers']} answers queued or proposed, {_looks(desk)}")


def _databases(server: object, folder: Path) -> Mapping[str, tuple[str, str]]:
    from app.db import Database
    from app.migrate import upgrade
    from tests.app.web_desk import morning
    from tests.app_fixtures import seed
    from tests.servers.postgres import Postgres

    assert isinstance(server, Postgres)
    mould = f"sqlite:///{folder}/mould.db"
    pg = server.create_database()
    for url in (mould, pg):
        db = Database(url)
        upgrade(db)
        seed(url, folder / "seeding")
        with db.transaction() as session:
            morning.people(session, now=clock.now())
        db.close()
    copies = [f"sqlite:///{shutil.copyfile(folder / 'mould.db', folder / name)}" for name in ("a.db", "b.db")]
    return {
        "SQLite": (copies[0], copies[1]),
        "PostgreSQL": (server.create_database(pg), server.create_database(pg)),
    }


def _child(what: str, url: str, folder: Path, **more: str) -> dict[str, float]:
    environ = {**os.environ, "BENCH_URL": url, "BENCH_FOLDER": str(folder), **more}
    done = subprocess.run(
        [sys.executable, "-m", "bench.intake", f"--{what}"], env=environ, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(done.stderr)
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


def _looks(desk: Mapping[str, float]) -> str:
    return f"{desk['looks']} looks, p50 {desk['look_p50']:.0f} ms, p95 {desk['look_p95']:.0f} ms"


def _report(begun: float, **more: float) -> None:
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    told = {
        "wall": time.perf_counter() - begun,
        "cpu": sum(usage.ru_utime + usage.ru_stime for usage in usages),
        "peak_mb": max(usage.ru_maxrss for usage in usages) / 1024,
        **more,
    }
    print(json.dumps(told))


def desk(begun: float) -> None:
    """Take everything in as `flask serve` does: one process writes, others beside it read and decide."""
    app = _app()
    from app import jobs

    house: House = app.extensions["ventanilla"]
    many = int(os.environ["TECHNICIANS"])
    known = looking.cookie(app) if many else ""
    # A copy must not share what is open here.
    house.db.rest()
    house.hands.allow(os.cpu_count() or 1)
    with _looked_at(app, known, many) as looks:
        # As many threads for each as the desk has.
        for kind in ("file", "sort", "sort"):
            threading.Thread(target=_keep_on, args=(house, kind), daemon=True).start()
        jobs.poll(house, "email")
        _until_sorted(house)
    house.hands.stop()
    _report(begun, **_counted(house), looks=looks.count, look_p50=looks.p50, look_p95=looks.p95)


@contextlib.contextmanager
def _looked_at(app: Flask, known: str, many: int) -> Iterator[looking.Looks]:
    if not many:
        yield looking.Looks()
        return
    from tests.app.serving import served
    from tests.servers.process import free_port

    with served(app, port := free_port()), looking.technicians(port, known, many) as looks:
        yield looks


def _app() -> Flask:
    from app.factory import create_app
    from tests.app_fixtures import environ

    told = environ(os.environ["BENCH_URL"], Path(os.environ["BENCH_FOLDER"]), IMAP_URL=os.environ["IMAP_URL"])
    return create_app(told)


def _keep_on(house: House, kind: str) -> None:
    from app import jobs

    while True:
        if not jobs.run(house, kind):
            time.sleep(0.1)


def _until_sorted(house: House) -> None:
    waits = select(func.count()).select_from(Ticket).where(Ticket.sort_at.is_not(None))
    while True:
        with house.db.reading() as session:
            if arrivals.oldest_unfiled(session) is None and not session.scalar(waits):
                return
        time.sleep(0.05)


def _counted(house: House) -> dict[str, int]:
    with house.db.reading() as session:
        tickets = session.scalar(select(func.count()).select_from(Ticket).where(Ticket.sorted_at.is_not(None)))
        answers = session.scalar(select(func.count()).select_from(Message).where(Message.direction == Direction.OUT))
        heard = session.scalar(select(func.count()).select_from(Message).where(Message.direction == Direction.IN))
    if heard != int(os.environ["COUNT"]):
        sys.exit(f"{heard} messages of {os.environ['COUNT']}")
    return {"tickets": tickets or 0, "answers": answers or 0}


def rows(begun: float) -> None:
    """Insert the same rows by SQLAlchemy Core, twenty messages' worth a transaction: the floor of any desk."""
    from app.db import Database

    source, target = Database(os.environ["SOURCE"]), Database(os.environ["BENCH_URL"])
    meta = MetaData()
    meta.reflect(source.engine, only=TABLES)
    with source.engine.connect() as connection:
        kept = {name: [dict(r) for r in connection.execute(select(meta.tables[name])).mappings()] for name in TABLES}
    # The rows come sliced by number, not by ticket, so a child may come before its parent.
    unchecked = [f"ALTER TABLE {name} DISABLE TRIGGER ALL" for name in TABLES]
    with target.engine.execution_options(ventanilla_writes=True).connect() as connection:
        if target.sqlite:
            event.listen(target.engine, "connect", lambda raw, _: raw.execute("PRAGMA foreign_keys=OFF"))
            target.engine.dispose()
        else:
            for statement in unchecked:
                connection.exec_driver_sql(statement)
            connection.commit()
    begun = time.perf_counter()
    steps = max(1, int(os.environ["COUNT"]) // BATCH)
    for step in range(steps):
        with target.transaction() as session:
            for name in TABLES:
                share = kept[name][step * len(kept[name]) // steps : (step + 1) * len(kept[name]) // steps]
                if share:
                    session.execute(insert(meta.tables[name]), share)
    _report(begun)


if __name__ == "__main__":
    started = time.perf_counter()
    if "--desk" in sys.argv:
        desk(started)
    elif "--rows" in sys.argv:
        rows(started)
    else:
        main()
