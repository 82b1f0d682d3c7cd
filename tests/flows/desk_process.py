"""A whole desk as real processes, in both ways of running: embedded on SQLite, or gunicorn, worker and clock."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import requests

from tests.servers.process import free_port

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 30.0


class DeskProcess:
    """One desk. `start()` and `stop()` as often as one likes; what it said is in `log`."""

    def __init__(self, folder: Path, environ: Mapping[str, str]) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.folder = folder
        self.log = folder / "desk.log"
        folder.mkdir(parents=True, exist_ok=True)
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        self.environ = {
            **kept,
            "FLASK_APP": "app.factory:create_app",
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "DATA_DIR": str(folder / "data"),
            "PORT": str(self.port),
            "PUBLIC_URL": self.url,
            "SECRET_KEY": "key-of-the-flows",
            "LOG_LEVEL": "INFO",
            **environ,
        }
        self.children: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def embedded(self) -> bool:
        """Whether one process does everything."""
        return "REDIS_URL" not in self.environ

    def flask(self, *words: str, given: bytes = b"") -> str:
        """Run a command to its end; what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "flask", *words],
            cwd=self.folder,
            env=self.environ,
            input=given,
            capture_output=True,
            timeout=60,
        )
        if done.returncode:
            raise AssertionError(
                f"flask {' '.join(words)}: {done.stderr.decode()[-2000:]}{done.stdout.decode()[-500:]}"
            )
        return done.stdout.decode().strip()

    def start(self) -> None:
        """Start every process of this way of running and wait until it answers."""
        self.begin_all()
        self.wait_for(self.answers, "the desk to answer")

    def begin_all(self) -> None:
        """Start every process of this way of running."""
        if self.embedded:
            self.begin("serve", "-m", "flask", "serve")
        else:
            self.begin_web()
            self.begin("worker", "-m", "flask", "work")
            self.begin("clock", "-m", "flask", "clock")

    def begin_web(self) -> None:
        """Start the web of the production way."""
        bind = ["-b", f"127.0.0.1:{self.port}", "-k", "gthread", "--threads", "8", "--no-control-socket"]
        self.begin("web", "-m", "gunicorn", "app.factory:create_app()", *bind)

    def begin(self, name: str, *words: str) -> None:
        """Start one process."""
        with self.log.open("ab") as log:
            self.children[name] = subprocess.Popen(
                [sys.executable, *words],
                cwd=self.folder,
                env=self.environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self, name: str) -> None:
        """One process dies without a word."""
        child = self.children.pop(name)
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()

    def stop(self) -> None:
        """End every process politely, then surely."""
        for child in self.children.values():
            child.send_signal(signal.SIGTERM)
        for child in self.children.values():
            try:
                child.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
        self.children.clear()

    def wait_for(self, holds: Callable[[], object], what: str, *, seconds: float = PATIENCE) -> None:
        """Return as soon as it holds; fails with the end of the desk's log."""
        end = time.monotonic() + seconds
        while not holds():
            dead = [name for name, child in self.children.items() if child.poll() is not None]
            if dead or time.monotonic() > end:
                told = self.log.read_text(errors="replace")[-4000:] if self.log.exists() else ""
                raise AssertionError(f"waited in vain for {what} (dead: {dead})\n{told}")
            time.sleep(0.05)

    def answers(self) -> bool:
        """Whether the desk is ready."""
        try:
            return requests.get(f"{self.url}/readyz", timeout=2).status_code == 200
        except requests.RequestException:
            return False
