"""A Redis of our own on a free port of this machine."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from tests.servers.process import Process, folder, free_port, program


class RedisServer:
    """One Redis that keeps nothing on disk; `stop()` and `start()` keep its address and lose its keys."""

    def __init__(self) -> None:
        self.folder = folder("redis")
        self.port = free_port()
        self._process: Process | None = None
        self.start()

    @property
    def url(self) -> str:
        """Where clients find it, stopped or not."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it on its address."""
        if self._process and self._process.alive:
            return
        options = {"port": str(self.port), "bind": "127.0.0.1", "save": "", "appendonly": "no", "dir": str(self.folder)}
        told = [part for name, value in options.items() for part in (f"--{name}", value)]
        self._process = Process([program("redis-server"), *told, "--daemonize", "no"], cwd=self.folder)
        self._process.wait_until(self._ready)

    def stop(self) -> None:
        """End it: from now on connections are refused."""
        if self._process:
            self._process.stop()

    def empty(self) -> None:
        """Forget every key."""
        with Redis.from_url(self.url) as client:
            client.flushall()

    def close(self) -> None:
        """Stop it and leave nothing behind."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _ready(self) -> bool:
        try:
            with Redis.from_url(self.url, socket_timeout=1) as client:
                return bool(client.ping())
        except RedisConnectionError:
            return False


@contextmanager
def running() -> Iterator[RedisServer]:
    """A Redis that is stopped whatever happens."""
    server = RedisServer()
    try:
        yield server
    finally:
        server.close()
