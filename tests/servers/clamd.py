"""A ClamAV daemon of our own with one signature of our own, on a free port and a socket of this machine."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from app.scanner import Clamd, ScannerAway
from tests.servers.process import Process, folder, free_port, program

# What it takes for a virus; nobody else does.
VIRUS = b"ventanilla-infected-sample-of-the-tests"
NAME = "Ventanilla.Prueba"


class ClamdServer:
    """One daemon; `stop()` and `start()` keep its addresses."""

    def __init__(self) -> None:
        self.folder = folder("clamd")
        self.port = free_port()
        (self.folder / "signatures").mkdir()
        (self.folder / "signatures" / "tests.ndb").write_text(f"{NAME}:0:*:{VIRUS.hex()}\n")
        self._process: Process | None = None
        self.start()

    @property
    def url(self) -> str:
        """Where it is found by TCP."""
        return f"tcp://127.0.0.1:{self.port}"

    @property
    def socket_url(self) -> str:
        """Where it is found on this machine."""
        return f"unix://{self.folder}/clamd.sock"

    def start(self) -> None:
        """Start it on its addresses."""
        if self._process and self._process.alive:
            return
        settings = {
            "Foreground": "yes",
            "TCPAddr": "127.0.0.1",
            "TCPSocket": str(self.port),
            "LocalSocket": str(self.folder / "clamd.sock"),
            "FixStaleSocket": "yes",
            "DatabaseDirectory": str(self.folder / "signatures"),
            "StreamMaxLength": "30M",
        }
        (self.folder / "clamd.conf").write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
        # Whoever starts it owns its folder, so it goes on as the same user.
        command = [program("clamd"), "--config-file", str(self.folder / "clamd.conf")]
        self._process = Process(command, cwd=self.folder)
        self._process.wait_until(self._ready, seconds=60)

    def stop(self) -> None:
        """End it: from now on connections are refused."""
        if self._process:
            self._process.stop()

    def close(self) -> None:
        """Stop it and leave nothing behind."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _ready(self) -> bool:
        try:
            for url in (self.url, self.socket_url):
                Clamd.from_url(url).ping()
        except ScannerAway:
            return False
        return True


@contextmanager
def running() -> Iterator[ClamdServer]:
    """A daemon that is stopped whatever happens."""
    server = ClamdServer()
    try:
        yield server
    finally:
        server.close()
