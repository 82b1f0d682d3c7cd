"""A guard: no test may reach beyond this machine, not even by asking for a name."""

import ipaddress
import socket
import sys
from typing import Any

NAMES = {"", "localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback"}


class OutgoingConnectionError(OSError):
    """A test wanted to leave this machine."""


class Guard:
    """Refuses every way out and remembers it, because the code under test may well survive the refusal."""

    def __init__(self) -> None:
        self.refused: list[str] = []

    def watch(self) -> None:
        """From now on, for as long as this process lives: an audit hook cannot be taken away."""
        sys.addaudithook(self._hear)

    def _hear(self, event: str, told: tuple[Any, ...]) -> None:
        if event in {"socket.connect", "socket.sendto"}:
            beyond = told[0].family in {socket.AF_INET, socket.AF_INET6} and not here(told[1][0])
            host = told[1][0] if beyond else ""
        elif event == "socket.getaddrinfo":
            host, beyond = told[0], not here(told[0])
        else:
            return
        if beyond:
            self.refused.append(f"{event} {host}")
            raise OutgoingConnectionError(f"a test wanted to reach {host}")


def here(host: str | bytes | None) -> bool:
    """Whether a host is this machine; a name is asked nobody about."""
    name = host.decode() if isinstance(host, bytes) else host or ""
    if name.lower() in NAMES or name == socket.gethostname():
        return True
    try:
        address = ipaddress.ip_address(name.split("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
