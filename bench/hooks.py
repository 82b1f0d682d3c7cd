"""Signed WhatsApp posts at 16 connections against gunicorn on PostgreSQL with fsync, each counted afterwards.

Run: python -m bench.hooks [SECONDS] [--soak MINUTES]; the soak goes on at half of the pace and watches memory.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from redis import Redis
from sqlalchemy import func, select

from app.db import Database
from app.migrate import upgrade
from app.models.arrival import Arrival
from bench.posting import load
from bench.spent import spent
from bench.web import running
from tests.app_fixtures import environ, seed
from tests.servers import postgres, redis

WORKERS = 2


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
            for minute in range(round(told.soak)):
                print(f"minute {minute + 1}: {_memory(web)} MB", end=", ", flush=True)
                _measure(db, port, who, f"soak{minute}-", 60.0, pace / 2)
        db.close()


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


def _memory(web: subprocess.Popen[bytes]) -> int:
    """What gunicorn and its workers hold together, in MB."""
    told = subprocess.run(["ps", "-o", "rss=", "--ppid", str(web.pid)], capture_output=True, text=True, check=True)
    return sum(int(line) for line in told.stdout.split()) // 1024


def _count(db: Database) -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(Arrival)) or 0


if __name__ == "__main__":
    main()
