"""What the wires hand us, kept before anybody reads it: one row per wire key, however often it comes."""

import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import cast

from sqlalchemy import ColumnElement, Connection, Table, func, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session, aliased, undefer
from sqlalchemy.sql.dml import ReturningInsert

from app.files import Files
from app.models.arrival import Arrival, ArrivalKind, Line

ROW_LIMIT = 64 * 1024
LEASE = timedelta(minutes=5)
IN_ORDER = "email"
TRIES = 3
TABLE = cast(Table, Arrival.__table__)
RECEIPT_PATIENCE = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An arrival claimed for filing, with its bytes and the line it came by."""

    id: int
    line_id: int
    channel: str
    line: str
    raw: bytes
    body_sha256: str
    received_at: datetime
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """An arrival claimed for filing whose bytes are still packed: in the row, or in the file under `raw_file`."""

    bare: Waiting
    raw: bytes | None
    raw_file: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """What a wire handed us, by columns of its row: the bytes in `raw`, or in the file under the hash `raw_file`."""

    wire_key: str
    raw: bytes | None
    raw_file: str | None
    body_sha256: str
    size: int


def pack(wire_key: str, raw: bytes, files: Files) -> Packed:
    """What a wire handed us, ready for its row: compressed in it, or as a file when large. Touches the disk, no row."""
    # What makes a mail large is coded in letters: there are no words in it to look for, which takes twice as long.
    way = zlib.Z_RLE if len(raw) > ROW_LIMIT else zlib.Z_DEFAULT_STRATEGY
    packer = zlib.compressobj(1, strategy=way)
    packed = packer.compress(raw) + packer.flush()
    kept = (packed, None) if len(packed) <= ROW_LIMIT else (None, files.put([packed])[0])
    return Packed(wire_key=wire_key[:260], raw=kept[0], raw_file=kept[1], body_sha256=body_hash(raw), size=len(raw))


def body_hash(raw: bytes) -> str:
    """The hash by which twins are known: of what follows the headers, since each delivery adds headers of its own."""
    ends = [at for at in (raw.find(b"\r\n\r\n"), raw.find(b"\n\n")) if at >= 0]
    return hashlib.sha256(raw[min(ends) :] if ends else raw).hexdigest()


def store(
    connection: Connection, things: Sequence[Packed], *, at: tuple[str, str], kind: ArrivalKind, now: datetime
) -> list[int]:
    """Keep arrivals of the line `at` (channel, address); the ids of those that the wire had not handed us before.

    One statement, which raises IntegrityError for a line that we do not have.
    """
    rows = [asdict(thing) | {"kind": kind, "received_at": now, "due_at": now, "attempts": 0} for thing in things]
    return sorted(connection.scalars(_keep(connection.dialect.name, *at), rows)) if rows else []


@lru_cache(maxsize=32)
def _keep(dialect: str, channel: str, address: str) -> ReturningInsert[tuple[int]]:
    insert = sqlite_insert if dialect == "sqlite" else postgresql_insert
    ours = select(Line.id).where(Line.channel == channel, Line.address == address).scalar_subquery()
    return (
        insert(TABLE)
        # No line has the 0; the error about a NULL would quote what people wrote.
        .values(line_id=func.coalesce(ours, 0))
        .on_conflict_do_nothing(index_elements=["line_id", "wire_key"])
        .returning(TABLE.c.id)
    )


def claim(session: Session, *, now: datetime, limit: int = 20) -> list[int]:
    """Take up to `limit` unfiled arrivals for ourselves, oldest first, counting the attempt.

    What was tried before goes alone, after all that is fresh: one that ends every process that reads it must not use up
    the tries of others, nor one that waits for a slow disk their time.
    Mail of one line is read by one process at a time: an answer must not be filed before the mail that it answers.
    """
    session.execute(select(Line.id).where(Line.channel == IN_ORDER).order_by(Line.id).with_for_update(key_share=True))
    return _take(session, Arrival.attempts == 0, now=now, limit=limit) or _take(
        session, Arrival.attempts > 0, now=now, limit=1
    )


def give_back(session: Session, ids: Sequence[int], *, due_at: datetime, tried: bool) -> None:
    """What could not be filed is due again, and keeps the rest of its line waiting no longer.

    `tried` says whether it counts as a try: a database that is away says nothing about a message.
    """
    session.execute(
        update(Arrival)
        .where(Arrival.id.in_(ids), Arrival.filed_at.is_(None))
        .values(leased_until=None, due_at=due_at, attempts=Arrival.attempts - (0 if tried else 1))
        .execution_options(synchronize_session=False)
    )


def _take(session: Session, which: ColumnElement[bool], *, now: datetime, limit: int) -> list[int]:
    taken = aliased(Arrival)
    busy = (
        select(taken.line_id)
        .join(Line, Line.id == taken.line_id)
        .where(Line.channel == IN_ORDER, taken.filed_at.is_(None), taken.leased_until >= now)
    )
    pick = (
        select(Arrival.id)
        .where(
            which,
            Arrival.filed_at.is_(None),
            Arrival.due_at <= now,
            (Arrival.leased_until.is_(None)) | (Arrival.leased_until < now),
            Arrival.line_id.not_in(busy),
        )
        .order_by(Arrival.attempts, Arrival.due_at, Arrival.id)
        .limit(limit)
        # By name and so looked for once: PostgreSQL may run a plain subquery again for every row, and take them all.
        .with_for_update(skip_locked=True)
        .cte("pick")
    )
    return sorted(
        session.execute(
            update(Arrival)
            .where(Arrival.id.in_(select(pick.c.id)))
            .values(leased_until=now + LEASE, attempts=Arrival.attempts + 1)
            .returning(Arrival.id)
            .execution_options(synchronize_session=False)
        ).scalars()
    )


def load(session: Session, ids: Sequence[int]) -> list[tuple[Arrival, Line]]:
    """The claimed rows with their lines, in order."""
    rows = session.execute(
        select(Arrival, Line)
        .join(Line, Line.id == Arrival.line_id)
        .where(Arrival.id.in_(ids))
        .order_by(Arrival.id)
        .options(undefer(Arrival.raw))
    )
    return [(arrival, line) for arrival, line in rows]


def claimed(arrival: Arrival, line: Line) -> Claimed:
    """The arrival of a row, as it is read."""
    return Claimed(bare=bare(arrival, line), raw=arrival.raw, raw_file=arrival.raw_file)


def unpack(claim: Claimed, files: Files) -> Waiting:
    """The arrival's bytes as they came; an erased one is empty."""
    kept = claim.raw
    if kept is None and claim.raw_file:
        with files.open(claim.raw_file) as stored:
            kept = stored.read()
    return replace(claim.bare, raw=zlib.decompress(kept) if kept else b"")


def bare(arrival: Arrival, line: Line) -> Waiting:
    """The arrival without its bytes: what is left to show when they cannot be had."""
    return Waiting(
        id=arrival.id,
        line_id=line.id,
        channel=line.channel,
        line=line.address,
        raw=b"",
        body_sha256=arrival.body_sha256,
        received_at=arrival.received_at,
        attempts=arrival.attempts,
    )


def done(session: Session, ids: Sequence[int], *, now: datetime) -> None:
    """They are filed."""
    if ids:
        session.execute(
            update(Arrival)
            .where(Arrival.id.in_(ids))
            .values(filed_at=now, leased_until=None, trouble=None)
            .execution_options(synchronize_session=False)
        )


def later(session: Session, arrival_id: int, *, trouble: str, due_at: datetime, attempts: int | None = None) -> None:
    """It could not be filed now; come again, with so many tries behind it."""
    tries = {} if attempts is None else {"attempts": attempts}
    session.execute(
        update(Arrival)
        .where(Arrival.id == arrival_id)
        .values(trouble=trouble[:300], due_at=due_at, leased_until=None, **tries)
        .execution_options(synchronize_session=False)
    )


def orphaned(session: Session, arrival: Waiting, *, due_at: datetime, now: datetime) -> None:
    """News of a message that we do not know yet: our own commit may still come; after an hour it is kept as it is."""
    values: dict[str, object] = {"due_at": due_at, "attempts": 0}
    if now - arrival.received_at > RECEIPT_PATIENCE:
        values = {"filed_at": now}
    session.execute(
        update(Arrival)
        .where(Arrival.id == arrival.id)
        .values(trouble="sin destinatario", leased_until=None, **values)
        .execution_options(synchronize_session=False)
    )


def due(session: Session, *, now: datetime) -> bool:
    """Whether anything waits to be filed."""
    return (
        session.scalar(
            select(Arrival.id)
            .where(
                Arrival.filed_at.is_(None),
                Arrival.due_at <= now,
                (Arrival.leased_until.is_(None)) | (Arrival.leased_until < now),
            )
            .limit(1)
        )
        is not None
    )


def oldest_unfiled(session: Session) -> datetime | None:
    """Since when the oldest arrival has waited to be filed."""
    return session.scalar(select(func.min(Arrival.received_at)).where(Arrival.filed_at.is_(None)))


def line_of(session: Session, channel: str, address: str) -> Line | None:
    """The row of our end of a channel."""
    return session.scalar(select(Line).where(Line.channel == channel, Line.address == address))


def holds(session: Session, channel: str, address: str, wire_key: str) -> bool:
    """Whether a line has handed us this one."""
    ours = select(Line.id).where(Line.channel == channel, Line.address == address).scalar_subquery()
    found = select(Arrival.id).where(Arrival.line_id == ours, Arrival.wire_key == wire_key)
    return session.scalar(found) is not None


def filed(session: Session, channel: str, address: str, wire_keys: Sequence[str]) -> set[str]:
    """Which of these are filed, so that the wire need not keep them at hand."""
    ours = select(Line.id).where(Line.channel == channel, Line.address == address).scalar_subquery()
    found: set[str] = set()
    for start in range(0, len(wire_keys), 500):
        keys = wire_keys[start : start + 500]
        rows = select(Arrival.wire_key).where(
            Arrival.line_id == ours, Arrival.wire_key.in_(keys), Arrival.filed_at.is_not(None)
        )
        found.update(session.scalars(rows))
    return found


def known(session: Session, channel: str, address: str) -> frozenset[str]:
    """Every wire key that a line has handed us, for a poll to tell what is new."""
    return frozenset(
        session.scalars(
            select(Arrival.wire_key)
            .join(Line, Line.id == Arrival.line_id)
            .where(Line.channel == channel, Line.address == address)
        )
    )


def line_news(session: Session, channel: str, address: str, *, trouble: str | None, now: datetime) -> None:
    """How the last look at a wire went: a success, or the trouble in words for people."""
    values = {"trouble": trouble[:300], "trouble_at": now} if trouble else {"success_at": now, "trouble": None}
    session.execute(update(Line).where(Line.channel == channel, Line.address == address).values(**values))
