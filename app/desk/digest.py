"""What a clerk hears of what she forwarded: its state, once a working day, with a link to each; never the talk."""

from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.desk import breaker, mail_threads, proactive, wording
from app.desk.books import Books
from app.desk.hours import Hours
from app.desk.numbers import number
from app.desk.tokens import fingerprint, secret
from app.models.book import Counter
from app.models.message import Direction, Message
from app.models.people import Identity
from app.models.ticket import FollowLink, Status, Ticket
from channels.message import Delivery

DIGEST_AT = time(14, 30)
FOLLOW_FOR = timedelta(days=30)
LOOK_BACK = 30
STATES = {
    Status.NEW: "recibida",
    Status.OPEN: "en estudio",
    Status.WAITING: "contestada",
    Status.HELD: "pendiente de otro organismo",
    Status.SOLVED: "contestada y resuelta",
    Status.CLOSED: "cerrada",
}


def digest(session: Session, books: Books, *, public_url: str, now: datetime) -> int:
    """Once a working day, after half past two: to each clerk the state of what she forwarded; how many mails."""
    today = now.astimezone(books.hours.zone).date()
    if now < _moment(books.hours, today) or not books.hours.working_day(today):
        return 0
    # While every machine is silent the day's digest waits, and is not counted as gone.
    if breaker.caps(books.settings, urgent=False, now=now).off or _done(session, today):
        return 0
    tickets = session.scalars(
        select(Ticket)
        .where(
            Ticket.forwarder_address.is_not(None),
            Ticket.created_at >= _last(books.hours, today),
            Ticket.created_at < now,
            Ticket.channel == "email",
        )
        .order_by(Ticket.id)
    ).all()
    by_clerk: dict[str, list[Ticket]] = {}
    for ticket in tickets:
        by_clerk.setdefault(ticket.forwarder_address or "", []).append(ticket)
    return sum(
        _tell(session, address, mine, books, public_url=public_url, now=now) for address, mine in by_clerk.items()
    )


def state(ticket: Ticket) -> str:
    """The state of a ticket as those outside may know it."""
    return STATES[ticket.status]


def kept(session: Session, ticket: Ticket) -> Ticket:
    """Where a ticket goes on once it has been made one with another: itself, if it has not."""
    while ticket.merged_into_id is not None:
        ticket = session.get_one(Ticket, ticket.merged_into_id)
    return ticket


def _moment(hours: Hours, day: date) -> datetime:
    return datetime.combine(day, DIGEST_AT, tzinfo=hours.zone)


def _last(hours: Hours, today: date) -> datetime:
    """When the digest before today's went: what came in over a weekend belongs to Monday's."""
    days = (today - timedelta(days=back) for back in range(1, LOOK_BACK))
    return _moment(hours, next((day for day in days if hours.working_day(day)), today - timedelta(days=LOOK_BACK)))


def _tell(
    session: Session, address: str, tickets: list[Ticket], books: Books, *, public_url: str, now: datetime
) -> bool:
    """False when there is no address, or the machine may not write to it."""
    identity = session.scalar(select(Identity).where(Identity.channel == "email", Identity.address == address))
    if identity is None or proactive.silence(session, identity, tickets[0].line_id, books, clerk=True, now=now):
        return False
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
        lines.append(f"- {number(ticket.id)}: {state(kept(session, ticket))}. {public_url}/seguir/{token}")
    text = wording.fill(
        books.text("forward_digest"),
        {"greeting": "Buenas tardes:", "list": "\n".join(lines), "entity": books.province.entity},
    )
    first = tickets[0]
    message = Message(
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
    mail_threads.tie(session, message)
    session.add(message)
    session.flush()
    return True


def _done(session: Session, today: date) -> bool:
    """Whether today's digest has gone; the first to ask marks it as gone."""
    if session.scalar(select(Counter).where(Counter.day == today, Counter.name == "digest")) is not None:
        return True
    session.add(Counter(day=today, name="digest", count=1))
    session.flush()
    return False
