"""A PostgreSQL of our own on a Unix socket in a temporary folder, as root too."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql

from tests.servers.process import Process, ServerError, folder, program, server_user

OLDEST = 15


class Postgres:
    """One cluster. `url` is its maintenance database; tests ask for their own with `create_database()`."""

    def __init__(self, *, fsync: bool = False) -> None:
        self.folder = folder("pg")
        self._user = server_user("postgres", "nobody")
        self._fsync = fsync
        self._numbers = count(1)
        self._process: Process | None = None
        self._programs = _newest()
        os.chown(self.folder, self._user.pw_uid, self._user.pw_gid)
        self._initialise()
        self.start()

    @property
    def url(self) -> str:
        """Where SQLAlchemy finds the maintenance database."""
        return self._url("postgres")

    def start(self) -> None:
        """Start it again after `stop()` or `kill()`."""
        durable = "on" if self._fsync else "off"
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.folder),
            "fsync": durable,
            "full_page_writes": durable,
            "synchronous_commit": durable,
            "max_connections": "200",
            "shared_buffers": "64MB",
            # The server lives in another zone than ours, so that a naive moment cannot pass for a right one.
            "timezone": "America/Lima",
            "log_min_messages": "fatal",
        }
        told = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        command = [program("postgres", str(self._programs)), "-D", str(self.folder / "data"), *told]
        self._process = Process(command, cwd=self.folder, user=self._user)
        self._process.wait_until(self._ready)

    def stop(self) -> None:
        """Shut it down at once, throwing out whoever is connected; nothing committed is lost."""
        if self._process:
            self._process.stop(signal.SIGINT)

    def kill(self) -> None:
        """Let it die without a word, as a power cut would; what was committed is there after `start()`."""
        if self._process:
            self._process.stop(signal.SIGQUIT)

    def restart(self) -> None:
        """Stop and start."""
        self.stop()
        self.start()

    def create_database(self, template: str | None = None) -> str:
        """The URL of a fresh database; a copy of another one of ours if its URL is given."""
        name = f"test_{next(self._numbers)}"
        base = sql.Identifier(_name(template) if template else "template0")
        # Copying files is twice as quick as logging each page of the many small tables.
        create = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        self._do(create.format(sql.Identifier(name), base))
        return self._url(name)

    def drop_database(self, url: str) -> None:
        """Throw a database away, and whoever is still connected to it out."""
        self._do(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(_name(url))))

    def close(self) -> None:
        """Stop it and leave nothing behind."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _initialise(self) -> None:
        command = [program("initdb", str(self._programs)), "-D", str(self.folder / "data"), "-U", "postgres"]
        done = subprocess.run(
            [*command, "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            user=self._user.pw_uid,
            group=self._user.pw_gid,
            extra_groups=[] if os.geteuid() == 0 else None,
        )
        if done.returncode:
            raise ServerError(f"initdb failed:\n{done.stdout}{done.stderr}")

    def _url(self, name: str) -> str:
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}"

    def _do(self, statement: sql.Composed) -> None:
        with psycopg.connect(host=str(self.folder), user="postgres", dbname="postgres", autocommit=True) as connection:
            connection.execute(statement)

    def _ready(self) -> bool:
        try:
            psycopg.connect(host=str(self.folder), user="postgres", dbname="postgres").close()
        except psycopg.OperationalError:
            return False
        return True


@contextmanager
def running(*, fsync: bool = False) -> Iterator[Postgres]:
    """A PostgreSQL that is stopped whatever happens."""
    server = Postgres(fsync=fsync)
    try:
        yield server
    finally:
        server.close()


def _newest() -> Path:
    """Where the newest PostgreSQL that is new enough keeps its programs."""
    found = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "initdb").is_file()]
    fitting = [path for path in found if path.parent.name.isdecimal() and int(path.parent.name) >= OLDEST]
    if fitting:
        return max(fitting, key=lambda path: int(path.parent.name))
    return Path(program("initdb")).resolve().parent


def _name(url: str) -> str:
    return url.split("?")[0].rsplit("/", 1)[1]
