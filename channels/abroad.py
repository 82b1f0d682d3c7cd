"""Asking addresses that strangers have written: only servers of the open Internet are reached, whatever a name says.

The address that was looked at is the one that is connected to, for every redirect anew: a name that answers differently
the second time gains nothing. Behind a proxy the proxy looks names up, and only addresses in figures are judged here.
"""

import ipaddress
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from requests import Session
from requests.adapters import HTTPAdapter
from requests.exceptions import InvalidURL
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NewConnectionError

from channels.way import Way

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
UNICAST = ipaddress.ip_network("2000::/3")
NAT64 = ipaddress.ip_network("64:ff9b::/96")
MOST_HOPS = 5


def public(address: Address) -> bool:
    """Whether an address is one of the open Internet; what is wrapped in it counts too."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if address in NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return public(inner)
        if address not in UNICAST:
            return False
    return address.is_global and not address.is_multicast


@dataclass(frozen=True, slots=True)
class Rule:
    """Which addresses are reached, and who says what addresses a name has."""

    allows: Callable[[Address], bool] = public
    resolve: Callable[..., list[Any]] = socket.getaddrinfo

    def figures(self, host: str) -> list[Address]:
        """The address that a host is already, in whatever figures a system takes for one; none for a name."""
        try:
            return [_address(one) for one in self.resolve(host, None, flags=socket.AI_NUMERICHOST)]
        except OSError:
            return []

    def connect(self, host: str, port: int, timeout: Any) -> socket.socket:
        """A connection to a name all of whose addresses are allowed; raises OSError."""
        found = [_address(one) for one in self.resolve(host, port, type=socket.SOCK_STREAM)]
        if not found or not all(self.allows(one) for one in found):
            raise OSError("an address at home")
        return socket.create_connection((str(found[0]), port), timeout)


def session(way: Way, rule: Rule | None = None) -> Session:
    """A session that reaches servers abroad only; it raises requests' own errors for those at home."""
    made = Session()
    made.trust_env = False
    made.max_redirects = MOST_HOPS
    for scheme in ("http://", "https://"):
        made.mount(scheme, _Abroad(way, rule or Rule()))
    return made


class _Abroad(HTTPAdapter):
    """Each hop goes the way of its own host: through the proxy, or straight to an address that was looked at."""

    def __init__(self, way: Way, rule: Rule) -> None:
        self._way, self._rule = way, rule
        super().__init__()

    def init_poolmanager(self, *sizes: Any, **named: Any) -> None:
        super().init_poolmanager(*sizes, **named, ssl_context=self._way.context())
        self.poolmanager.pool_classes_by_scheme = _pools(self._rule)

    def proxy_manager_for(self, proxy: str, **named: Any) -> Any:
        return super().proxy_manager_for(proxy, **named, ssl_context=self._way.context())

    def send(self, request: Any, *first: Any, **told: Any) -> Any:
        host = urlsplit(request.url).hostname or ""
        proxy = self._way.proxy_for(host)
        if proxy and not all(self._rule.allows(one) for one in self._rule.figures(host)):
            raise InvalidURL("an address at home")
        told["proxies"] = {"http": proxy, "https": proxy} if proxy else {}
        return super().send(request, *first, **told)


def _address(found: Any) -> Address:
    return ipaddress.ip_address(str(found[4][0]).partition("%")[0])


def _pools(rule: Rule) -> dict[str, type]:
    """urllib3's pools, with connections that look before they leap."""

    def look(self: HTTPConnection) -> socket.socket:
        try:
            return rule.connect(self.host, self.port or self.default_port, self.timeout)
        except OSError as error:
            raise NewConnectionError(self, "not reached") from error

    plain = type("_Plain", (HTTPConnection,), {"_new_conn": look})
    secure = type("_Secure", (HTTPSConnection,), {"_new_conn": look})
    return {
        "http": type("_PlainPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
        "https": type("_SecurePool", (HTTPSConnectionPool,), {"ConnectionCls": secure}),
    }
