"""Who of the desk is away on which days, and what comes in for them: back to nobody, so that somebody sees it."""

from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from app.desk import events
from app.desk.hours import Hours
from app.errors import Impossible
from app.models.office import Absence
from app.models.people import User
from app.models.ticket import OURS, Event, Ticket

LONGEST = timedelta(days=400)
BATCH = 200


def away(session: Session, day: date) -> dict[int, Absence]:
    """Who is away on a day."""
    rows = session.scalars(select(Absence).where(on(day)))
    return {row.user_id: row for row in rows}


def on(day: date) -> ColumnElement[bool]:
    """Absences that a day lies in."""
    return and_(Absence.first_day <= day, Absence.last_day >= day)


def ahead(session: Session, user_id: int, *, today: date) -> list[Absence]:
    """The absences of somebody that are not over."""
    which = select(Absence).where(Absence.user_id == user_id, Absence.last_day >= today)
    return list(session.scalars(which.order_by(Absence.first_day)))


def add(session: Session, user: User, *, first: date, last: date, now: datetime) -> Absence:
    """Somebody will be away, both days included."""
    if last < first:
        raise Impossible("El último día va después del primero.")
    if last - first > LONGEST:
        raise Impossible("Una ausencia no pasa de un año.")
    row = Absence(user_id=user.id, first_day=first, last_day=last, made_at=now)
    session.add(row)
    return row


def remove(session: Session, absence_id: int, *, of: int | None = None) -> None:
    """She is here after all; `of` keeps hands off other people's absences."""
    row = session.get(Absence, absence_id)
    if row is None or (of is not None and row.user_id != of):
        raise Impossible("Esa ausencia ya no está.")
    session.delete(row)


def give_back(session: Session, hours: Hours, *, now: datetime) -> int:
    """What came in for somebody who is away, or falls due before she is back, is nobody's again; how many."""
    today = now.astimezone(hours.zone).date()
    given = 0
    for row in away(session, today).values():
        begins = datetime.combine(row.first_day, datetime.min.time(), tzinfo=hours.zone)
        back = datetime.combine(row.last_day + timedelta(days=1), datetime.min.time(), tzinfo=hours.zone)
        tickets = session.scalars(
            select(Ticket)
            .where(
                Ticket.owner_id == row.user_id,
                Ticket.status.in_(OURS),
                Ticket.merged_into_id.is_(None),
                or_(Ticket.heard_at >= begins, Ticket.due_at < back),
                ~_on_purpose(row.user_id, begins),
            )
            .order_by(Ticket.id)
            .limit(BATCH)
            .with_for_update()
        ).all()
        for ticket in tickets:
            events.record(session, ticket, "given_back", now=now, rule="clock", of=row.user_id, absence=row.id)
            ticket.owner_id = None
        given += len(tickets)
    return given


def _on_purpose(user_id: int, begins: datetime) -> ColumnElement[bool]:
    """Whether she was given the ticket, took it or answered it while she was away, and nothing has come in since."""
    hers = or_(
        and_(Event.what == "assigned", Event.data["to"].as_integer() == user_id),
        and_(Event.what == "replied", Event.user_id == user_id),
    )
    since = and_(Event.at >= begins, Event.at >= func.coalesce(Ticket.heard_at, begins))
    return exists().where(Event.ticket_id == Ticket.id, since, hers)
