"""Tickets that somebody follows, whoever they belong to, and what was said in them since she looked."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, or_, select, update
from sqlalchemy.orm import Session

from app.desk import events
from app.models.message import Direction, Message
from app.models.people import User
from app.models.ticket import Ticket, TicketFollower
from channels.message import Delivery, Kind

# A user's id, or the parameter that stands for it.
Who = int | ColumnElement[int]


def follow(session: Session, ticket: Ticket, *, by: User, now: datetime) -> None:
    """Follow a ticket from what has been said so far; to follow it twice is to follow it."""
    if session.get(TicketFollower, (ticket.id, by.id)) is None:
        newest = session.scalar(_newest(ticket.id)) or 0
        session.add(TicketFollower(ticket_id=ticket.id, user_id=by.id, seen_id=newest))
        events.record(session, ticket, "followed", now=now, by=by)


def leave(session: Session, ticket: Ticket, *, by: User, now: datetime) -> None:
    """Follow it no more."""
    row = session.get(TicketFollower, (ticket.id, by.id))
    if row is not None:
        session.delete(row)
        events.record(session, ticket, "unfollowed", now=now, by=by)


def take_over(session: Session, *, kept: Ticket, gone: Ticket) -> None:
    """Who follows a ticket that becomes part of another follows that one from now on."""
    there = set(session.scalars(select(TicketFollower.user_id).where(TicketFollower.ticket_id == kept.id)))
    for row in session.scalars(select(TicketFollower).where(TicketFollower.ticket_id == gone.id)):
        if row.user_id not in there:
            session.add(TicketFollower(ticket_id=kept.id, user_id=row.user_id, seen_id=row.seen_id))


def seen(session: Session, ticket: Ticket, *, by: User) -> None:
    """She has it before her eyes: nothing that stands in it is news to her."""
    mine = (TicketFollower.ticket_id == ticket.id, TicketFollower.user_id == by.id)
    newest = func.coalesce(_newest(ticket.id).scalar_subquery(), 0)
    session.execute(update(TicketFollower).where(*mine, TicketFollower.seen_id < newest).values(seen_id=newest))


def followed(who: Who) -> Select[int]:
    """The tickets that somebody follows."""
    return select(TicketFollower.ticket_id).where(TicketFollower.user_id == who)


def with_news(who: Who) -> Select[int]:
    """Those of them in which somebody else has said something since she looked, be they over or not."""
    return followed(who).where(select(Message.id).where(*_news(who)).exists())


def news(session: Session, user: User, ids: Sequence[int]) -> Mapping[int, int]:
    """How much is new to her in each of these tickets; those without news are left out."""
    mine = (TicketFollower.user_id == user.id, TicketFollower.ticket_id.in_(ids))
    counted = select(TicketFollower.ticket_id, func.count()).where(*mine, *_news(user.id))
    return {row[0]: row[1] for row in session.execute(counted.group_by(TicketFollower.ticket_id))}


def _news(who: Who) -> tuple[ColumnElement[bool], ...]:
    """A person's word, no machine's and not her own, that has not been taken back."""
    return (
        Message.ticket_id == TicketFollower.ticket_id,
        Message.id > TicketFollower.seen_id,
        Message.kind == Kind.MESSAGE,
        or_(Message.direction == Direction.IN, Message.author_user_id != who),
        or_(Message.delivery.is_(None), Message.delivery.not_in((Delivery.PROPOSED, Delivery.DROPPED))),
    )


def _newest(ticket_id: int) -> Select[int | None]:
    return select(func.max(Message.id)).where(Message.ticket_id == ticket_id)
