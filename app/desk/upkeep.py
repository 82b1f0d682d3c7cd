"""What time alone does to tickets: long solved ones close, snoozed ones wake, clerks get their digest, raw bytes go."""

from datetime import datetime, time, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.desk import board, events, wording
from app.desk.books import Books
from app.desk.numbers import number
from app.desk.tokens import fingerprint, secret
from app.models.arrival import Arrival
from app.models.book import Counter
from app.models.message import Direction, Message
from app.models.people import Identity
from app.models.ticket import FollowLink, Status, Ticket
from channels.message import Delivery

SOLVED_FOR = timedelta(days=15)
DIGEST_AT = time(14, 30)
FOLLOW_FOR = timedelta(days=30)
BATCH = 200
STATES = {
    Status.NEW: "recibida",
    Status.OPEN: "en estudio",
    Status.WAITING: "contestada",
    Status.HELD: "pendiente de otro organismo",
    Status.SOLVED: "contestada y resuelta",
    Status.CLOSED: "cerrada",
}


def close_solved(session: Session, *, now: datetime) -> int:
    """Close what has been solved for 15 days without a word; how many there were."""
    rows = session.scalars(
        select(Ticket).where(Ticket.status == Status.SOLVED, Ticket.solved_at < now - SOLVED_FOR).limit(BATCH)
    ).all()
    for ticket in rows:
        board.close(session, ticket, reason="silence", by=None, now=now)
    return len(rows)


def wake_snoozed(session: Session, *, now: datetime) -> int:
    """Bring back what was put off until now; how many there were."""
    rows = session.scalars(select(Ticket).where(Ticket.snoozed_until <= now).limit(BATCH)).all()
    for ticket in rows:
        ticket.snoozed_until = None
        events.record(session, ticket, "woken", now=now, rule="clock")
    return len(rows)


def digest(session: Session, books: Books, *, public_url: str, now: datetime) -> int:
    """Once a working day, after half past two: to each clerk the state of what she forwarded lately; how many mails."""
    local = now.astimezone(books.hours.zone)
    if local.time() < DIGEST_AT or not books.hours.working_day(local.date()) or _done(session, local):
        return 0
    since = now - timedelta(days=1)
    tickets = session.scalars(
        select(Ticket)
        .where(Ticket.forwarder_address.is_not(None), Ticket.created_at >= since, Ticket.channel == "email")
        .order_by(Ticket.id)
    ).all()
    by_clerk: dict[str, list[Ticket]] = {}
    for ticket in tickets:
        by_clerk.setdefault(ticket.forwarder_address or "", []).append(ticket)
    for address, mine in by_clerk.items():
        _digest_for(session, address, mine, books, public_url=public_url, now=now)
    return len(by_clerk)


def forget_raw(session: Session, *, days: int, now: datetime) -> int:
    """Forget the raw bytes of messages whose ticket closed long ago; row and hash stay, so a twin stays a twin."""
    old = (
        select(Message.arrival_id)
        .join(Ticket, Ticket.id == Message.ticket_id)
        .where(Ticket.status == Status.CLOSED, Ticket.closed_at < now - timedelta(days=days))
    )
    ids = session.scalars(
        select(Arrival.id)
        .where(Arrival.id.in_(old), Arrival.erased_at.is_(None), Arrival.raw.is_not(None))
        .limit(BATCH)
    ).all()
    if ids:
        session.execute(
            update(Arrival)
            .where(Arrival.id.in_(ids))
            .values(raw=None, erased_at=now, erased_because="retention")
            .execution_options(synchronize_session=False)
        )
    return len(ids)


def state(ticket: Ticket) -> str:
    """The state of a ticket as those outside may know it."""
    return STATES[ticket.status]


def _digest_for(
    session: Session, address: str, tickets: list[Ticket], books: Books, *, public_url: str, now: datetime
) -> None:
    identity = session.scalar(select(Identity).where(Identity.channel == "email", Identity.address == address))
    if identity is None or identity.dead_since is not None:
        return
    lines = []
    for ticket in tickets:
        token = secret()
        session.add(
            FollowLink(
                token_hash=fingerprint(token),
                ticket_id=ticket.id,
                purpose="follow",
                created_at=now,
                expires_at=now + FOLLOW_FOR,
            )
        )
        lines.append(f"- {number(ticket.id)}: {state(ticket)}. {public_url}/seguir/{token}")
    text = wording.fill(
        books.text("forward_digest"),
        {"greeting": "Buenas tardes:", "list": "\n".join(lines), "entity": books.province.entity},
    )
    first = tickets[0]
    session.add(
        Message(
            ticket_id=first.id,
            origin_ticket_id=first.id,
            direction=Direction.OUT,
            channel="email",
            line_id=first.line_id,
            identity_id=identity.id,
            author_rule="forward_digest",
            audience="clerk",
            subject="Estado de las consultas que nos ha reenviado",
            text=text,
            reply=text,
            created_at=now,
            delivery=Delivery.QUEUED,
            due_at=now,
        )
    )


def _done(session: Session, local: datetime) -> bool:
    """Whether today's digest has gone; the first to ask marks it as gone."""
    if session.scalar(select(Counter).where(Counter.day == local.date(), Counter.name == "digest")) is not None:
        return True
    session.add(Counter(day=local.date(), name="digest", count=1))
    session.flush()
    return False
