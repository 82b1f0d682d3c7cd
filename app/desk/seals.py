"""Nightly seals: a keyed hash over every event so far, so that nobody with the database alone rewrites the past."""

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.desk.events import FIRST
from app.models.ledger import Seal
from app.models.ticket import Event

# A transaction that was open at a moment is over an hour later, so no lower id comes in behind the seal.
SETTLED = timedelta(hours=1)
PIECE = 5000


def draft(session: Session, keys: Sequence[str], *, now: datetime, zone: ZoneInfo) -> Seal | None:
    """Tonight's seal over what came since the last one; None when there is one already."""
    last = session.scalars(select(Seal).order_by(Seal.id.desc()).limit(1)).first()
    today = now.astimezone(zone).date()
    if last is not None and last.day >= today:
        return None
    before, since = (last.seal, last.last_event_id) if last else (FIRST, 0)
    until = session.scalar(select(func.max(Event.id)).where(Event.id > since, Event.at < now - SETTLED)) or since
    count, seal = _sealed(keys[0], before, _between(session, since, until))
    return Seal(day=today, at=now, last_event_id=until, events=count, before_seal=before, seal=seal)


def keep(session: Session, seal: Seal) -> bool:
    """Write it down unless another process was quicker."""
    if session.scalar(select(Seal.id).where(Seal.day >= seal.day).limit(1)) is not None:
        return False
    session.add(seal)
    return True


def broken(session: Session, keys: Sequence[str]) -> list[Seal]:
    """The seals that do not hold: an event before them was changed, taken out or put in, or the key is not ours."""
    wrong = []
    before, since = FIRST, 0
    for seal in session.scalars(select(Seal).order_by(Seal.id)).all():
        made = (_sealed(key, before, _between(session, since, seal.last_event_id)) for key in keys)
        if seal.before_seal != before or (seal.events, seal.seal) not in made:
            wrong.append(seal)
        before, since = seal.seal, seal.last_event_id
    return wrong


def _between(session: Session, since: int, until: int) -> Iterator[tuple[int, str]]:
    rows = session.execute(
        select(Event.id, Event.hash)
        .where(Event.id > since, Event.id <= until)
        .order_by(Event.id)
        .execution_options(yield_per=PIECE)
    )
    for row in rows:
        yield row.id, row.hash


def _sealed(key: str, before: str, events: Iterable[tuple[int, str]]) -> tuple[int, str]:
    made, count = hmac.new(key.encode(), before.encode(), hashlib.sha256), 0
    for event_id, digest in events:
        made.update(f"\n{event_id}:{digest}".encode())
        count += 1
    return count, made.hexdigest()
