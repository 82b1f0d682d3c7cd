"""Read every kept message of a channel again, some at a time, after the reading has become better."""

from collections.abc import Iterator

from app import clock
from app.desk import arrivals, reparsing
from app.desk.message_parts import Kept
from app.desk.reparsing import Reading
from app.house import House
from channels.message import Attachment, Inbound, Kind
from kb.words import words

BATCH = 100
SEARCHED = 200_000


def reread(house: House, name: str) -> Iterator[tuple[int, int]]:
    """After each batch, how many have been read and how many of them read differently now."""
    after = read = changed = 0
    while True:
        with house.db.reading() as session:
            rows = reparsing.batch(session, name, after=after, limit=BATCH)
        if not rows:
            return
        readings = [
            made
            for message_id, arrival, line in rows
            if (made := _reading(house, message_id, arrivals.claimed(arrival, line))) is not None
        ]
        with house.db.transaction() as session:
            keys, now = house.config.secret_keys, clock.now()
            changed += sum(reparsing.amend(session, one, keys=keys, now=now) for one in readings)
        after, read = rows[-1][0], read + len(rows)
        yield read, changed


def _reading(house: House, message_id: int, claim: arrivals.Claimed) -> Reading | None:
    waiting = arrivals.unpack(claim, house.files)
    if not waiting.raw:
        return None
    (inbound, *_) = house.channels[waiting.channel].parse(waiting.raw, waiting.received_at)
    if not isinstance(inbound, Inbound) or inbound.kind is Kind.UNREADABLE:
        return None
    said = " ".join(filter(None, (inbound.subject, inbound.sender_name, inbound.text)))
    files = tuple(_kept(house, one) for one in inbound.attachments if one.content is not None)
    return Reading(message_id=message_id, inbound=inbound, words=words(said[:SEARCHED]), files=files)


def _kept(house: House, attachment: Attachment) -> Kept:
    sha256, size = house.files.put([attachment.content or b""])
    return Kept(attachment=attachment, sha256=sha256, size=size)
