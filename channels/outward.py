"""HTTP sessions that go the house's way out, whatever else the process's environment says."""

from ssl import SSLContext
from typing import Any

from requests import Session
from requests.adapters import HTTPAdapter

from channels.way import Way


def furnish(session: Session, way: Way, host: str) -> None:
    """Let a session reach a host through the house's proxy and trust the house's authorities, where there are any."""
    session.trust_env = False
    if proxy := way.proxy_for(host):
        session.proxies = {"https": proxy, "http": proxy}
    if way.authorities:
        session.mount("https://", _Trusting(way.context()))


class _Trusting(HTTPAdapter):
    """Trusts whom the context trusts, also through a proxy."""

    def __init__(self, context: SSLContext) -> None:
        self._context = context
        super().__init__()

    def init_poolmanager(self, *sizes: Any, **named: Any) -> None:
        super().init_poolmanager(*sizes, **named, ssl_context=self._context)

    def proxy_manager_for(self, proxy: str, **named: Any) -> Any:
        return super().proxy_manager_for(proxy, **named, ssl_context=self._context)
