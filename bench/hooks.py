"""Signed WhatsApp posts at 16 connections against gunicorn on PostgreSQL with fsync, each counted afterwards.

Run: python -m bench.hooks [SECONDS] [--soak MINUTES]; the soak goes on at half of the pace and watches memory.
"""

import argparse
import os
import shlex
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from redis import Redis
from sqlalchemy import func, select

from app.config import ROOT
from app.db import Database
from app.migrate import upgrade
from app.models.arrival import Arrival
from bench.posting import load
from bench.spent import spent
from tests.app_fixtures import environ, seed
from tests.servers import postgres, redis
from tests.servers.process import free_port

WORKERS = 2
# A machine on which much else runs may take longer to start than gunicorn's half minute.
PATIENT = 300


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
        with _web(environ(url, Path(folder), REDIS_URL=waker.url, LOG_LEVEL="INFO"), Path(folder)) as (web, port):
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


@contextmanager
def _web(told: dict[str, str], folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The web as the Procfile starts it, on both cores."""
    port = free_port()
    kinds = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())
    command = [part.replace("0.0.0.0:$PORT", f"127.0.0.1:{port}") for part in shlex.split(kinds["web"])]
    command[0] = str(Path(sys.executable).with_name(command[0]))
    with (folder / "log").open("wb") as log:
        more = ["-w", str(WORKERS), "--timeout", str(PATIENT), "--log-level", "error"]
        web = subprocess.Popen([*command, *more], env={**os.environ, **told}, stderr=log)
    try:
        limit = time.monotonic() + PATIENT
        while not _answers(port):
            if web.poll() is not None or time.monotonic() > limit:
                sys.exit(f"gunicorn does not start:\n{(folder / 'log').read_text()[-2000:]}")
            time.sleep(0.1)
        yield web, port
    finally:
        web.terminate()
        web.wait()


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), 1) as wire:
            wire.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
            return b" 200 " in wire.recv(64)
    except OSError:
        return False


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
