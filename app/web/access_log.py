"""The access log: who of the desk has opened which ticket; written as a page is shown, read by supervisors."""

import threading
from datetime import datetime, timedelta

import structlog
from flask import Blueprint, Response, current_app, render_template, request
from flask_login import current_user
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app import clock
from app.desk import access_log
from app.desk.numbers import number, ticket_id
from app.house import house
from app.i18n import moment
from app.models.people import Role
from app.web.access import allow

blueprint = Blueprint("readings", __name__, url_prefix="/personas/lecturas")
log = structlog.get_logger()
SELDOM = timedelta(minutes=5)
SHOWN = {"ticket.page", "printing.page"}
MOST = 10_000


class Lately:
    """What this process has written in the last minutes: one look is written once, however often a page comes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: dict[tuple[int, int], datetime] = {}

    def first(self, who: int, what: int, now: datetime) -> bool:
        """Whether this has not been written lately."""
        with self._lock:
            if now - self._seen.get((who, what), now - SELDOM) < SELDOM:
                return False
            if len(self._seen) >= MOST:
                self._seen.clear()
            self._seen[who, what] = now
            return True


@blueprint.after_app_request
def write(response: Response) -> Response:
    """Write down that a ticket was shown, on screen or paper; a database that does not take it keeps nobody from it."""
    if request.endpoint not in SHOWN or response.status_code != 200 or not current_user.is_authenticated:
        return response
    ticket, user, now = ticket_id((request.view_args or {}).get("number", "")), current_user.user.id, clock.now()
    if ticket is None or not _lately().first(user, ticket, now):
        return response
    try:
        with house().db.transaction() as session:
            access_log.note(session, user_id=user, ticket_id=ticket, now=now)
    except (DBAPIError, PoolTimeout) as error:
        log.error("reading_not_written", trouble=type(error).__name__, ticket=ticket, user=user)
    return response


@blueprint.get("")
@allow(Role.SUPERVISOR)
def page() -> str:
    """The newest readings of all, of one ticket, or of one person."""
    args, now, zone = request.args, clock.now(), house().config.zone
    typed = args.get("consulta", "").strip()
    wanted = ticket_id(typed) if typed else None
    person = args.get("persona", "")
    with house().db.reading() as session:
        rows = (
            []
            if typed and wanted is None
            else access_log.newest(
                session,
                ticket_id=wanted,
                user_id=int(person) if person.isdecimal() else None,
                before=int(args["antes"]) if args.get("antes", "").isdecimal() else None,
            )
        )
    shown = [(row, number(row.ticket_id), moment(row.at, now, zone)) for row in rows]
    more = rows[-1].id if len(rows) == access_log.PAGE else None
    return render_template("people/readings.html", rows=shown, typed=typed, person=person, more=more)


def _lately() -> Lately:
    kept: Lately = current_app.extensions.setdefault("lately", Lately())
    return kept
