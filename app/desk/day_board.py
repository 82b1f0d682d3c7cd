"""The day at a glance for whoever shares it out: what is open, due and overdue, by person and by channel."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from app.desk import absences, board, lists
from app.desk.books import Books
from app.desk.hours import Hours
from app.desk.percentiles import Spread, spread
from app.errors import Impossible
from app.models.base import literally
from app.models.office import Absence
from app.models.people import User
from app.models.ticket import OPEN, OURS, Status, Ticket, live

MOST_AT_ONCE = 200
LOOK_BACK = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What somebody has on her table (nobody: None), or what lies on a channel."""

    key: int | str | None
    name: str = ""
    open: int = 0
    due: int = 0
    overdue: int = 0
    done: int = 0
    arrived: int = 0
    away: bool = False
    gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """Everything that the board shows of the tickets."""

    open: int
    due: int
    due_unowned: int
    overdue: int
    arrived: int
    forwarded: int
    solved: int
    first: Spread
    within: int | None
    people: tuple[Load, ...]
    channels: tuple[Load, ...]
    days: tuple[tuple[date, dict[str, int]], ...]


def today(session: Session, books: Books, *, now: datetime) -> Today:
    """The board as it stands now."""
    zone = books.hours.zone
    day = now.astimezone(zone).date()
    midnight = datetime.combine(day, time(), tzinfo=zone)
    lying = _lying(session, midnight + timedelta(days=1), now)
    recent = _recent(session, books.hours, midnight)
    came, forwarded = _arrived(recent, books.hours, day)
    solved = select(Ticket.owner_id, func.count()).where(
        literally(Ticket.status, (Status.SOLVED,)), Ticket.solved_at >= midnight
    )
    rows = session.execute(solved.group_by(Ticket.owner_id))
    done = {owner_id: count for owner_id, count in rows}  # noqa: C416 - rows are not pairs to the type checker
    answered = _answered(recent, books.hours, midnight)
    here = [channels for when, channels in came if when == day]
    arrived = here[0] if here else {}
    return Today(
        open=sum(row.open for row in lying),
        due=sum(row.due for row in lying),
        due_unowned=sum(row.due for row in lying if row.owner_id is None),
        overdue=sum(row.overdue for row in lying),
        arrived=sum(arrived.values()),
        forwarded=forwarded,
        solved=sum(done.values()),
        first=spread([length for length, _ in answered]),
        within=round(100 * sum(ok for _, ok in answered) / len(answered)) if answered else None,
        people=tuple(_people(session, lying, done, day)),
        channels=tuple(_by_channel(lying, arrived)),
        days=came,
    )


def hand_over(session: Session, *, of: int | None, to: User | None, count: int, by: User, now: datetime) -> int:
    """Give the most urgent open tickets of somebody (None: of nobody) to somebody else; how many there were."""
    if to is not None and to.id == of:
        raise Impossible("Elija a otra persona: son las mismas manos.")
    if not 0 < count <= MOST_AT_ONCE:
        raise Impossible(f"Diga cuántas, de 1 a {MOST_AT_ONCE}.")
    rows = session.scalars(
        select(Ticket)
        .where(_open(now), Ticket.owner_id == of if of is not None else Ticket.owner_id.is_(None))
        .order_by(Ticket.due_at.is_(None), Ticket.due_at, Ticket.id)
        .limit(count)
        .with_for_update()
    ).all()
    for ticket in sorted(rows, key=lambda one: one.id):
        board.assign(session, ticket, to=to, by=by, now=now)
    return len(rows)


def _open(now: datetime) -> Any:
    awake = or_(Ticket.snoozed_until.is_(None), Ticket.snoozed_until <= now)
    return and_(live(), Ticket.status.in_(OPEN), awake)


def _lying(session: Session, tomorrow: datetime, now: datetime) -> Sequence[Any]:
    ours = Ticket.status.in_(OURS)
    return session.execute(
        select(
            Ticket.owner_id,
            Ticket.channel,
            func.count().label("open"),
            func.sum(case((and_(ours, Ticket.due_at < tomorrow), 1), else_=0)).label("due"),
            func.sum(case((and_(ours, Ticket.due_at <= now), 1), else_=0)).label("overdue"),
        )
        .where(_open(now))
        .group_by(Ticket.owner_id, Ticket.channel)
    ).all()


def _days(hours: Hours, today: date) -> list[date]:
    """The last working days and today, seven in all."""
    back = (today - timedelta(days=ago) for ago in range(LOOK_BACK.days))
    return sorted(day for day in back if day == today or hours.working_day(day))[-7:]


def _recent(session: Session, hours: Hours, midnight: datetime) -> Sequence[Any]:
    """What came in on those days, and what came in before them and had its first answer today."""
    since = datetime.combine(_days(hours, midnight.date())[0], time(), tzinfo=hours.zone)
    return session.execute(
        select(
            *(Ticket.created_at, Ticket.channel, Ticket.forwarder_town_hall_id),
            *(Ticket.first_answered_at, Ticket.due_first),
        ).where(
            Ticket.created_at >= midnight - LOOK_BACK,
            or_(Ticket.created_at >= since, Ticket.first_answered_at >= midnight),
        )
    ).all()


def _arrived(recent: Sequence[Any], hours: Hours, today: date) -> tuple[tuple[tuple[date, dict[str, int]], ...], int]:
    """What came in on each of those days, by channel; how many of today town halls passed on."""
    counted: dict[date, Counter[str]] = {day: Counter() for day in _days(hours, today)}
    forwarded = 0
    for row in recent:
        day = row.created_at.astimezone(hours.zone).date()
        if day in counted:
            counted[day][row.channel] += 1
        forwarded += day == today and row.forwarder_town_hall_id is not None
    return tuple((day, dict(counts)) for day, counts in counted.items()), forwarded


def _answered(recent: Sequence[Any], hours: Hours, midnight: datetime) -> list[tuple[timedelta, bool]]:
    """Today's first answers of people: how long each took in open time, and whether it was in time."""
    return [
        (hours.between(row.created_at, first), row.due_first is None or first <= row.due_first)
        for row in recent
        if (first := row.first_answered_at) and first >= midnight
    ]


def _people(session: Session, lying: Sequence[Any], done: dict[int | None, int], day: date) -> list[Load]:
    # Whoever has left may still own something, which is just what a supervisor must see.
    owners = {row.owner_id for row in lying if row.owner_id is not None}
    works = and_(User.active, User.role.in_(lists.OWNERS))
    away = exists().where(Absence.user_id == User.id, absences.on(day))
    names = session.execute(
        select(User.id, User.name, ~works, away).where(or_(works, User.id.in_(owners))).order_by(~works, User.name)
    ).all()
    return [
        Load(
            key=key,
            name=name,
            open=sum(row.open for row in lying if row.owner_id == key),
            due=sum(row.due for row in lying if row.owner_id == key),
            overdue=sum(row.overdue for row in lying if row.owner_id == key),
            done=done.get(key, 0),
            away=away,
            gone=gone,
        )
        for key, name, gone, away in [*names, (None, "", False, False)]
    ]


def _by_channel(lying: Sequence[Any], arrived: dict[str, int]) -> list[Load]:
    return [
        Load(
            key=channel,
            open=sum(row.open for row in lying if row.channel == channel),
            due=sum(row.due for row in lying if row.channel == channel),
            overdue=sum(row.overdue for row in lying if row.channel == channel),
            arrived=arrived.get(channel, 0),
        )
        for channel in sorted({row.channel for row in lying} | set(arrived))
    ]
