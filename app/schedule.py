"""What the clock does and how often: one table. One process at a time holds the lease, so that two do no harm."""

import os
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from app import clock, delivery, jobs, privacy, sealing, sent, tidying
from app.desk import (
    absences,
    access_log,
    breaker,
    channel_health,
    clock_skew,
    deadline_recount,
    handover,
    incidents,
    silence,
    upkeep,
)
from app.house import House
from app.models.book import Lease
from channels.channel import Unreachable

log = structlog.get_logger()
LEASE = timedelta(seconds=30)
PUT_BACK = timedelta(minutes=1)
OVERLAP = timedelta(minutes=30)
NIGHTLY, NIGHT, NIGHTLY_OVERLAP = {"email"}, 2, timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Timed:
    """A job of the clock: every so many seconds, unless the setting `<name>_seconds` says otherwise."""

    name: str
    every: float
    run: Callable[[House], object]


def poll_all(house: House) -> None:
    """Fetch from every channel that can be polled; trouble of one does not keep the others waiting."""
    for name in house.channels:
        try:
            jobs.poll(house, name)
        except Unreachable:
            log.warning("poll_failed", channel=name)


def reconcile_all(house: House) -> None:
    """What the wires hold of late against what we hold; a mailbox lists whole days, so it is compared by night."""
    for name in (one.name for one in house.channels.values() if one.compares):
        since = _last_night(house, name) if name in NIGHTLY else clock.now() - OVERLAP
        if since is not None:
            _compare(house, name, since)


def _compare(house: House, name: str, since: datetime) -> None:
    try:
        taken = jobs.reconcile(house, name, since)
    except Unreachable:
        log.warning("reconcile_failed", channel=name)
        return
    if taken:
        log.warning("reconciled", channel=name, taken=taken)
    line, zone = house.channels[name].line, house.config.zone
    with house.db.transaction() as session:
        channel_health.compared(session, name, line, taken=taken, now=clock.now(), zone=zone)


def _last_night(house: House, name: str) -> datetime | None:
    """Since when to compare tonight; None by day, or when it has been done tonight."""
    now = clock.now()
    local = now.astimezone(house.config.zone)
    with house.db.reading() as session:
        done = channel_health.compared_at(session, name)
    tonight = done is not None and done.astimezone(house.config.zone).date() == local.date()
    return None if tonight or (done is not None and local.hour < NIGHT) else now - NIGHTLY_OVERLAP


def keep_up(house: House) -> None:
    """Close what was solved long ago, wake what was snoozed, send the clerks' digest, forget old raw bytes."""
    books = house.books.current()
    with house.db.transaction() as session:
        upkeep.close_solved(session, now=clock.now())
        upkeep.wake_snoozed(session, now=clock.now())
        absences.give_back(session, books.hours, now=clock.now())
        silence.look(session, books, now=clock.now())
        said = upkeep.digest(session, books, public_url=house.config.public_url, now=clock.now())
        said += handover.remind(
            session, books, public_url=house.config.public_url, keys=house.config.secret_keys, now=clock.now()
        )
        if breaker.trip(session, books.settings, now=clock.now()):
            log.error("automatic_mail_stopped")
        access_log.forget(session, now=clock.now())
        forgotten = upkeep.forget_raw(session, days=house.config.raw_days, now=clock.now())
    for sha256 in forgotten:
        house.files.delete(sha256)
    if said:
        house.wake("deliver:email")


def look_for_incidents(house: House) -> None:
    """Propose an incident where several people tell of one outage."""
    now = clock.now()
    with house.db.reading() as session:
        found = incidents.seek(session, now=now)
    if found:
        with house.db.transaction() as session:
            incidents.propose(session, now=now)


def nightly(house: House) -> None:
    """What is done once a night."""
    if sealing.nightly(house):
        house.db.learn()


def recount_deadlines(house: House) -> None:
    """Go on with deadlines that a change of calendar or targets has moved."""
    books = house.books.current()
    if deadline_recount.KEY not in books.settings:
        return
    with house.db.transaction() as session:
        deadline_recount.step(session, books, now=clock.now())


TABLE = (
    Timed("sweep", 2, jobs.sweep),
    Timed("poll", 20, poll_all),
    Timed("sent", 60, sent.look_everywhere),
    Timed("tidy", 120, tidying.tidy_everywhere),
    Timed("recount", 2, recount_deadlines),
    Timed("keep_up", 60, keep_up),
    Timed("incidents", 20, look_for_incidents),
    Timed("reconcile", 600, reconcile_all),
    Timed("retain", 3600, privacy.retain),
    Timed("forget_media", 300, delivery.forget),
    Timed("seal", 3600, nightly),
)


@dataclass(slots=True)
class Clock:
    """The clock of one process; it acts only while it holds the lease."""

    holder: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}")
    _next: dict[str, float] = field(default_factory=dict)
    _held_until: float = 0.0
    _ran_from: timedelta | None = None

    def step(self, house: House) -> None:
        """One turn of the loop that the embedded process runs."""
        self.tick(house)

    def tick(self, house: House, *, all_now: bool = False) -> bool:
        """Run what is due; False when another process is the clock."""
        self._look_back(house)
        if time.monotonic() > self._held_until:
            with house.db.transaction() as session:
                if not hold(session, "clock", self.holder, now=clock.now()):
                    return False
            self._held_until = time.monotonic() + LEASE.total_seconds() / 2
        settings = house.books.current().settings
        for timed in TABLE:
            if all_now or time.monotonic() >= self._next.get(timed.name, 0.0):
                every = float(settings.get(f"{timed.name}_seconds", timed.every))
                self._next[timed.name] = time.monotonic() + every
                timed.run(house)
        return True

    def _look_back(self, house: House) -> None:
        """When the machine's clock has been put back, or this process begins, nobody waits for a time it never was."""
        began = timedelta(seconds=clock.now().timestamp() - time.monotonic())
        if self._ran_from is None or began < self._ran_from - PUT_BACK:
            with house.db.transaction() as session:
                if rows := clock_skew.bring_back(session, now=clock.now()):
                    log.warning("clock_put_back", rows=rows)
        self._ran_from = began


def hold(session: Session, name: str, holder: str, *, now: datetime) -> bool:
    """Take or keep a lease; False while somebody else has it."""
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    session.execute(
        insert(Lease).values(name=name, holder=holder, until=now).on_conflict_do_nothing(index_elements=["name"])
    )
    session.execute(
        update(Lease)
        .where(Lease.name == name, (Lease.holder == holder) | (Lease.until < now))
        .values(holder=holder, until=now + LEASE)
    )
    return session.scalar(select(Lease.holder).where(Lease.name == name)) == holder
