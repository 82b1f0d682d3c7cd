"""Whether the addresses that articles name still answer: asked over the network, never inside a transaction."""

import ipaddress
import socket
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from urllib.parse import urlsplit

import requests
from sqlalchemy.orm import Session

from app.desk import rules
from app.models.book import Setting

KEY = "broken_links"
PATIENCE, AT_ONCE = 6, 8
# What a server says to a program that it takes for a robot: the page is there for people.
SHY = {401, 403, 405, 406, 429, 999}


def abroad(host: str) -> bool:
    """Whether a name leads out into the internet: an article must not make the desk knock at its own neighbours."""
    try:
        found = {info[4][0] for info in socket.getaddrinfo(host, None)}
    except OSError:
        return False
    return all(ipaddress.ip_address(str(one)).is_global for one in found)


def broken(addresses: Iterable[str], *, allowed: Callable[[str], bool] = abroad) -> dict[str, str]:
    """The addresses that do not answer, each with why."""
    wanted = list(addresses)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        told = pool.map(lambda one: _ask(one, allowed), wanted)
    return {address: why for address, why in zip(wanted, told, strict=True) if why}


def keep(session: Session, asked: Collection[str], broken: Mapping[str, str], *, now: datetime) -> None:
    """Remember what does not answer; what was not asked stays as it was known."""
    row = session.get(Setting, KEY)
    known = {one: why for one, why in (row.value if row else {}).items() if one not in asked}
    rules.put(session, KEY, {**known, **broken}, now=now)


def _ask(address: str, allowed: Callable[[str], bool]) -> str | None:
    if not allowed(urlsplit(address).hostname or ""):
        return "el nombre no existe o no es público"
    try:
        # A redirect may lead anywhere, so it is taken for an answer and not followed.
        with requests.get(address, timeout=PATIENCE, allow_redirects=False, stream=True) as answer:
            status = answer.status_code
    except requests.RequestException:
        return "no contesta"
    return None if status < 400 or status in SHY else f"contesta con el error {status}"
