"""The lists of the rail: which tickets stand in each, for whoever looks and whenever."""

from datetime import datetime, time, timedelta
from enum import StrEnum
from functools import cache

from sqlalchemy import ColumnElement, and_, bindparam, exists, or_

from app.desk import following
from app.desk.books import Books
from app.desk.conversation import WINDOW
from app.models.message import Message, stuck
from app.models.people import User
from app.models.ticket import OPEN, OURS, Status, Ticket, live
from channels.message import Delivery


class View(StrEnum):
    """The lists of the rail."""

    MINE = "mias"
    UNASSIGNED = "sin-asignar"
    DUE_TODAY = "vencen-hoy"
    CALL_BACK = "llamar"
    WINDOW = "ventana"
    FAILED = "fallidas"
    ALL = "abiertas"
    WAITING = "esperan"
    FORWARDED = "ayuntamientos"
    HELD = "otros"
    FOLLOWED = "seguidas"
    SOLVED = "resueltas"


# Who looks and when, as parameters: the conditions are made once, which is half the work of counting for a page.
WHO = bindparam("looks", type_=Ticket.id.type)
_NOW, _TOMORROW, _CHAT_AFTER, _CHAT_UNTIL = (
    bindparam(name, type_=Ticket.due_at.type) for name in ("now", "tomorrow", "chat_after", "chat_until")
)


def looked_from(user: User, books: Books, now: datetime) -> dict[str, object]:
    """What the conditions of `shown_in` are executed with.

    A chat closes soon if it does so before somebody is here again: before the next opening, or within two hours.
    """
    zone = books.hours.zone
    horizon = max(books.hours.next_opening(now), now + timedelta(hours=2))
    return {
        WHO.key: user.id,
        _NOW.key: now,
        _TOMORROW.key: datetime.combine(now.astimezone(zone).date() + timedelta(days=1), time(), tzinfo=zone),
        _CHAT_AFTER.key: now - WINDOW,
        _CHAT_UNTIL.key: horizon - WINDOW,
    }


@cache
def shown_in(view: View) -> ColumnElement[bool]:
    """Which tickets stand in a view."""
    if view is View.SOLVED:
        return and_(Ticket.status.in_((Status.SOLVED, Status.CLOSED)), Ticket.merged_into_id.is_(None))
    if view is View.FOLLOWED:
        # One that was answered and is over stays until who follows it has seen the answer.
        return and_(Ticket.id.in_(following.followed(WHO)), or_(live(), Ticket.id.in_(following.with_news(WHO))))
    return and_(live(), _live_in(view))


def _live_in(view: View) -> ColumnElement[bool]:
    here = or_(Ticket.snoozed_until.is_(None), Ticket.snoozed_until <= _NOW)
    match view:
        case View.MINE:
            return and_(Ticket.status.in_(OPEN), Ticket.owner_id == WHO, here)
        case View.UNASSIGNED:
            return and_(Ticket.status.in_(OPEN), Ticket.owner_id.is_(None), here)
        case View.DUE_TODAY:
            return and_(Ticket.status.in_(OURS), Ticket.due_at < _TOMORROW, here)
        case View.CALL_BACK:
            return and_(_with_delivery(Delivery.BY_HAND), here)
        case View.WINDOW:
            closing = and_(Ticket.heard_at > _CHAT_AFTER, Ticket.heard_at <= _CHAT_UNTIL)
            return and_(Ticket.status.in_(OURS), Ticket.channel == "whatsapp", closing, here)
        case View.FAILED:
            return and_(_with_delivery(Delivery.FAILED, Delivery.UNCERTAIN), here)
        case View.ALL:
            return and_(Ticket.status.in_(OPEN), here)
        case View.WAITING:
            return or_(Ticket.status == Status.WAITING, Ticket.snoozed_until > _NOW)
        case View.FORWARDED:
            return and_(Ticket.forwarder_town_hall_id.is_not(None), here)
        case _:
            return and_(Ticket.status == Status.HELD, here)


def _with_delivery(*deliveries: Delivery) -> ColumnElement[bool]:
    return exists().where(Message.ticket_id == Ticket.id, stuck(), Message.delivery.in_(deliveries))
