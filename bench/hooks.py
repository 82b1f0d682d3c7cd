"""Signed WhatsApp posts at 16 connections against gunicorn on PostgreSQL with fsync, each counted afterwards.

Run: python -m bench.hooks [SECONDS] [--soak MINUTES]; the soak goes on at half of the pace and watches memory.
"""

import argparse
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from threading import Thread
from urllib.parse import urlencode

from sqlalchemy import func, select
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]  # The SDK ships no types.

from app.db import Database
from app.migrate import upgrade
from app.models.arrival import Arrival
from tests.app_fixtures import ACCOUNT, NUMBER, PUBLIC_URL, TOKEN, environ, seed
from tests.servers import postgres, redis
from tests.servers.process import free_port

CONNECTIONS, WORKERS, THREADS = 16, 2, 16
PATH = "/hooks/whatsapp"
ANSWER = b"<Response/>"


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
        with _web(environ(url, Path(folder), REDIS_URL=waker.url)) as (web, port):
            _load(port, "warm", 2.0, None)
            counted = _count(db)
            took = _load(port, "full", told.seconds, None)
            pace = _tell(took, told.seconds, _count(db) - counted)
            if told.soak:
                _soak(db, web, port, told.soak, pace / 2)
        db.close()


@contextmanager
def _web(told: dict[str, str]) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    port = free_port()
    gunicorn = str(Path(sys.executable).with_name("gunicorn"))
    command = [gunicorn, "app.factory:create_app()", "-k", "gthread", "-b", f"127.0.0.1:{port}", "--no-control-socket"]
    pool = ["-w", str(WORKERS), "--threads", str(THREADS)]
    # A machine on which much else runs may take longer to start than gunicorn's half minute.
    patient = ["--timeout", "300", "--log-level", "error"]
    web = subprocess.Popen([*command, *pool, *patient], env={**os.environ, **told})
    try:
        limit = time.monotonic() + 300
        while not _answers(port):
            if web.poll() is not None or time.monotonic() > limit:
                sys.exit("gunicorn does not start")
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


def _load(port: int, name: str, seconds: float, pace: float | None) -> list[float]:
    """What every post took, in ms; sent by another process, as Twilio would."""
    spawn = get_context("spawn")
    with spawn.Pool(1) as sender:
        return sender.apply(send, (port, name, seconds, pace))


def send(port: int, name: str, seconds: float, pace: float | None) -> list[float]:
    """Post by all connections for so long, each at once after the last or at a common pace."""
    took: list[float] = []
    ends = time.monotonic() + seconds
    threads = [Thread(target=_post, args=(port, f"{name}{n}", ends, pace, took)) for n in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return took


def _post(port: int, name: str, ends: float, pace: float | None, took: list[float]) -> None:
    signer, place = RequestValidator(TOKEN), 0
    with socket.create_connection(("127.0.0.1", port)) as wire:
        while (begun := time.monotonic()) < ends:
            request = _signed(signer, f"SM{name}-{place}")
            sent = time.perf_counter()
            wire.sendall(request)
            answer = wire.recv(4096)
            while ANSWER not in answer:
                if not (more := wire.recv(4096)):
                    raise SystemExit(f"refused: {answer[:200]!r}")
                answer += more
            took.append((time.perf_counter() - sent) * 1000)
            place += 1
            if pace is not None:
                time.sleep(max(0.0, CONNECTIONS / pace - (time.monotonic() - begun)))


def _signed(signer: RequestValidator, sid: str) -> bytes:
    form = {"MessageSid": sid, "AccountSid": ACCOUNT, "From": "whatsapp:+34600000118", "To": f"whatsapp:{NUMBER}"}
    form |= {"Body": "Buenos días, no puedo firmar la instancia", "ProfileName": "Ana", "NumMedia": "0"}
    body = urlencode(form).encode("ascii")
    head = {
        "Host": "consultas.example.es",
        "Content-Type": "application/x-www-form-urlencoded",
        "Content-Length": str(len(body)),
        "X-Twilio-Signature": signer.compute_signature(PUBLIC_URL + PATH, form),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    return f"POST {PATH} HTTP/1.1\r\n{lines}\r\n".encode("ascii") + body


def _tell(took: list[float], seconds: float, kept: int) -> float:
    cuts = statistics.quantiles(took, n=100)
    print(f"{len(took) / seconds:.0f} posts/s, p50 {cuts[49]:.1f} ms, p99 {cuts[98]:.1f} ms", flush=True)
    print(f"{len(took)} answered, {kept} rows kept", flush=True)
    if kept != len(took):
        sys.exit("not every post that was answered is kept")
    return len(took) / seconds


def _soak(db: Database, web: subprocess.Popen[bytes], port: int, minutes: float, pace: float) -> None:
    """Minute by minute: how much memory the web has, and whether what was answered is there."""
    for minute in range(max(1, round(minutes))):
        before = _count(db)
        took = _load(port, f"soak{minute}-", 60.0, pace)
        print(f"minute {minute + 1}: {_memory(web)} MB", end=", ", flush=True)
        _tell(took, 60.0, _count(db) - before)


def _memory(web: subprocess.Popen[bytes]) -> int:
    """What gunicorn and its workers hold together, in MB."""
    told = subprocess.run(["ps", "-o", "rss=", "--ppid", str(web.pid)], capture_output=True, text=True, check=True)
    return sum(int(line) for line in told.stdout.split()) // 1024


def _count(db: Database) -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(Arrival)) or 0


if __name__ == "__main__":
    main()
