"""Whether the addresses that articles name still answer: asked over the network, never inside a transaction."""

from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import requests
from sqlalchemy.orm import Session

from app.desk import desk_settings
from app.models.book import Setting
from channels import abroad
from channels.abroad import Rule
from channels.way import Way

KEY = "broken_links"
PATIENCE, AT_ONCE = 6, 8
# What a server says to a program that it takes for a robot: the page is there for people.
SHY = {401, 403, 405, 406, 429, 999}


def broken(addresses: Iterable[str], *, way: Way, rule: Rule | None = None) -> dict[str, str]:
    """The addresses that do not answer, each with why; the desk knocks at none of its own neighbours."""
    wanted = list(addresses)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        told = pool.map(lambda one: _ask(one, way, rule), wanted)
    return {address: why for address, why in zip(wanted, told, strict=True) if why}


def keep(session: Session, asked: Collection[str], broken: Mapping[str, str], *, now: datetime) -> None:
    """Remember what does not answer; what was not asked stays as it was known."""
    row = session.get(Setting, KEY)
    known = {one: why for one, why in (row.value if row else {}).items() if one not in asked}
    desk_settings.put(session, KEY, {**known, **broken}, now=now)


def _ask(address: str, way: Way, rule: Rule | None) -> str | None:
    try:
        with (
            abroad.session(way, rule) as session,
            session.get(address, timeout=PATIENCE, stream=True) as said,
        ):
            status = said.status_code
    except (requests.RequestException, ValueError):
        return "no contesta, o no es una dirección pública"
    return None if status < 400 or status in SHY else f"contesta con el error {status}"
