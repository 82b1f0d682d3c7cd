"""Who has which ticket before her eyes: rows that live half a minute and are written anew while somebody looks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from app.models.people import User
from app.models.ticket import Ticket
from app.models.work import Presence

LIFE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Eyes:
    """Somebody who looks at a ticket, and perhaps writes."""

    name: str
    writing: bool


def look(session: Session, ticket: Ticket, *, by: User, writing: bool, now: datetime) -> None:
    """Somebody has it before her eyes; whoever has stopped looking long ago is forgotten."""
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    row = insert(Presence).values(ticket_id=ticket.id, user_id=by.id, writing=writing, until=now + LIFE)
    session.execute(
        row.on_conflict_do_update(
            index_elements=["ticket_id", "user_id"], set_={"writing": row.excluded.writing, "until": row.excluded.until}
        )
    )
    session.execute(delete(Presence).where(Presence.until < now - LIFE))


def leave(session: Session, ticket: Ticket, *, by: User) -> None:
    """She has gone elsewhere."""
    session.execute(delete(Presence).where(Presence.ticket_id == ticket.id, Presence.user_id == by.id))


def others(session: Session, ids: Sequence[int], *, user: User, now: datetime) -> Mapping[int, list[Eyes]]:
    """Who else looks at these tickets."""
    rows = session.execute(
        select(Presence.ticket_id, User.name, Presence.writing)
        .join(User, User.id == Presence.user_id)
        .where(Presence.until > now, Presence.user_id != user.id, Presence.ticket_id.in_(ids))
        .order_by(Presence.ticket_id, User.name)
    )
    found: dict[int, list[Eyes]] = {}
    for ticket_id, name, writing in rows:
        found.setdefault(ticket_id, []).append(Eyes(name, writing))
    return found
