"""A wire of its own between this machine and a database, which can be cut without either end hearing of it.

It is a pair of virtual interfaces, one of them in a network namespace; at its far end somebody carries on to the
database's Unix socket.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.process import Process, ServerError, folder, program

PORT = 5432
RELAY = Path(__file__).with_name("relay.py")


class Wire:
    """`cut()` lets every packet be lost from now on, `mend()` lets them through again."""

    def __init__(self, path: Path) -> None:
        number = os.getpid()
        self._space, self._near, self._far = f"vw{number}", f"vn{number}", f"vf{number}"
        # Addresses that are set aside for measuring, so that they collide with nobody's.
        block = f"198.18.{number // 64 % 256}"
        last = number % 64 * 4
        self.address = f"{block}.{last + 2}"
        self._say("netns", "add", self._space)
        try:
            self._say("link", "add", self._near, "type", "veth", "peer", "name", self._far, "netns", self._space)
            self._say("addr", "add", f"{block}.{last + 1}/30", "dev", self._near)
            self._say("link", "set", self._near, "up")
            self._say("-n", self._space, "addr", "add", f"{self.address}/30", "dev", self._far)
            self.mend()
            self._relay = self._carried(path)
        except ServerError:
            self._say("netns", "del", self._space)
            raise

    def cut(self) -> None:
        """From now on nothing comes through, and nobody is told."""
        self._say("-n", self._space, "link", "set", self._far, "down")

    def mend(self) -> None:
        """Everything comes through again."""
        self._say("-n", self._space, "link", "set", self._far, "up")

    def close(self) -> None:
        """Leave nothing behind."""
        self._relay.stop(signal.SIGKILL)
        self._say("netns", "del", self._space)

    def _carried(self, path: Path) -> Process:
        command = [program("ip"), "netns", "exec", self._space, sys.executable, str(RELAY), self.address, str(PORT)]
        relay = Process([*command, str(path)], cwd=folder("wire"))
        relay.wait_until(self._listens)
        return relay

    def _listens(self) -> bool:
        return f":{PORT}" in self._say("netns", "exec", self._space, "ss", "-ltn")

    def _say(self, *words: str) -> str:
        done = subprocess.run([program("ip"), *words], capture_output=True, text=True, check=False)
        if done.returncode:
            raise ServerError(
                f"ip {' '.join(words)}: {done.stderr.strip()}. This test makes a network of its own: run it as root,"
                " on a machine or in a container that may make network namespaces."
            )
        return done.stdout


@contextmanager
def wired(path: Path) -> Iterator[Wire]:
    """A wire to a Unix socket that is taken away whatever happens."""
    wire = Wire(path)
    try:
        yield wire
    finally:
        wire.close()
