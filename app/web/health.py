"""Whether the process lives and whether the desk can work, for the machines that watch over it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, Response, jsonify
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app import clock
from app.desk import arrivals
from app.house import house
from app.migrate import expected
from app.models.arrival import Line
from app.models.ticket import Ticket
from app.web.access import public

LATE = timedelta(minutes=2)

blueprint = Blueprint("health", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """What `/readyz` tells; only the first two decide."""

    database: str = "down"
    migrations: str = "down"
    queue: str = "down"
    mail_age_s: int | None = None
    oldest_unfiled_s: int = 0

    @property
    def ready(self) -> bool:
        """Whether requests can be served."""
        return self.database == "ok" and self.migrations == "ok"


@blueprint.get("/healthz")
@public
def healthz() -> Response:
    """200 while the process lives."""
    return Response("ok\n", content_type="text/plain; charset=utf-8")


@blueprint.get("/readyz")
@public
def readyz() -> tuple[Response, int]:
    """503 only if the database or its migrations are not ready."""
    try:
        with house().db.reading() as session:
            found = readiness(session, clock.now())
    except SQLAlchemyError:
        found = Readiness()
    return jsonify(
        database=found.database,
        migrations=found.migrations,
        queue=found.queue,
        mail_age_s=found.mail_age_s,
        oldest_unfiled_s=found.oldest_unfiled_s,
    ), 200 if found.ready else 503


def readiness(session: Session, now: datetime) -> Readiness:
    """What the rows say of the desk's state."""
    if session.scalar(text("SELECT version_num FROM alembic_version")) != expected():
        return Readiness(database="ok", migrations="behind")
    unfiled = arrivals.oldest_unfiled(session)
    unsorted = session.scalar(select(func.min(Ticket.sort_at)).where(Ticket.sort_at.is_not(None)))
    late = any(moment is not None and now - moment > LATE for moment in (unfiled, unsorted))
    return Readiness(
        database="ok",
        migrations="ok",
        queue="late" if late else "ok",
        mail_age_s=_age(session.scalar(select(func.max(Line.success_at)).where(Line.channel == "email")), now),
        oldest_unfiled_s=_age(unfiled, now) or 0,
    )


def _age(moment: datetime | None, now: datetime) -> int | None:
    return None if moment is None else max(0, int((now - moment).total_seconds()))
