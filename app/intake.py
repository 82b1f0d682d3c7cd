"""The way in: keep what a wire handed us, read it outside any transaction, file it in one short one."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from app import clock
from app.db import gone
from app.desk import arrivals, inbox, letters, stored
from app.desk.arrivals import Waiting
from app.desk.letters import Letter, Read
from app.house import House
from app.models.arrival import Arrival, ArrivalKind, Line
from channels.channel import Fetched, Pushed
from channels.message import Inbound, Kind, Receipt
from kb.words import words
from triage.policy import pressing

log = structlog.get_logger()
BATCH = 50
SEARCHED = 200_000
ORPHAN_WAIT = timedelta(seconds=15)
DISK_WAIT = timedelta(seconds=30)


def take_in(house: House, channel: str, line: str, things: Iterable[Pushed | Fetched], kind: ArrivalKind) -> list[int]:
    """Keep what a wire handed us; the ids of what was new. Raises LookupError for a line that we do not have."""
    packed = [arrivals.pack(thing.wire_key, thing.raw, house.files) for thing in things]
    if not packed:
        return []
    with house.db.transaction() as session:
        row = arrivals.line_of(session, channel, line)
        if row is None:
            raise LookupError(f"no line for {channel}")
        kept = arrivals.store(session, packed, line=row, kind=kind, now=clock.now())
    house.wake("file")
    return kept


def file(house: House) -> int:
    """Read and file one batch of arrivals; how many there were."""
    # Opening the books takes long in a young process; one that dies meanwhile has used up nobody's try.
    house.books.current()
    with house.db.transaction() as session:
        ids = arrivals.claim(session, now=clock.now(), limit=BATCH)
    if not ids:
        return 0
    with house.db.reading() as session:
        rows = arrivals.load(session, ids)
    reads = [made for arrival, line in rows if (made := _read_safely(house, arrival, line)) is not None]
    try:
        _file(house, reads)
    except (SQLAlchemyError, ValueError, LookupError) as error:
        _raise_if_gone(error)
        # One of them is poison or a twin came at the same moment: each on its own, so that none holds up the rest.
        log.info("batch_split", size=len(reads))
        for read in reads:
            _file_alone(house, read)
    house.wake("sort")
    return len(ids)


def file_now(house: House, arrival_id: int) -> list[int]:
    """File one given arrival at once (phone page, API, form); the ids of its tickets, also when it was filed before."""
    with house.db.reading() as session:
        rows = arrivals.load(session, [arrival_id])
    if rows and rows[0][0].filed_at is None:
        _file(house, [_read(house, arrivals.unpack(*rows[0], house.files))])
        house.wake("sort")
    with house.db.reading() as session:
        return letters.tickets_of(session, arrival_id)


def _read_safely(house: House, arrival: Arrival, line: Line) -> Read | None:
    """The arrival read; None, and the trouble written down, when even that fails: the others must not wait for it."""
    try:
        return _read(house, arrivals.unpack(arrival, line, house.files))
    except OSError as error:
        # A disk that is full or away says nothing about the message: it waits, whole, until there is room.
        log.error("file_not_kept", arrival=arrival.id, error=type(error).__name__)
        with house.db.transaction() as session:
            arrivals.later(
                session, arrival.id, trouble=type(error).__name__, due_at=clock.now() + DISK_WAIT, attempts=1
            )
        return None
    except Exception as error:  # A channel's door: whatever its reading stumbles over concerns this one alone.
        if arrival.attempts > arrivals.TRIES:
            return _read(house, arrivals.bare(arrival, line))
        _try_later(house, arrival.id, arrival.attempts, error)
        return None


def _read(house: House, arrival: Waiting) -> Read:
    channel = house.channels.get(arrival.channel)
    if arrival.attempts > arrivals.TRIES or channel is None:
        readings: Sequence[Inbound | Receipt] = (_unreadable(arrival),)
    else:
        readings = channel.parse(arrival.raw, arrival.received_at)
    return Read(
        arrival=arrival,
        letters=tuple(_letter(house, arrival, one) for one in readings if isinstance(one, Inbound)),
        receipts=tuple(one for one in readings if isinstance(one, Receipt)),
    )


def _letter(house: House, arrival: Waiting, inbound: Inbound) -> Letter:
    kept = []
    for attachment in inbound.attachments:
        if attachment.content is None:
            kept.append(stored.Kept(attachment=attachment, sha256=None, size=attachment.size))
        else:
            sha256, size = house.files.put([attachment.content])
            kept.append(stored.Kept(attachment=attachment, sha256=sha256, size=size))
    if inbound.kind is Kind.UNREADABLE and arrival.raw:
        kept.append(stored.original(arrival.channel, *house.files.put([arrival.raw])))
    said = " ".join(filter(None, (inbound.subject, inbound.sender_name, inbound.text)))
    return Letter(
        inbound=inbound,
        words=words(said[:SEARCHED]),
        files=tuple(kept),
        hurried=inbound.channel == "whatsapp" and pressing(inbound.text),
    )


def _unreadable(arrival: Waiting) -> Inbound:
    return Inbound(
        channel=arrival.channel,
        line=arrival.line,
        external_id=f"<{arrival.body_sha256}@unreadable>",
        kind=Kind.UNREADABLE,
        text="No se ha podido interpretar este mensaje. El original está adjunto.",
    )


def _file(house: House, reads: Sequence[Read]) -> None:
    now = clock.now()
    quiet = timedelta(seconds=int(house.books.current().settings.get("quiet_seconds", 40)))
    with house.db.transaction() as session:
        stored.keep_files(session, [kept for r in reads for letter in r.letters for kept in letter.files], now=now)
        filed = inbox.file(session, reads, keys=house.config.secret_keys, quiet=quiet, now=now)
        orphans = set(filed.orphans)
        arrivals.done(session, [r.arrival.id for r in reads if r.arrival.id not in orphans], now=now)
        for read in reads:
            if read.arrival.id in orphans:
                arrivals.orphaned(session, read.arrival, due_at=now + ORPHAN_WAIT, now=now)
    if any(kept.sha256 is None for r in reads for letter in r.letters for kept in letter.files):
        house.wake("media")


def _file_alone(house: House, read: Read) -> None:
    try:
        _file(house, [read])
    except (SQLAlchemyError, ValueError, LookupError) as error:
        _raise_if_gone(error)
        _try_later(house, read.arrival.id, read.arrival.attempts, error)


def _try_later(house: House, arrival_id: int, attempts: int, error: Exception) -> None:
    log.warning("filing_failed", arrival=arrival_id, error=type(error).__name__, attempt=attempts)
    due_at: datetime = clock.now() + timedelta(seconds=5 * attempts)
    with house.db.transaction() as session:
        arrivals.later(session, arrival_id, trouble=type(error).__name__, due_at=due_at)


def _raise_if_gone(error: Exception) -> None:
    """A database that is away says nothing about a message; the lease brings it back."""
    if isinstance(error, DBAPIError) and gone(error):
        raise error
