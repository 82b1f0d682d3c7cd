"""Looks at the queue that people keep under a name, for themselves or for all."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import Impossible
from app.models.people import Role, User
from app.models.work import SavedView

MOST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A kept look: `query` is what stands in the address of the queue."""

    id: int
    user_id: int
    name: str
    query: str
    shared: bool


def kept(session: Session) -> tuple[Look, ...]:
    """All of them, by name."""
    rows = session.scalars(select(SavedView).order_by(SavedView.name, SavedView.id))
    return tuple(
        Look(id=row.id, user_id=row.user_id, name=row.name, query=row.query, shared=row.shared) for row in rows
    )


def keep(session: Session, *, name: str, query: str, shared: bool, by: User, now: datetime) -> None:
    """Keep a look; the same name of the same person means the new one."""
    name = " ".join(name.split())[:60]
    if not name:
        raise Impossible("La vista necesita un nombre.")
    own = session.scalars(select(SavedView).where(SavedView.user_id == by.id)).all()
    row = next((one for one in own if one.name == name), None)
    if row is None and len(own) >= MOST:
        raise Impossible(f"Ya tiene {MOST} vistas guardadas: quite antes alguna.")
    row = row or SavedView(user_id=by.id, name=name, made_at=now)
    row.query, row.shared = query[:1000], shared
    session.add(row)


def drop(session: Session, view_id: int, *, by: User) -> None:
    """Forget a look: one's own, or as a supervisor a shared one."""
    row = session.get(SavedView, view_id)
    if row is None:
        return
    if row.user_id != by.id and not (row.shared and by.role in {Role.SUPERVISOR, Role.ADMIN}):
        raise Impossible("Esta vista es de otra persona.")
    session.delete(row)
