"""The way in: keep what a wire handed us, read it outside any transaction, file it in one short one."""

import contextlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from app import clock, screening
from app.db import gone
from app.desk import arrivals, inbox, letters, message_parts
from app.desk.arrivals import Claimed, Waiting
from app.desk.letters import Letter, Read
from app.house import House
from app.models.arrival import Arrival, ArrivalKind, Line
from channels.channel import Fetched, Pushed
from channels.message import Inbound, Kind, Receipt
from kb.words import words
from triage.policy import pressing

log = structlog.get_logger()
BATCH = 100
SEARCHED = 200_000
ORPHAN_WAIT = timedelta(seconds=15)
DISK_WAIT = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stumbled:
    """What the reading of an arrival stumbled over; `no_room` says that it was the disk and not the message."""

    error: str
    no_room: bool = False


def take_in(house: House, channel: str, line: str, things: Iterable[Pushed | Fetched], kind: ArrivalKind) -> list[int]:
    """Keep what a wire handed us; the ids of what was new. Raises LookupError for a line that we do not have."""
    packed = [arrivals.pack(thing.wire_key, thing.raw, house.files) for thing in things]
    if not packed:
        return []
    at, now = (channel, line), clock.now()
    try:
        kept = house.db.at_once(partial(arrivals.store, things=packed, at=at, kind=kind, now=now))
    except IntegrityError as error:
        raise LookupError(f"no line for {channel}") from error
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
    try:
        _read_and_file(house, ids)
    except Exception as error:  # It goes on to the loop; who lives gives back what a death leaves to its lease.
        away = isinstance(error, DBAPIError) and gone(error)
        with contextlib.suppress(SQLAlchemyError), house.db.transaction() as session:
            arrivals.give_back(session, ids, due_at=clock.now() + ORPHAN_WAIT, tried=not away)
        raise
    house.wake("sort")
    return len(ids)


def _read_and_file(house: House, ids: Sequence[int]) -> None:
    with house.db.reading() as session:
        rows = arrivals.load(session, ids)
    reads = _read_safely(house, rows)
    try:
        _file(house, reads)
    except (SQLAlchemyError, ValueError, LookupError) as error:
        _raise_if_gone(error)
        # One of them is poison or a twin came at the same moment: each on its own, so that none holds up the rest.
        log.info("batch_split", size=len(reads))
        for read in reads:
            _file_alone(house, read)


def file_now(house: House, arrival_id: int) -> list[int]:
    """File one given arrival at once (phone page, API, form); the ids of its tickets, also when it was filed before."""
    with house.db.reading() as session:
        rows = arrivals.load(session, [arrival_id])
    if rows and rows[0][0].filed_at is None:
        _file(house, [_read(house, arrivals.unpack(arrivals.claimed(*rows[0]), house.files))])
        house.wake("sort")
    with house.db.reading() as session:
        return letters.tickets_of(session, arrival_id)


def _read_safely(house: House, rows: Sequence[tuple[Arrival, Line]]) -> list[Read]:
    """The arrivals read; where even that fails the trouble is written down: the others must not wait for it."""
    claims = [arrivals.claimed(arrival, line) for arrival, line in rows]
    reads = []
    for one, made in zip(claims, house.hands.all(house, readings, claims), strict=True):
        if isinstance(made, Read):
            reads.append(made)
        elif made.no_room:
            _wait_for_room(house, one.bare.id, made.error)
        elif one.bare.attempts > arrivals.TRIES:
            reads.append(_read(house, one.bare))
        else:
            _try_later(house, one.bare, made.error)
    return reads


def readings(house: House, claims: Sequence[Claimed]) -> list[Read | Stumbled]:
    """Each arrival read with its files kept, or what its reading stumbled over; no transaction is open."""
    return [_reading(house, one) for one in claims]


def _reading(house: House, claim: Claimed) -> Read | Stumbled:
    try:
        return _read(house, arrivals.unpack(claim, house.files))
    except OSError as error:
        # A disk that is full or away says nothing about the message.
        return Stumbled(error=type(error).__name__, no_room=True)
    except Exception as error:  # A channel's door: whatever its reading stumbles over concerns this one alone.
        return Stumbled(error=type(error).__name__)


def _read(house: House, arrival: Waiting) -> Read:
    channel = house.channels.get(arrival.channel)
    if arrival.attempts > arrivals.TRIES or channel is None:
        readings: Sequence[Inbound | Receipt] = (_unreadable(arrival),)
    else:
        readings = channel.parse(arrival.raw, arrival.received_at)
    return Read(
        arrival=replace(arrival, raw=b""),
        letters=tuple(_letter(house, arrival, one) for one in readings if isinstance(one, Inbound)),
        receipts=tuple(one for one in readings if isinstance(one, Receipt)),
    )


def _letter(house: House, arrival: Waiting, inbound: Inbound) -> Letter:
    kept = []
    for attachment in inbound.attachments:
        if attachment.content is None:
            kept.append(message_parts.Kept(attachment=attachment, sha256=None, size=attachment.size))
        else:
            kept.append(screening.keep(house, attachment, [attachment.content]))
    if inbound.kind is Kind.UNREADABLE and arrival.raw:
        original = message_parts.original(arrival.channel, *house.files.put([arrival.raw]))
        kept.append(screening.held(house, original))
    said = " ".join(filter(None, (inbound.subject, inbound.sender_name, inbound.text)))
    return Letter(
        # The bytes lie in the files now, and nobody carries them further.
        inbound=replace(inbound, attachments=()),
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
        message_parts.keep_files(
            session, [kept for r in reads for letter in r.letters for kept in letter.files], now=now
        )
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
        _try_later(house, read.arrival, type(error).__name__)


def _wait_for_room(house: House, arrival_id: int, error: str) -> None:
    """It waits, whole, until there is room on the disk; this was no try."""
    log.error("file_not_kept", arrival=arrival_id, error=error)
    with house.db.transaction() as session:
        arrivals.later(session, arrival_id, trouble=error, due_at=clock.now() + DISK_WAIT, attempts=1)


def _try_later(house: House, arrival: Waiting, error: str) -> None:
    log.warning("filing_failed", arrival=arrival.id, error=error, attempt=arrival.attempts)
    due_at: datetime = clock.now() + timedelta(seconds=5 * arrival.attempts)
    with house.db.transaction() as session:
        arrivals.later(session, arrival.id, trouble=error, due_at=due_at)


def _raise_if_gone(error: Exception) -> None:
    """A database that is away says nothing about a message; the lease brings it back."""
    if isinstance(error, DBAPIError) and gone(error):
        raise error
