"""What a process took upon itself before it died, given back by the one that comes after it."""

from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from app.desk import film_jobs
from app.models.arrival import Arrival
from app.models.book import Lease
from app.models.message import Message, MessageFile
from app.models.ticket import Ticket


def release(session: Session, *, now: datetime) -> None:
    """End every lease, for who is surely alone: a message that was being sent is asked about, the rest is done anew."""
    past = now - timedelta(seconds=1)
    for rows in (Arrival, Message, MessageFile):
        session.execute(
            update(rows)
            .where(rows.leased_until > past)
            .values(leased_until=past)
            .execution_options(synchronize_session=False)
        )
    # A claimed ticket is one whose time was moved ahead; a little too early is better than two minutes late.
    session.execute(
        update(Ticket).where(Ticket.sort_at > now).values(sort_at=now).execution_options(synchronize_session=False)
    )
    film_jobs.release(session, now=now)
    session.execute(delete(Lease))
