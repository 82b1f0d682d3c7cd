"""Signed WhatsApp posts at 16 connections against gunicorn on PostgreSQL with fsync, each counted afterwards.

Run: python -m bench.hooks [SECONDS] [--soak MINUTES]; the soak goes on at half of the pace, at most half of the 500 a
second that are asked for, beside a worker and a clock, watches the memory of all, and ends when every row that came has
been filed and sorted.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from redis import Redis
from sqlalchemy import func, select, update

from app.db import Database
from app.desk import books
from app.migrate import upgrade
from app.models.arrival import Arrival, Line, Mode
from app.models.ticket import Ticket
from bench.posting import load
from bench.spent import spent
from bench.web import beside, running
from tests.app_fixtures import environ, seed
from tests.servers import postgres, redis

WORKERS, AIM = 2, 500.0
NOT_OURS = ("PostgreSQL", "Redis")
# What came faster than one worker files it is waited for.
PATIENT = 3600


def main() -> None:
    """Measure once at full pace, and if asked for go on at half of it."""
    asked = argparse.ArgumentParser()
    asked.add_argument("seconds", type=float, nargs="?", default=15)
    asked.add_argument("--soak", type=float, default=0, metavar="MINUTES")
    told = asked.parse_args()
    with postgres.running(fsync=True) as database, redis.running() as waker, tempfile.TemporaryDirectory() as folder:
        url = database.create_database()
        db = Database(url)
        upgrade(db)
        seed(url, Path(folder) / "seeding")
        told_web = environ(url, Path(folder), REDIS_URL=waker.url, LOG_LEVEL="INFO")
        with running(told_web, Path(folder), workers=WORKERS) as (web, port):
            who = {
                "web": web.pid,
                "PostgreSQL": int((database.folder / "data" / "postmaster.pid").read_text().split()[0]),
                "Redis": Redis.from_url(waker.url).info("server")["process_id"],
            }
            load(port, "warm", 2.0)
            pace = _measure(db, port, who, "full", told.seconds)
            if told.soak:
                _soak(db, port, who, environ=told_web, minutes=round(told.soak), pace=min(pace, AIM) / 2)
        db.close()


def _soak(
    db: Database, port: int, who: dict[str, int], *, environ: Mapping[str, str], minutes: int, pace: float
) -> None:
    """Post for so many minutes while others file and sort what comes; then wait until nothing waits any more."""
    with db.transaction() as session:
        # There is nobody to send answers to.
        session.execute(update(Line).values(mode=Mode.OFF))
        books.touch(session)
    with beside(environ, "work") as worker, beside(environ, "clock") as ticking:
        who |= {"worker": worker.pid, "clock": ticking.pid}
        for minute in range(minutes):
            held = ", ".join(f"{name} {_memory(pid)} MB" for name, pid in who.items() if name not in NOT_OURS)
            print(f"minute {minute + 1}: {held}, {_waiting(db)} rows wait", end="; ", flush=True)
            _measure(db, port, who, f"soak{minute}-", 60.0, pace)
        limit, began = time.monotonic() + PATIENT, time.monotonic()
        while waiting := _waiting(db):
            if time.monotonic() > limit:
                sys.exit(f"{waiting} rows are left behind")
            time.sleep(1)
        held = ", ".join(f"{name} {_memory(pid)} MB" for name, pid in who.items() if name not in NOT_OURS)
        print(f"nothing left behind after {time.monotonic() - began:.0f} s more; {held}", flush=True)


def _measure(db: Database, port: int, who: Mapping[str, int], name: str, seconds: float, pace: float = 0.0) -> float:
    """Post for so long and tell how it went, see that all that was answered is there; the posts a second."""
    counted, before = _count(db), {server: spent(pid) for server, pid in who.items()}
    took = load(port, name, seconds, pace)
    used = {server: (spent(pid) - before[server]) * 1000 / len(took) for server, pid in who.items()}
    cuts, kept = statistics.quantiles(took, n=100), _count(db) - counted
    print(f"{len(took) / seconds:.0f} posts/s, p50 {cuts[49]:.1f} ms, p99 {cuts[98]:.1f} ms", flush=True)
    print(
        "processor's time of a post: " + ", ".join(f"{server} {ms:.2f} ms" for server, ms in used.items()), flush=True
    )
    print(f"{len(took)} answered, {kept} rows kept", flush=True)
    if kept != len(took):
        sys.exit("not every post that was answered is kept")
    return len(took) / seconds


def _memory(pid: int) -> int:
    """What a process and those that it began hold together, in MB."""
    told = subprocess.run(["ps", "-o", "rss=", "-p", str(pid), "--ppid", str(pid)], capture_output=True, text=True)
    return sum(int(line) for line in told.stdout.split()) // 1024


def _waiting(db: Database) -> int:
    """Arrivals that nobody has filed and tickets that nobody has sorted."""
    with db.reading() as session:
        unfiled = session.scalar(select(func.count()).select_from(Arrival).where(Arrival.filed_at.is_(None))) or 0
        unsorted = session.scalar(select(func.count()).select_from(Ticket).where(Ticket.sort_at.is_not(None))) or 0
    return unfiled + unsorted


def _count(db: Database) -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(Arrival)) or 0


if __name__ == "__main__":
    main()
