"""Looking into the folder of sent mail for what colleagues answered with their own program."""

from datetime import timedelta

import structlog
from sqlalchemy.orm import Session

from app import clock, screening
from app.desk import answered_elsewhere, arrivals, message_parts
from app.house import House
from app.mail_ledger import Ledger
from app.models.arrival import ArrivalKind, Line
from channels.channel import Fetched, Unreachable
from channels.message import Inbound
from kb.words import words

log = structlog.get_logger()
# A clock that stood still for a day misses nothing.
LOOK_BACK = timedelta(days=2)
SEARCHED = 200_000


def look_everywhere(house: House) -> None:
    """Look into every channel's sent mail; trouble of one does not keep the others waiting."""
    for name in house.channels:
        try:
            look(house, name)
        except Unreachable as error:
            log.info("sent_not_read", channel=name, reason=str(error))


def look(house: House, name: str) -> int:
    """Take in what was sent by hand of late; how many answers joined a ticket. Raises Unreachable."""
    channel = house.channels[name]
    since = clock.now() - LOOK_BACK
    return sum(_take(house, name, fetched) for fetched in channel.sent_since(since, Ledger(house, name)))


def _take(house: House, name: str, fetched: Fetched) -> bool:
    channel, now = house.channels[name], clock.now()
    (inbound, *_) = channel.parse(fetched.raw, now)
    keys = house.config.secret_keys
    with house.db.reading() as session:
        wanted = isinstance(inbound, Inbound) and answered_elsewhere.concerns(session, inbound, keys=keys)
    if not isinstance(inbound, Inbound) or not wanted:
        _tick_off(house, name, fetched)
        return False
    packed, files = arrivals.pack(fetched.wire_key, fetched.raw, house.files), tuple(_kept(house, inbound))
    books = house.books.current()
    with house.db.transaction() as session:
        line, arrival_id = _enter(session, name, channel.line, packed)
        if line is None or arrival_id is None:
            return False
        message_parts.keep_files(session, files, now=now)
        said = words(inbound.text[:SEARCHED])
        written = answered_elsewhere.Written(inbound=inbound, words=said, files=files, arrival_id=arrival_id)
        return answered_elsewhere.join(session, written, line=line, keys=keys, books=books, now=now) is not None


def _tick_off(house: House, name: str, fetched: Fetched) -> None:
    """Remember that it has been looked at, and nothing else of it."""
    seen = arrivals.Packed(
        wire_key=fetched.wire_key,
        raw=None,
        raw_file=None,
        body_sha256=arrivals.body_hash(fetched.raw),
        size=len(fetched.raw),
    )
    with house.db.transaction() as session:
        _enter(session, name, house.channels[name].line, seen)


def _enter(session: Session, name: str, address: str, packed: arrivals.Packed) -> tuple[Line | None, int | None]:
    """The line, and the new row of the ledger: filed from the start, so that nobody files it as if it had come in."""
    line, now = arrivals.line_of(session, name, address), clock.now()
    if line is None:
        return None, None
    at, connection = (name, address), session.connection()
    ids = arrivals.store(connection, [packed], at=at, kind=ArrivalKind.FETCHED, now=now)
    arrivals.done(session, ids, now=now)
    return line, next(iter(ids), None)


def _kept(house: House, inbound: Inbound) -> list[message_parts.Kept]:
    return [screening.keep(house, attachment, [attachment.content or b""]) for attachment in inbound.attachments]
