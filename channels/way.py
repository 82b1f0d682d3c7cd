"""The way out to the Internet: straight or through the house's proxy, trusting the usual authorities or its own."""

import base64
import http.client
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Self
from urllib.parse import unquote, urlsplit

HERE = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """`proxy` is an http:// address; `straight` names the hosts and domains that are reached without it."""

    proxy: str | None = field(default=None, repr=False)
    straight: tuple[str, ...] = ()
    authorities: str | None = None

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Self:
        """What the environment says; raises ValueError with the variable and the cure."""
        proxy = (environ.get("HTTPS_PROXY") or environ.get("https_proxy") or "").strip() or None
        if proxy and (urlsplit(proxy).scheme != "http" or not urlsplit(proxy).hostname):
            raise ValueError("HTTPS_PROXY: debe ser una dirección como http://proxy.ejemplo.es:3128.")
        authorities = environ.get("CA_BUNDLE", "").strip() or None
        if authorities:
            _check(authorities)
        named = (environ.get("NO_PROXY") or environ.get("no_proxy") or "").replace(",", " ").split()
        return cls(
            proxy=proxy, straight=tuple(name.lower().lstrip("*").lstrip(".") for name in named), authorities=authorities
        )

    def proxy_for(self, host: str) -> str | None:
        """The proxy through which a host is reached, or None."""
        name = host.lower()
        if name in HERE or "" in self.straight:
            return None
        near = any(name == one or name.endswith(f".{one}") for one in self.straight)
        return None if near else self.proxy

    def context(self) -> ssl.SSLContext:
        """Whom to trust; the house's authorities come on top of the usual ones."""
        return _trusting(self.authorities)

    def connect(self, host: str, port: int, timeout: float | None) -> socket.socket:
        """A plain connection to a host, with a tunnel through the proxy where one stands in between; raises OSError."""
        proxy = self.proxy_for(host)
        if proxy is None:
            return socket.create_connection((host, port), timeout)
        parts = urlsplit(proxy)
        tunnel = http.client.HTTPConnection(parts.hostname or "", parts.port or 3128, timeout=timeout)
        tunnel.set_tunnel(host, port, headers=_known_as(parts.username, parts.password))
        try:
            tunnel.connect()
        except http.client.HTTPException as error:
            tunnel.close()
            raise OSError("the proxy gave no tunnel") from error
        # The connection is ours from here on, and the object that made it must not close it.
        made, tunnel.sock = tunnel.sock, None
        return made

    def days_left(self, host: str, port: int, timeout: float, *, now: datetime) -> int:
        """For how many days a server's certificate still holds; raises OSError."""
        plain = self.connect(host, port, timeout)
        with plain, self.context().wrap_socket(plain, server_hostname=host) as secure:
            told = secure.getpeercert() or {}
        ends = ssl.cert_time_to_seconds(str(told["notAfter"]))
        return int((ends - now.timestamp()) // 86400)


@lru_cache(maxsize=4)
def _trusting(authorities: str | None) -> ssl.SSLContext:
    # Reading them takes longer than handing over a message.
    context = ssl.create_default_context()
    if authorities:
        context.load_verify_locations(authorities)
    return context


def _known_as(user: str | None, password: str | None) -> dict[str, str]:
    if not user:
        return {}
    pair = f"{unquote(user)}:{unquote(password or '')}"
    return {"Proxy-Authorization": f"Basic {base64.b64encode(pair.encode()).decode('ascii')}"}


def _check(authorities: str) -> None:
    if not Path(authorities).is_file():
        raise ValueError(f"CA_BUNDLE: no hay ningún fichero {authorities}.")
    try:
        ssl.create_default_context().load_verify_locations(authorities)
    except ssl.SSLError as error:
        raise ValueError(f"CA_BUNDLE: {authorities} no tiene certificados en PEM.") from error
