"""The jobs by name: each claims due work in a short transaction, does the slow part outside, and writes the outcome."""

import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

import structlog

from app import clock, deciding
from app.delivery import deliver, media, settle
from app.desk import arrivals, decided, packing, sorting
from app.filming import film
from app.house import House, house
from app.intake import file, file_now, take_in
from app.mail_ledger import Ledger
from app.models.arrival import ArrivalKind
from app.screening import scan
from channels.channel import Fetched, Pushed, Unreachable

__all__ = [
    "deliver",
    "drain",
    "file",
    "file_now",
    "media",
    "poll",
    "reconcile",
    "run",
    "settle",
    "sort",
    "sweep",
    "take_in",
]

log = structlog.get_logger()
BATCH, KEPT = 50, 100
HEAVY = 2_000_000
TURN = 20.0
NO_ROOM = "Hay mensajes que no caben en el disco o no se pueden guardar en él (FILES_URL)."


def sort(house: House) -> int:
    """Triage one batch of tickets and write what was decided; how many there were."""
    now = clock.now()
    with house.db.transaction() as session:
        ids = sorting.claim(session, now=now, limit=BATCH)
    if not ids:
        return 0
    books = house.books.current()
    with house.db.reading() as session:
        cases = sorting.cases(session, ids, now=now, zone=books.hours.zone)
    decisions = deciding.decisions(house, cases, now=now)
    lost = set(ids) - {made.case.ticket_id for made in decisions}
    # Nothing that is read here was written in this transaction, so rows may wait and go to the database together.
    with house.db.transaction() as session, session.no_autoflush:
        written = decided.write(session, decisions, books, now=now)
        for ticket_id in sorted({made.case.ticket_id for made in decisions} - written):
            sorting.again(session, ticket_id, claimed=now)
        for ticket_id in sorted(lost):
            sorting.give_up(session, ticket_id, books, claimed=now, now=now)
    for channel in {made.case.channel for made in decisions if made.plan.says}:
        house.wake(f"deliver:{channel}")
    return len(ids)


def poll(house: House, name: str) -> int:
    """Fetch what waits on a channel now; how many were new. Raises Unreachable after writing the trouble down."""
    channel = house.channels[name]
    if not channel.polls:
        return 0
    try:
        taken, trouble = _keep(house, name, channel.poll(Ledger(house, name)))
    except Unreachable as error:
        _line_news(house, name, str(error))
        raise
    _line_news(house, name, trouble)
    return taken


def reconcile(house: House, name: str, since: datetime) -> int:
    """Compare what a wire holds since a moment with what we hold and take in the difference; how many were new.

    Of a wire that is never polled this is all that tells how it does. Raises Unreachable.
    """
    channel = house.channels[name]
    if not channel.compares:
        return 0
    try:
        taken, trouble = _keep(house, name, channel.since(since))
    except Unreachable as error:
        if not channel.polls:
            _line_news(house, name, str(error))
        raise
    if not channel.polls:
        _line_news(house, name, trouble)
    return taken


def sweep(house: House) -> None:
    """Wake whoever has undone rows: losing a wake, a worker or the power loses no message."""
    now = clock.now()
    with house.db.reading() as session:
        due = packing.due_kinds(session, now=now)
    for kind in due:
        house.wake(kind)


KINDS: dict[str, Callable[[House], int]] = {
    "file": file,
    "sort": sort,
    "settle": settle,
    "media": media,
    "scan": scan,
    "film": film,
}


def run(house: House, kind: str) -> int:
    """Do one batch of a kind of work; how many rows it touched."""
    if kind.startswith("deliver:"):
        return deliver(house, kind.removeprefix("deliver:"))
    return KINDS[kind](house)


def drain(kind: str) -> int:
    """Work on a kind until nothing of it is due; what RQ calls."""
    home, done, ends = house(), 0, time.monotonic() + TURN
    if not home.started(kind):
        return 0
    while (count := run(home, kind)) > 0:
        done += count
        # A worker's time is limited, and being cut off in the middle of a sending would leave it uncertain.
        if time.monotonic() > ends:
            home.wake(kind)
            break
    return done


def _keep(house: House, name: str, things: Iterable[Pushed | Fetched]) -> tuple[int, str | None]:
    """Take in what a wire gives, some at a time; how many were new, and what kept us from keeping any."""
    line, taken, trouble = house.channels[name].line, 0, None
    for group in _groups(things):
        try:
            taken += len(take_in(house, name, line, group, ArrivalKind.FETCHED))
        except OSError:
            # A large one finds no room on the disk; the small ones beside it live in the rows.
            for one in group:
                try:
                    taken += len(take_in(house, name, line, [one], ArrivalKind.FETCHED))
                except OSError as error:
                    log.error("arrival_not_kept", channel=name, trouble=type(error).__name__)
                    trouble = NO_ROOM
    return taken, trouble


def _groups(things: Iterable[Pushed | Fetched]) -> Iterator[list[Pushed | Fetched]]:
    """As many together as one transaction keeps well and one large message may weigh."""
    group: list[Pushed | Fetched] = []
    weight = 0
    try:
        for thing in things:
            group.append(thing)
            weight += len(thing.raw)
            if len(group) == KEPT or weight > HEAVY:
                yield group
                group, weight = [], 0
    except Unreachable:
        # What came before the wire broke is ours.
        yield group
        raise
    yield group


def _line_news(house: House, name: str, trouble: str | None) -> None:
    with house.db.transaction() as session:
        arrivals.line_news(session, name, house.channels[name].line, trouble=trouble, now=clock.now())
