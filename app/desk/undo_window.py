"""How long an answer waits before it leaves, so that whoever wrote it may take it back: a setting, by channel."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.desk import desk_settings
from app.errors import Impossible

KEY = "undo"
USUAL = {"email": 10, "whatsapp": 4}
LONGEST = 60


def seconds(settings: Mapping[str, Any]) -> dict[str, int]:
    """The seconds of each channel."""
    told = settings.get(KEY) or {}
    return {way: int(told.get(way, usual)) for way, usual in USUAL.items()}


def wait(settings: Mapping[str, Any], way: str) -> timedelta:
    """How long an answer by a channel waits; nothing where there is nothing to wait for."""
    return timedelta(seconds=seconds(settings).get(way, 0))


def keep(session: Session, told: Mapping[str, str], *, now: datetime) -> None:
    """Write the seconds of each channel as they were typed."""
    kept = {way: int(told[way]) if told.get(way, "").isdecimal() else -1 for way in USUAL}
    if any(not 0 <= one <= LONGEST for one in kept.values()):
        raise Impossible(f"Para deshacer caben de 0 a {LONGEST} segundos.")
    desk_settings.put(session, KEY, kept, now=now)
