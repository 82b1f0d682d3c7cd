"""«Al llegar» and «Antes de irse»: what nobody may overlook at eight, and what must not be left over at three."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from app.desk import following, lists
from app.desk.books import Books
from app.desk.conversation import WINDOW
from app.desk.queue_views import View
from app.models.message import Draft
from app.models.people import User
from app.models.ticket import OURS, Ticket, live

MOST = 50
# A chat whose window closes within two hours of opening is answered first.
FIRST_HOURS = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Begun:
    """An answer that somebody has begun and not sent."""

    ticket_id: int
    who: str
    saved_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """The day's two lists, as tickets; each stops at fifty."""

    since: datetime
    arrived: Sequence[Ticket]
    early_windows: Sequence[Ticket]
    calls: Sequence[Ticket]
    followed: Sequence[Ticket]
    windows: Sequence[Ticket]
    failed: Sequence[Ticket]
    late: Sequence[Ticket]
    drafts: Sequence[Begun]

    def tickets(self) -> list[Ticket]:
        """Every ticket of every list, once."""
        lots = (self.arrived, self.early_windows, self.calls, self.followed, self.windows, self.failed, self.late)
        return list({ticket.id: ticket for lot in lots for ticket in lot}.values())


def shift(session: Session, user: User, books: Books, *, now: datetime) -> Shift:
    """What there is to see now."""
    hours = books.hours
    since = hours.last_closing(now)
    morning = datetime.combine(hours.answers_from(now).astimezone(hours.zone).date(), time(), tzinfo=hours.zone)
    opens = hours.next_opening(morning)

    def view(which: View) -> Sequence[Ticket]:
        page = lists.tickets(session, which, user=user, books=books, now=now, limit=MOST)
        return page.tickets

    return Shift(
        since=since,
        # Who wrote at night and again in the morning has waited since the night.
        arrived=_found(
            session,
            or_(*(and_(at >= since, at < hours.next_opening(since)) for at in (Ticket.heard_at, Ticket.waiting_since))),
            now=now,
            order=(Ticket.priority, Ticket.heard_at),
        ),
        early_windows=_found(
            session,
            and_(Ticket.channel == "whatsapp", Ticket.heard_at > now - WINDOW),
            Ticket.heard_at <= max(opens, now) + FIRST_HOURS - WINDOW,
            now=now,
            order=(Ticket.heard_at,),
        ),
        calls=view(View.CALL_BACK),
        followed=lists.load(session, sorted(session.scalars(following.with_news(user.id).limit(MOST)), reverse=True)),
        windows=view(View.WINDOW),
        failed=view(View.FAILED),
        late=_found(session, Ticket.due_at <= now, now=now, order=(Ticket.due_at,)),
        drafts=_drafts(session),
    )


def _found(session: Session, *where: ColumnElement[bool], now: datetime, order: tuple[Any, ...]) -> Sequence[Ticket]:
    awake = or_(Ticket.snoozed_until.is_(None), Ticket.snoozed_until <= now)
    which = select(Ticket.id).where(live(), Ticket.status.in_(OURS), awake, *where)
    ids = session.scalars(which.order_by(*order, Ticket.id).limit(MOST)).all()
    return lists.load(session, ids)


def _drafts(session: Session) -> list[Begun]:
    """Colleagues' as well: a draft of somebody who has gone home is an answer that nobody gets."""
    rows = session.execute(
        select(Draft.ticket_id, User.name, Draft.saved_at)
        .join(User, User.id == Draft.user_id)
        .where(Draft.text != "")
        .order_by(Draft.saved_at)
        .limit(MOST)
    )
    return [Begun(ticket_id, who, saved_at) for ticket_id, who, saved_at in rows]
