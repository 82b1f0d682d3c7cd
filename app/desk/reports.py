"""What a week or a month was like: how much came in and about what, how long it took, and what became of it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.desk import deadlines
from app.desk.books import Books
from app.desk.hours import Hours
from app.desk.percentiles import Spread, spread
from app.models.ticket import OPEN, Answer, Outcome, Ticket

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days of the desk, both included."""

    first: date
    last: date

    def bounds(self, hours: Hours) -> tuple[datetime, datetime]:
        """From its first moment to the first after it."""
        begins, ends = (datetime.combine(day, time(), tzinfo=hours.zone) for day in (self.first, self.last))
        return begins, datetime.combine((ends + timedelta(days=1)).date(), time(), tzinfo=hours.zone)

    def days(self) -> list[date]:
        """Each of its days."""
        return [self.first + timedelta(days=ahead) for ahead in range((self.last - self.first).days + 1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The figures of a period. Tickets are counted by the day they came in; spam and merged ones are not."""

    period: Period
    total: int
    by_day: Mapping[date, Mapping[str, int]]
    by_channel: Mapping[str, int]
    by_category: Mapping[str, int]
    by_hall: Mapping[int, int]
    by_priority: Mapping[str, int]
    forwarded: Mapping[int, int]
    returned: Mapping[int, int]
    first: Spread
    solution: Spread
    within: int | None
    same_day: int
    answered: int
    solved: int
    outcomes: Mapping[Outcome, int]

    @property
    def satisfaction(self) -> int | None:
        """Of those who said whether the article helped, how many in a hundred said that it did."""
        said = self.outcomes.get(Outcome.HELPED, 0) + self.outcomes.get(Outcome.FAILED, 0)
        return round(100 * self.outcomes.get(Outcome.HELPED, 0) / said) if said else None


def week_of(day: date) -> Period:
    """Monday to Sunday."""
    monday = day - timedelta(days=day.weekday())
    return Period(monday, monday + timedelta(days=6))


def month_of(day: date) -> Period:
    """The month of a day."""
    first = day.replace(day=1)
    return Period(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))


def report(session: Session, books: Books, period: Period, *, now: datetime) -> Report:
    """Reckon a period."""
    hours = books.hours
    begins, ends = period.bounds(hours)
    rows = _rows(session, begins, ends)
    by_day: dict[date, Counter[str]] = {day: Counter() for day in period.days()}
    for row in rows:
        by_day[row.created_at.astimezone(hours.zone).date()][row.channel] += 1
    met = [one for one in (_met(row, books, now) for row in rows) if one is not None]
    answered = [row for row in rows if row.first_answered_at is not None]
    solved = [row for row in rows if row.solved_at is not None]
    return Report(
        period=period,
        total=len(rows),
        by_day=by_day,
        by_channel=_count(rows, "channel"),
        by_category=_count(rows, "category"),
        by_hall=_count(rows, "town_hall_id"),
        by_priority=dict(sorted(_count(rows, "priority").items())),
        forwarded=_count(rows, "forwarder_town_hall_id"),
        returned=_count(rows, "handed_to_id"),
        first=spread([hours.between(row.created_at, row.first_answered_at) for row in answered]),
        solution=spread([hours.between(row.created_at, row.solved_at) for row in solved]),
        within=round(100 * sum(met) / len(met)) if met else None,
        same_day=sum(_same_day(row, hours) for row in answered),
        answered=len(answered),
        solved=len(solved),
        outcomes=_outcomes(session, begins, ends),
    )


def open_at_close(session: Session) -> int:
    """How many are open now."""
    which = (Ticket.status.in_(OPEN), Ticket.merged_into_id.is_(None))
    return session.scalar(select(func.count()).select_from(Ticket).where(*which)) or 0


def _rows(session: Session, begins: datetime, ends: datetime) -> Sequence[Any]:
    return session.execute(
        select(
            Ticket.channel,
            Ticket.category,
            Ticket.priority,
            Ticket.town_hall_id,
            Ticket.forwarder_town_hall_id,
            Ticket.handed_to_id,
            Ticket.created_at,
            Ticket.first_answered_at,
            Ticket.solved_at,
        ).where(
            Ticket.created_at >= begins,
            Ticket.created_at < ends,
            Ticket.merged_into_id.is_(None),
            or_(Ticket.close_reason.is_(None), Ticket.close_reason != "spam"),
        )
    ).all()


def _count(rows: Sequence[Any], name: str) -> dict[Any, int]:
    """How often each value comes, most first; rows without one are left out."""
    counted = Counter(value for row in rows if (value := getattr(row, name)) is not None)
    return dict(counted.most_common())


def _met(row: Any, books: Books, now: datetime) -> bool | None:
    """Whether a person answered in time; None while that is still open."""
    target = deadlines.targets(books.settings, row.channel)[row.priority][0] * MINUTE
    taken = books.hours.between(row.created_at, row.first_answered_at or now)
    if row.first_answered_at is None:
        # What an article or a courtesy has closed never needed a person.
        return None if row.solved_at is not None or taken <= target else False
    return taken <= target


def _same_day(row: Any, hours: Hours) -> bool:
    """Answered on the working day on which the desk could first read it."""
    readable = hours.answers_from(row.created_at).astimezone(hours.zone).date()
    answered: datetime = row.first_answered_at
    return answered.astimezone(hours.zone).date() <= readable


def _outcomes(session: Session, begins: datetime, ends: datetime) -> dict[Outcome, int]:
    """What became of the articles offered in the period, one for each ticket: the newest. Silence is unknown."""
    newest = select(func.max(Answer.id)).where(Answer.at >= begins, Answer.at < ends).group_by(Answer.ticket_id)
    rows = session.execute(select(Answer.outcome, func.count()).where(Answer.id.in_(newest)).group_by(Answer.outcome))
    counted: Counter[Outcome] = Counter()
    for outcome, count in rows:
        counted[Outcome.UNKNOWN if outcome is Outcome.OFFERED else outcome] += count
    return dict(counted)
