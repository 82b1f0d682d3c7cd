"""How long people's words are kept after a ticket's end, by channel and category, and what has outlived it."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from sqlalchemy import and_, case, exists, func, literal, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from app.desk import desk_settings, erasing
from app.desk.data_subject import Scope
from app.desk.erasing import Erased
from app.errors import Impossible
from app.models.base import UTCDateTime
from app.models.book import Setting
from app.models.message import Message
from app.models.people import Contact
from app.models.ticket import Status, Ticket

KEY = "retention"
ANY = "*"
BATCH = 50
SHORTEST = 30
NEVER = datetime(1970, 1, 1, tzinfo=UTC)

Terms = Mapping[str, int]


def terms(session: Session) -> dict[str, int]:
    """Days by `<channel>/<category>`, a star for any; what no term names is kept for ever."""
    row = session.get(Setting, KEY)
    return {str(name): int(days) for name, days in (row.value if row else {}).items()}


def set_term(session: Session, *, channel: str, category: str, days: int | None, now: datetime) -> None:
    """Keep words of this channel and category so many days after the end; None takes the term away."""
    if days is not None and days < SHORTEST:
        raise Impossible(f"El plazo más corto es de {SHORTEST} días: antes aún puede volver a escribir.")
    told = terms(session)
    told.pop(f"{channel}/{category}", None)
    desk_settings.put(session, KEY, told if days is None else {**told, f"{channel}/{category}": days}, now=now)


def count(session: Session, told: Terms, *, now: datetime) -> int:
    """How many tickets have outlived their term."""
    return session.scalar(select(func.count()).select_from(Ticket).where(_outlived(told, now))) or 0


def apply(session: Session, told: Terms, *, now: datetime) -> Erased:
    """Take away the words of one batch of tickets, and the contacts that have nothing left."""
    due = select(Ticket.id, Ticket.contact_id).where(_outlived(told, now)).order_by(Ticket.closed_at).limit(BATCH)
    rows = session.execute(due).all()
    if not rows:
        return Erased((), (), 0)
    done = erasing.erase(session, Scope((), tuple(row.id for row in rows)), because=KEY, by=None, now=now)
    speaking = select(Message.id).join(Ticket, Ticket.id == Message.ticket_id)
    left = exists(speaking.where(Ticket.contact_id == Contact.id, Message.erased_at.is_(None)))
    silent = session.scalars(
        select(Contact.id).where(Contact.id.in_({row.contact_id for row in rows}), Contact.erased_at.is_(None), ~left)
    ).all()
    if not silent:
        return done
    gone = erasing.erase(session, Scope(tuple(silent)), because=KEY, by=None, now=now)
    return Erased((*done.entries, *gone.entries), (*done.files, *gone.files), done.messages + gone.messages)


def _outlived(told: Terms, now: datetime) -> ColumnElement[bool]:
    """Closed longer ago than the most fitting term says, and not erased yet."""
    fitting = sorted(told, key=lambda name: name.split("/").count(ANY))
    cuts = [(_of(name), literal(now - timedelta(days=told[name]), UTCDateTime())) for name in fitting]
    never = literal(NEVER, UTCDateTime())
    speaks = exists(select(Message.id).where(Message.ticket_id == Ticket.id, Message.erased_at.is_(None)))
    return and_(
        Ticket.status == Status.CLOSED,
        Ticket.closed_at < (case(*cuts, else_=never) if cuts else never),
        speaks,
    )


def _of(name: str) -> ColumnElement[bool]:
    channel, _, category = name.partition("/")
    return and_(
        Ticket.channel == channel if channel != ANY else literal(True),
        Ticket.category == category if category != ANY else literal(True),
    )
