"""Whether a reason is owed before a ticket is shown; whoever owes one is led to where it is asked for."""

from datetime import datetime, time

from flask import abort, redirect, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session

from app.desk import access_log
from app.desk.numbers import number
from app.house import house
from app.models.ticket import Ticket


def owes(session: Session, ticket: Ticket, *, now: datetime) -> bool:
    """Whether the person who is signed in must first say why she opens this ticket today."""
    zone = house().config.zone
    midnight = datetime.combine(now.astimezone(zone).date(), time(), zone)
    return access_log.owes_reason(session, ticket, current_user.user, midnight=midnight)


def ask(session: Session, ticket: Ticket, *, now: datetime) -> None:
    """Go on only if none is owed."""
    if owes(session, ticket, now=now):
        script = request.headers.get("HX-Request") or request.headers.get("X-Live")
        abort(403 if script else redirect(url_for("reasons.page", number=number(ticket.id)), 303))
