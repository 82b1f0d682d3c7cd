"""Read every kept message of a channel again, some at a time, after the reading has become better."""

from collections.abc import Iterator

from app import clock
from app.desk import arrivals, rereading
from app.desk.rereading import Reading
from app.house import House
from channels.message import Inbound
from kb.words import words

BATCH = 100
SEARCHED = 200_000


def reread(house: House, name: str) -> Iterator[tuple[int, int]]:
    """After each batch, how many have been read and how many of them read differently now."""
    after = read = changed = 0
    while True:
        with house.db.reading() as session:
            rows = rereading.batch(session, name, after=after, limit=BATCH)
        if not rows:
            return
        readings = [
            made
            for message_id, arrival, line in rows
            if (made := _reading(house, message_id, arrivals.claimed(arrival, line))) is not None
        ]
        with house.db.transaction() as session:
            changed += sum(rereading.amend(session, one, now=clock.now()) for one in readings)
        after, read = rows[-1][0], read + len(rows)
        yield read, changed


def _reading(house: House, message_id: int, claim: arrivals.Claimed) -> Reading | None:
    waiting = arrivals.unpack(claim, house.files)
    if not waiting.raw:
        return None
    (inbound, *_) = house.channels[waiting.channel].parse(waiting.raw, waiting.received_at)
    if not isinstance(inbound, Inbound):
        return None
    said = " ".join(filter(None, (inbound.subject, inbound.sender_name, inbound.text)))
    return Reading(message_id=message_id, inbound=inbound, words=words(said[:SEARCHED]))
