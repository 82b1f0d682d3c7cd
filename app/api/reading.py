"""The looks that the API takes at tickets: one by its number, many by keyset, always within what the caller may see."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.api.bearer import Caller
from app.api.problems import Problem, Wrong
from app.desk.numbers import ticket_id
from app.models.people import User
from app.models.place import TownHall
from app.models.ticket import Ticket

NOBODY = "nadie"
SHOWN = (joinedload(Ticket.contact), joinedload(Ticket.owner), selectinload(Ticket.labels))


def one(session: Session, who: Caller, typed: str) -> Ticket:
    """The ticket of a number; a 404 for one that does not exist or is none of the caller's business."""
    wanted = ticket_id(typed)
    query = select(Ticket).where(Ticket.id == wanted).options(*SHOWN)
    seen = who.sees()
    found = None if wanted is None else session.scalar(query if seen is None else query.where(seen))
    if found is None:
        raise Problem(404, "No hay ninguna consulta con ese número.")
    return found


def many(session: Session, who: Caller, wish: Mapping[str, Any]) -> tuple[list[Ticket], str | None]:
    """A page of tickets, newest first, and where the next one begins."""
    query = _filtered(session, select(Ticket), who, wish)
    if after := wish["after"]:
        if not after.isdecimal():
            raise Problem(422, "Use el «next» de la página anterior.", Wrong(field="after", detail="No es un «next»."))
        query = query.where(Ticket.id < int(after))
    limit = wish["limit"]
    query = query.options(*SHOWN).order_by(Ticket.id.desc())
    rows = list(session.scalars(query.limit(limit + 1)).all())
    return rows[:limit], str(rows[limit - 1].id) if len(rows) > limit else None


def town_hall(session: Session, code: str | None) -> TownHall | None:
    """The local entity of an INE code; a 422 for one that nobody has."""
    if code is None:
        return None
    found = session.scalar(select(TownHall).where(TownHall.code == code))
    if found is None:
        detail = "No hay ningún ayuntamiento con ese código."
        raise Problem(422, detail, Wrong(field="town_hall", detail=detail))
    return found


def person(session: Session, email: str | None) -> User | None:
    """The user of an address; a 422 for one that does not work here."""
    if email is None:
        return None
    found = session.scalar(select(User).where(User.email == email.lower(), User.active.is_(True)))
    if found is None:
        detail = "No hay ninguna persona con ese correo."
        raise Problem(422, detail, Wrong(field="owner", detail=detail))
    return found


def _filtered(session: Session, query: Select[Ticket], who: Caller, wish: Mapping[str, Any]) -> Select[Ticket]:
    query = query.where(Ticket.merged_into_id.is_(None))
    if (seen := who.sees()) is not None:
        query = query.where(seen)
    for name in ("status", "channel", "category", "priority"):
        if wish[name]:
            query = query.where(getattr(Ticket, name) == wish[name])
    if place := town_hall(session, wish["town_hall"]):
        query = query.where(Ticket.town_hall_id == place.id)
    if wish["owner"] == NOBODY:
        return query.where(Ticket.owner_id.is_(None))
    if owner := person(session, wish["owner"]):
        query = query.where(Ticket.owner_id == owner.id)
    return query
