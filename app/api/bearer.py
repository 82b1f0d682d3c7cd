"""Who calls the API: a bearer token, kept as a hash, with a role and perhaps one town hall."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import g, request
from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from app import clock
from app.api.problems import Problem
from app.desk.tokens import fingerprint
from app.house import house
from app.models.people import ApiToken, Role, User
from app.models.ticket import Ticket

SELDOM = timedelta(minutes=5)
RANKS = (Role.TECHNICIAN, Role.SUPERVISOR, Role.ADMIN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """The token behind a request."""

    token_id: int
    name: str
    role: Role
    town_hall_id: int | None

    @property
    def clerk(self) -> bool:
        """Whether only the state of what her town hall forwarded or was handed may be seen."""
        return self.role is Role.CLERK

    def sees(self) -> ColumnElement[bool] | None:
        """The tickets that this caller may know of; None for all of them."""
        if self.clerk:
            # A clerk's token without a town hall sees nothing: -1 is nobody's id.
            mine = self.town_hall_id or -1
            return or_(Ticket.forwarder_town_hall_id == mine, Ticket.handed_to_id == mine)
        if self.town_hall_id is None:
            return None
        return or_(Ticket.town_hall_id == self.town_hall_id, Ticket.forwarder_town_hall_id == self.town_hall_id)


def caller() -> Caller:
    """The caller of this request, once `check` has let it in."""
    found: Caller = g.caller
    return found


def check(*, clerks: bool) -> None:
    """Let in whoever shows a good token; raises a Problem with 401 or 403."""
    scheme, _, word = request.headers.get("Authorization", "").partition(" ")
    now = clock.now()
    with house().db.reading() as session:
        row = session.scalar(select(ApiToken).where(ApiToken.token_hash == fingerprint(word.strip())))
    if scheme.lower() != "bearer" or row is None or not _valid(row, now):
        challenge = {"WWW-Authenticate": 'Bearer realm="ventanilla"'}
        raise Problem(401, "Ponga una clave de acceso válida: Authorization: Bearer …", headers=challenge)
    if row.role is Role.CLERK and not clerks:
        raise Problem(403, "La clave de un ayuntamiento solo puede enviar consultas y ver el estado de las suyas.")
    g.caller = Caller(token_id=row.id, name=row.name, role=row.role, town_hall_id=row.town_hall_id)
    if row.used_at is None or now - row.used_at > SELDOM:
        with house().db.transaction() as session:
            session.execute(update(ApiToken).where(ApiToken.id == row.id).values(used_at=now))


def actor(session: Session, who: Caller, *, now: datetime) -> User:
    """The user under whose name a token acts: made with its first act, never able to sign in."""
    address = f"token-{who.token_id}@api.invalid"
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    session.execute(
        insert(User)
        .values(
            name=f"API: {who.name}"[:120],
            email=address,
            role=who.role,
            active=False,
            shortcuts=False,
            demo=False,
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=["email"])
    )
    return session.scalars(select(User).where(User.email == address)).one()


def _valid(row: ApiToken, now: datetime) -> bool:
    return row.revoked_at is None and (row.expires_at is None or row.expires_at > now)
