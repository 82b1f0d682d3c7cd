"""What a clock that ran ahead has put off: once it is right again, nobody waits for hours that were never meant."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import CursorResult, update
from sqlalchemy.orm import Session

from app.desk import inbox, outbox, sorting
from app.models.arrival import Arrival
from app.models.book import Lease
from app.models.message import Message, MessageFile, in_outbox
from app.models.ticket import Ticket
from channels.message import Delivery

# No lease of ours is longer, and no ticket waits longer to be sorted.
EVER = datetime(2000, 1, 1, tzinfo=UTC)
# The clocks of two machines that are right are not equal.
MARGIN = timedelta(minutes=1)
LONGEST = max(outbox.LEASE, sorting.LEASE, inbox.LONGEST_QUIET)


def bring_back(session: Session, *, now: datetime) -> int:
    """Make due at once what was written in a time to come or leased for longer than anybody leases; how many rows.

    A message that somebody is sending is only looked at again: its lease ends, and its wire is asked.
    """
    late, ahead = now + LONGEST, now + MARGIN
    changes = (
        update(Arrival)
        .where(Arrival.filed_at.is_(None), (Arrival.received_at > ahead) | (Arrival.leased_until > late))
        .values(due_at=now, leased_until=None),
        update(Ticket).where(Ticket.sort_at > late).values(sort_at=now),
        update(Message)
        .where(in_outbox(), Message.delivery == Delivery.QUEUED, Message.created_at > ahead, Message.due_at > now)
        .values(due_at=now),
        update(Message).where(in_outbox(), Message.leased_until > late).values(leased_until=now),
        # A file that is being fetched has a date, and the index is over dates.
        update(MessageFile)
        .where(MessageFile.due_at > EVER, MessageFile.leased_until > late)
        .values(due_at=now, leased_until=None),
        update(Lease).where(Lease.until > late).values(until=now),
    )
    done = [session.execute(one.execution_options(synchronize_session=False)) for one in changes]
    return sum(result.rowcount for result in done if isinstance(result, CursorResult))
