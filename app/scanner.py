"""ClamAV's daemon, asked over its own protocol (INSTREAM): whether some bytes carry what its signatures know."""

import socket
import struct
from contextlib import suppress
from typing import BinaryIO, Self
from urllib.parse import urlsplit

from app.errors import ConfigError

PIECE = 65_536
CONNECT, PATIENCE = 3.0, 60.0
HOW = "CLAMD_URL: use tcp://127.0.0.1:3310 o unix:///run/clamav/clamd.ctl."


class ScannerAway(OSError):
    """Nobody can say now; the file waits."""


class TooLarge(ScannerAway):
    """It looks at nothing of this size (its StreamMaxLength), however often it is asked."""


class Clamd:
    """One daemon at an address; every question is a connection of its own."""

    def __init__(self, address: str | tuple[str, int]) -> None:
        self._address = address

    @classmethod
    def from_url(cls, url: str) -> Self:
        """By CLAMD_URL; raises ConfigError."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise ConfigError(HOW) from error
        if parts.scheme == "unix" and parts.path and not parts.netloc:
            return cls(parts.path)
        if parts.scheme == "tcp" and parts.hostname:
            return cls((parts.hostname, port or 3310))
        raise ConfigError(HOW)

    def ping(self) -> None:
        """Raises ScannerAway unless it answers."""
        try:
            with self._connected() as door:
                door.sendall(b"zPING\0")
                said = _answer(door)
        except OSError as error:
            raise ScannerAway(type(error).__name__) from error
        if said != "PONG":
            raise ScannerAway("no PONG")

    def scan(self, content: BinaryIO) -> str | None:
        """The name of what it found, None for nothing; raises ScannerAway, also for what it will not look at."""
        try:
            with self._connected() as door:
                # It answers and hangs up in the middle of what is too large for it.
                with suppress(BrokenPipeError, ConnectionResetError):
                    door.sendall(b"zINSTREAM\0")
                    while piece := content.read(PIECE):
                        door.sendall(struct.pack(">I", len(piece)) + piece)
                    door.sendall(struct.pack(">I", 0))
                said = _answer(door)
        except OSError as error:
            raise ScannerAway(type(error).__name__) from error
        if said.endswith(" FOUND"):
            return said.removeprefix("stream: ").removesuffix(" FOUND")
        if "size limit exceeded" in said:
            raise TooLarge("size limit exceeded")
        if said != "stream: OK":
            raise ScannerAway("no verdict")
        return None

    def _connected(self) -> socket.socket:
        if isinstance(self._address, str):
            door = socket.socket(socket.AF_UNIX)
            door.settimeout(CONNECT)
            try:
                door.connect(self._address)
            except OSError:
                door.close()
                raise
        else:
            door = socket.create_connection(self._address, CONNECT)
        door.settimeout(PATIENCE)
        return door


def _answer(door: socket.socket) -> str:
    told = b""
    while not told.endswith(b"\0") and (piece := door.recv(4096)):
        told += piece
    return told.rstrip(b"\0").decode("utf-8", "replace").strip()
