"""The state of a forwarded enquiry for whoever holds its link: the state, and nothing that was said."""

from dataclasses import dataclass

from flask import Blueprint
from werkzeug.wrappers import Response

from app import clock
from app.desk import joining, message_links, upkeep
from app.desk.numbers import number
from app.house import house
from app.i18n import long_day
from app.models.ticket import Status, Ticket
from app.web import public as frame
from app.web.access import public
from app.web.limits import limiter
from app.web.say import _

blueprint = Blueprint("follow", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage on the way of an enquiry."""

    name: str
    done: bool
    here: bool


@blueprint.get("/seguir/<token>")
@public
@limiter.limit("30 per minute")
def page(token: str) -> Response | tuple[str, int] | str:
    """Where the enquiry stands; every opening is counted."""
    now, zone = clock.now(), house().config.zone
    # The count is the one thing that this look writes: who follows a citizen's case must leave a trace.
    with house().db.transaction() as session:
        link = message_links.find(session, token, purpose=message_links.FOLLOW, now=now)
        if link is None:
            return frame.render("public/gone.html"), 410
        message_links.opened(session, link, now=now)
        ticket = joining.final(session, session.get_one(Ticket, link.ticket_id))
        expires = long_day(link.expires_at.astimezone(zone).date())
    return frame.render(
        "follow/page.html",
        number=number(ticket.id),
        state=upkeep.state(ticket),
        stages=stages(ticket),
        received=long_day(ticket.created_at.astimezone(zone).date()),
        expires=expires,
    )


def stages(ticket: Ticket) -> tuple[Stage, ...]:
    """The way of an enquiry in four stages, with the one where it stands."""
    names = (_("Recibida"), _("En estudio"), _("Contestada"), _("Resuelta"))
    here = _place(ticket)
    return tuple(Stage(name=name, done=at < here, here=at == here) for at, name in enumerate(names))


def _place(ticket: Ticket) -> int:
    if ticket.status in {Status.SOLVED, Status.CLOSED}:
        return 3
    if ticket.status is Status.WAITING:
        return 2
    return 0 if ticket.status is Status.NEW else 1
