"""The web as the Procfile starts it, at a port of this machine, for measurements that come over the wire."""

import os
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from app.config import ROOT
from tests.servers.process import free_port

# A machine on which much else runs may take longer to start than gunicorn's half minute.
PATIENT = 300


@contextmanager
def running(told: Mapping[str, str], folder: Path, *, workers: int) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Gunicorn with so many workers and the port that it listens on; stops the program if it does not start."""
    port = free_port()
    kinds = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())
    command = [part.replace("0.0.0.0:$PORT", f"127.0.0.1:{port}") for part in shlex.split(kinds["web"])]
    command[0] = str(Path(sys.executable).with_name(command[0]))
    with (folder / "web.log").open("wb") as log:
        more = ["-w", str(workers), "--timeout", str(PATIENT), "--log-level", "error"]
        web = subprocess.Popen([*command, *more], env={**os.environ, **told}, stderr=log)
    try:
        limit = time.monotonic() + PATIENT
        while not _answers(port):
            if web.poll() is not None or time.monotonic() > limit:
                sys.exit(f"gunicorn does not start:\n{(folder / 'web.log').read_text()[-2000:]}")
            time.sleep(0.1)
        yield web, port
    finally:
        web.terminate()
        web.wait()


@contextmanager
def beside(told: Mapping[str, str], *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """Another process of the desk, a command of `flask`."""
    command = [sys.executable, "-m", "flask", "--app", "app.factory:create_app", *words]
    other = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **told, "LOG_LEVEL": "ERROR"})
    try:
        yield other
    finally:
        other.terminate()
        other.wait()


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), 1) as wire:
            wire.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
            return b" 200 " in wire.recv(64)
    except OSError:
        return False
