"""How many wait in each list of the rail, up to 99 and in one query, for every page shows them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, literal, select, union_all
from sqlalchemy.orm import Session

from app.desk.books import Books
from app.desk.lists import View, shown_in
from app.models.people import User
from app.models.ticket import Ticket
from app.models.work import Incident, IncidentState

MOST = 100
INCIDENTS = "incidents"


@dataclass(frozen=True, slots=True, kw_only=True)
class Badges:
    """How many tickets wait in each view, and how many incidents are proposed that nobody has judged."""

    views: Mapping[View, int]
    incidents: int


def count(session: Session, user: User, *, books: Books, now: datetime) -> Badges:
    """Count to a hundred and no further: beyond that nobody reads the number."""
    waiting = {
        view.value: select(Ticket.id).where(shown_in(view, user, books, now))
        for view in View
        if view is not View.SOLVED
    }
    waiting[INCIDENTS] = select(Incident.id).where(Incident.state == IncidentState.PROPOSED)
    counted = [
        select(literal(name).label("list"), func.count().label("rows")).select_from(ids.limit(MOST).subquery())
        for name, ids in waiting.items()
    ]
    rows: Iterable[tuple[str, int]] = session.execute(union_all(*counted))
    found = {name: rows_there for name, rows_there in rows}  # noqa: C416 - rows are not pairs to the type checker
    incidents = found.pop(INCIDENTS)
    return Badges(views={View(name): rows_there for name, rows_there in found.items()}, incidents=incidents)
