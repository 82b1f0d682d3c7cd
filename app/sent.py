"""Looking into the folder of sent mail for what colleagues answered with their own program."""

from datetime import timedelta

import structlog

from app import clock
from app.desk import arrivals, elsewhere, stored
from app.house import House
from app.ledger import Ledger
from app.models.arrival import ArrivalKind
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
            log.warning("sent_not_read", channel=name, reason=str(error))


def look(house: House, name: str) -> int:
    """Take in what was sent by hand of late; how many answers joined a ticket. Raises Unreachable."""
    channel = house.channels[name]
    since = clock.now() - LOOK_BACK
    return sum(_take(house, name, fetched) for fetched in channel.sent_since(since, Ledger(house, name)))


def _take(house: House, name: str, fetched: Fetched) -> bool:
    channel, now, books = house.channels[name], clock.now(), house.books.current()
    packed = arrivals.pack(fetched.wire_key, fetched.raw, house.files)
    (inbound, *_) = channel.parse(fetched.raw, now)
    if not isinstance(inbound, Inbound):
        return False
    files = tuple(_kept(house, inbound))
    with house.db.transaction() as session:
        line = arrivals.line_of(session, name, channel.line)
        ids = arrivals.store(session, [packed], line=line, kind=ArrivalKind.FETCHED, now=now) if line else []
        if line is None or not ids:
            return False
        # Nobody shall file it as if it had come in.
        arrivals.done(session, ids, now=now)
        stored.keep_files(session, files, now=now)
        written = elsewhere.Written(
            inbound=inbound, words=words(inbound.text[:SEARCHED]), files=files, arrival_id=ids[0]
        )
        joined = elsewhere.join(session, written, line=line, keys=house.config.secret_keys, books=books, now=now)
    return joined is not None


def _kept(house: House, inbound: Inbound) -> list[stored.Kept]:
    kept = []
    for attachment in inbound.attachments:
        sha256, size = house.files.put([attachment.content or b""])
        kept.append(stored.Kept(attachment=attachment, sha256=sha256, size=size))
    return kept
