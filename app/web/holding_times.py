"""How long each body has had a ticket in its hands, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.desk.hours import Hours
from app.i18n import moment
from app.models.ticket import Ticket
from app.models.work import Handed, HandOver
from app.web import due_words
from app.web.say import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One time in the hands of a town hall, in words; `id` only while it lasts."""

    id: int | None
    who: str
    state: str
    since: str
    length: str


def held(
    past: Sequence[HandOver], ticket: Ticket, hours: Hours, halls: Mapping[int, str], *, now: datetime
) -> tuple[list[Held], str]:
    """Each time in the hands of a town hall, and how long the desk itself has had it, in working time."""
    end = ticket.solved_at or ticket.closed_at or now
    theirs = timedelta()
    lines = []
    for one in past:
        length = hours.between(one.at, one.ended_at or now)
        theirs += length
        lines.append(
            Held(
                id=one.id if one.ended_at is None else None,
                who=halls.get(one.town_hall_id, ""),
                state=_states()[one.state],
                since=moment(one.at, now, hours.zone),
                length=due_words.quantity(length, hours),
            )
        )
    ours = max(hours.between(ticket.created_at, end) - theirs, timedelta())
    return lines, due_words.quantity(ours, hours) if lines else ""


def _states() -> dict[Handed, str]:
    return {
        Handed.ASKED: _("aún no ha dicho nada"),
        Handed.TAKEN: _("lo tiene"),
        Handed.REFUSED: _("dijo que no es suyo"),
        Handed.ANSWERED: _("dijo que está contestado"),
        Handed.RECALLED: _("se recuperó"),
    }
