"""The nightly seal whole: read without holding anybody up, written in a moment, and told outside the database."""

import os

import structlog

from app import clock
from app.desk import seals
from app.house import House

log = structlog.get_logger()
NAME = "seals.txt"
HOUR = 3


def nightly(house: House) -> bool:
    """Seal once a night, when nobody works; whether it was now."""
    return clock.now().astimezone(house.config.zone).hour >= HOUR and seal(house)


def seal(house: House) -> bool:
    """Seal what came since the last seal; False when it has been done today."""
    with house.db.reading() as session:
        made = seals.draft(session, house.config.secret_keys, now=clock.now(), zone=house.config.zone)
    if made is None:
        return False
    day, word = made.day, made.seal
    with house.db.transaction() as session:
        if not seals.keep(session, made):
            return False
    # A copy of this file on another machine shows whether somebody with the database and the key made seals anew.
    house.config.data_dir.mkdir(parents=True, exist_ok=True)
    with (house.config.data_dir / NAME).open("a", encoding="ascii") as out:
        out.write(f"{day} {word}\n")
        out.flush()
        os.fsync(out.fileno())
    log.info("sealed", day=str(day), seal=word)
    return True
