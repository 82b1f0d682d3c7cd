"""How many wait in each list of the rail, up to 99 and in one query, for every page shows them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import CompoundSelect, func, literal, select, union_all
from sqlalchemy.orm import Session

from app.desk import following
from app.desk.books import Books
from app.desk.queue_views import WHO, View, looked_from, shown_in
from app.models.people import User
from app.models.ticket import Ticket
from app.models.work import Incident, IncidentState

MOST = 100
INCIDENTS, NEWS = "incidents", "news"


@dataclass(frozen=True, slots=True, kw_only=True)
class Badges:
    """How many tickets wait in each view, how many followed ones have news, how many incidents nobody has judged."""

    views: Mapping[View, int]
    news: int
    incidents: int


def count(session: Session, user: User, *, books: Books, now: datetime) -> Badges:
    """Count to a hundred and no further: beyond that nobody reads the number."""
    rows: Iterable[tuple[str, int]] = session.execute(_counts(), looked_from(user, books, now))
    found = {name: rows_there for name, rows_there in rows}  # noqa: C416 - rows are not pairs to the type checker
    incidents, news = found.pop(INCIDENTS), found.pop(NEWS)
    return Badges(views={View(name): rows_there for name, rows_there in found.items()}, news=news, incidents=incidents)


@cache
def _counts() -> CompoundSelect[Any, Any]:
    """Made once: to make it costs more than to run it."""
    waiting = {view.value: select(Ticket.id).where(shown_in(view)) for view in View if view is not View.SOLVED}
    waiting[INCIDENTS] = select(Incident.id).where(Incident.state == IncidentState.PROPOSED)
    waiting[NEWS] = following.with_news(WHO)
    return union_all(
        *(
            select(literal(name).label("list"), func.count().label("rows")).select_from(ids.limit(MOST).subquery())
            for name, ids in waiting.items()
        )
    )
