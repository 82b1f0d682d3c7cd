"""The jobs: each claims due work in a short transaction, does the slow part outside, and writes what came of it."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from app import clock
from app.desk import arrivals, inbox, outbox, packing, sorting, stored
from app.desk.answering import choose
from app.desk.arrivals import Waiting
from app.desk.case import Case, Links
from app.desk.inbox import Letter, Read
from app.desk.sorting import Decision
from app.desk.tokens import secret
from app.house import House, house
from app.models.arrival import ArrivalKind
from app.models.message import Message
from channels.channel import Fetched, NoAnswer, NotTaken, Pushed, Refused, Unreachable
from channels.message import Inbound, Kind, Receipt
from kb.words import words
from triage.policy import decide, pressing

log = structlog.get_logger()
BATCH = 20


def take_in(house: House, channel: str, line: str, things: Iterable[Pushed | Fetched], kind: ArrivalKind) -> list[int]:
    """Keep what a wire handed us; the ids of what was new. Raises LookupError for a line that we do not have."""
    now, packed = clock.now(), [(t, arrivals.pack(t.raw, house.files)) for t in things]
    kept = []
    if packed:
        with house.db.transaction() as session:
            row = arrivals.line_of(session, channel, line)
            if row is None:
                raise LookupError(f"no line for {channel}")
            for thing, pack in packed:
                kept.append(
                    arrivals.store(
                        session, line=row, wire_key=thing.wire_key, raw=thing.raw, packed=pack, kind=kind, now=now
                    )
                )
        house.wake("file")
    return [one for one in kept if one is not None]


def file(house: House) -> int:
    """Read and file one batch of arrivals; how many there were."""
    with house.db.transaction() as session:
        ids = arrivals.claim(session, now=clock.now(), limit=BATCH)
    if not ids:
        return 0
    with house.db.reading() as session:
        rows = arrivals.load(session, ids)
        waiting = [arrivals.unpack(arrival, line, house.files) for arrival, line in rows]
    reads = [_read(house, one) for one in waiting]
    try:
        _file(house, reads)
    except (IntegrityError, ValueError, LookupError):
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
        return inbox.tickets_of(session, arrival_id)


def sort(house: House) -> int:
    """Triage one batch of tickets and write what was decided; how many there were."""
    with house.db.transaction() as session:
        ids = sorting.claim(session, now=clock.now(), limit=BATCH)
    if not ids:
        return 0
    now, books = clock.now(), house.books.current()
    with house.db.reading() as session:
        cases = sorting.cases(session, ids, now=now)
    decisions = [made for made in (_decide(house, case, now) for case in cases) if made is not None]
    lost = set(ids) - {made.case.ticket_id for made in decisions}
    with house.db.transaction() as session:
        for made in decisions:
            sorting.write(session, made, books, now=now)
        for ticket_id in lost:
            sorting.give_up(session, ticket_id, now=now)
    for channel in {made.case.channel for made in decisions if made.plan.says}:
        house.wake(f"deliver:{channel}")
    return len(ids)


def deliver(house: House, channel: str) -> int:
    """Hand one batch of queued messages to their wire; how many there were."""
    with house.db.transaction() as session:
        ids = outbox.claim(session, channel, now=clock.now(), limit=1 if channel == "email" else 5)
    for message_id in ids:
        _send(house, channel, message_id)
    return len(ids)


def settle(house: House) -> int:
    """Ask the wires about messages whose sending ended in silence; how many were asked."""
    with house.db.transaction() as session:
        outbox.overdue(session, now=clock.now())
        ids = outbox.to_ask(session, now=clock.now())
    for message_id in ids:
        _ask(house, message_id)
    return len(ids)


def media(house: House) -> int:
    """Fetch one batch of attachments that the wires still hold; how many there were."""
    with house.db.transaction() as session:
        due = stored.claim_media(session, now=clock.now())
    for one in due:
        _fetch(house, one)
    return len(due)


def poll(house: House, name: str) -> int:
    """Fetch what waits on a channel now; how many were new. Raises Unreachable after writing the trouble down."""
    channel = house.channels[name]
    taken = 0
    with house.db.reading() as session:
        known = arrivals.known(session, name, channel.line)
    try:
        for fetched in channel.poll(known.__contains__):
            taken += len(take_in(house, name, channel.line, [fetched], ArrivalKind.FETCHED))
    except Unreachable as error:
        _line_news(house, name, str(error))
        raise
    _line_news(house, name, None)
    return taken


def reconcile(house: House, name: str, since: datetime) -> int:
    """Compare what a wire holds since a moment with what we hold and take in the difference; how many were new."""
    channel = house.channels[name]
    taken = 0
    for thing in channel.since(since):
        taken += len(take_in(house, name, channel.line, [thing], ArrivalKind.FETCHED))
    return taken


def sweep(house: House) -> None:
    """Wake whoever has undone rows: losing a wake, a worker or the power loses no message."""
    now = clock.now()
    with house.db.reading() as session:
        due = packing.due_kinds(session, now=now)
    for kind in due:
        house.wake(kind)


KINDS: dict[str, Callable[[House], int]] = {"file": file, "sort": sort, "settle": settle, "media": media}


def run(house: House, kind: str) -> int:
    """Do one batch of a kind of work; how many rows it touched."""
    if kind.startswith("deliver:"):
        return deliver(house, kind.removeprefix("deliver:"))
    return KINDS[kind](house)


def drain(kind: str) -> int:
    """Work on a kind until nothing of it is due; what RQ calls."""
    home, done = house(), 0
    home.started(kind)
    while (count := run(home, kind)) > 0:
        done += count
    return done


def _read(house: House, arrival: Waiting) -> Read:
    channel = house.channels.get(arrival.channel)
    if arrival.attempts > arrivals.TRIES or channel is None:
        readings: Sequence[Inbound | Receipt] = (_unreadable(arrival),)
    else:
        readings = channel.parse(arrival.raw, arrival.received_at)
    letters = [_letter(house, arrival, one) for one in readings if isinstance(one, Inbound)]
    return Read(
        arrival=arrival,
        letters=tuple(letters),
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
        words=words(said[:200_000]),
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
                _orphan(session, read.arrival, now)
    if any(kept.sha256 is None for r in reads for letter in r.letters for kept in letter.files):
        house.wake("media")


def _orphan(session: Session, arrival: Waiting, now: datetime) -> None:
    """News of a message that we do not know yet: our own commit may still come; after an hour it is kept as it is."""
    if now - arrival.received_at > arrivals.RECEIPT_PATIENCE:
        arrivals.done(session, [arrival.id], now=now)
    else:
        arrivals.later(session, arrival.id, trouble="sin destinatario", due_at=now + timedelta(seconds=15))


def _file_alone(house: House, read: Read) -> None:
    try:
        _file(house, [read])
    except (IntegrityError, ValueError, LookupError, OperationalError) as error:
        log.warning("filing_failed", arrival=read.arrival.id, error=type(error).__name__, attempt=read.arrival.attempts)
        with house.db.transaction() as session:
            arrivals.later(
                session,
                read.arrival.id,
                trouble=type(error).__name__,
                due_at=clock.now() + timedelta(seconds=5 * read.arrival.attempts),
            )


def _decide(house: House, case: Case, now: datetime) -> Decision | None:
    books = house.books.current()
    links = Links(feedback_token=secret(), follow_token=secret(), public_url=house.config.public_url)
    try:
        verdict = decide(case.enquiry, books.triage)
        found = books.search.find(case.enquiry.text, subject=case.enquiry.subject)
        plan = choose(case, verdict, found, books, links=links, now=now)
    except Exception:  # A rule that trips over one enquiry must not hold up the others; a person gets this one.
        log.exception("sort_failed", ticket=case.ticket_id)
        return None
    return Decision(case=case, verdict=verdict, plan=plan, links=links)


def _send(house: House, channel: str, message_id: int) -> None:
    with house.db.reading() as session:
        outbound = packing.outbound(
            session,
            message_id,
            packer=packing.Packer(house.config.public_url, house.config.secret_keys, house.channels, house.files),
        )
    wire = house.channels.get(channel)
    now = clock.now
    with structlog.contextvars.bound_contextvars(message=message_id, channel=channel):
        try:
            if wire is None:
                raise NotTaken("Este canal no está configurado.")
            receipt = wire.send(outbound)
        except Refused as error:
            log.warning("message_refused", code=error.code)
            with house.db.transaction() as session:
                outbox.failed(session, message_id, str(error), error.code, now=now())
        except NotTaken as error:
            log.info("message_not_taken", code=error.code)
            with house.db.transaction() as session:
                message = session.get_one(Message, message_id)
                outbox.not_taken(session, message, str(error), error.code, wait=error.retry_after, now=now())
        except NoAnswer:
            log.warning("message_uncertain")
            with house.db.transaction() as session:
                outbox.uncertain(session, message_id, now=now())
        else:
            log.info("message_sent", attempt=outbound.attempt)
            with house.db.transaction() as session:
                outbox.sent(session, message_id, outbound.attempt, receipt, now=now())


def _ask(house: House, message_id: int) -> None:
    with house.db.reading() as session:
        message = session.get_one(Message, message_id)
        outbound = packing.outbound(
            session,
            message_id,
            packer=packing.Packer(house.config.public_url, house.config.secret_keys, house.channels, house.files),
        )
    wire = house.channels.get(message.channel)
    try:
        receipt = wire.ask(outbound) if wire else None
    except Unreachable:
        return
    with house.db.transaction() as session:
        # Twilio's list is complete after ten minutes; a missing copy in Sent proves nothing, it is our own later step.
        absent = receipt is None and message.channel == "whatsapp" and wire is not None
        outbox.asked(session, session.get_one(Message, message_id), receipt, sure_absent=absent, now=clock.now())


def _fetch(house: House, due: stored.DueMedia) -> None:
    channel = house.channels.get(due.channel)
    try:
        if channel is None:
            raise Unreachable("Este canal no está configurado.")
        kept = house.files.put(channel.fetch(due.reference))
    except (Unreachable, OSError) as error:
        with house.db.transaction() as session:
            stored.media_later(session, due, str(error) if isinstance(error, Unreachable) else "disk", now=clock.now())
    except Refused as error:
        with house.db.transaction() as session:
            stored.media_refused(session, due, str(error))
    else:
        with house.db.transaction() as session:
            stored.media_kept(session, due, *kept, now=clock.now())


def _line_news(house: House, name: str, trouble: str | None) -> None:
    with house.db.transaction() as session:
        arrivals.line_news(session, name, house.channels[name].line, trouble=trouble, now=clock.now())
