"""Users, their invitations and tokens; contacts made one, and two again."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.desk.tokens import fingerprint, secret
from app.errors import Impossible
from app.models.people import (
    ApiToken,
    Contact,
    ContactMerge,
    Identity,
    Role,
    User,
    UserSession,
    UserTownHall,
)
from app.models.place import TownHall
from app.models.ticket import Ticket

INVITED_FOR = timedelta(days=7)


def invite(
    session: Session, *, name: str, email: str, role: Role, town_halls: Sequence[TownHall] = (), now: datetime
) -> tuple[User, str]:
    """A new user with the secret of a one-time link by which the password is set."""
    email = email.strip().lower()
    if session.scalar(select(User.id).where(User.email == email)) is not None:
        raise Impossible(f"Ya hay una persona con el correo {email}.")
    if role is Role.CLERK and not town_halls:
        raise Impossible("Quien trabaja en un ayuntamiento necesita al menos uno.")
    user = User(name=name.strip(), email=email, role=role, created_at=now)
    user.town_halls = [UserTownHall(town_hall_id=hall.id) for hall in town_halls]
    session.add(user)
    return user, reinvite(user, now=now)


def reinvite(user: User, *, now: datetime) -> str:
    """A new one-time link for a user, instead of any earlier one."""
    word = secret()
    user.invite_hash, user.invite_until = fingerprint(word), now + INVITED_FOR
    return word


def invited(session: Session, word: str, *, now: datetime) -> User | None:
    """The user of a one-time link that still holds."""
    user = session.scalar(select(User).where(User.invite_hash == fingerprint(word)))
    return user if user and user.active and user.invite_until and user.invite_until > now else None


def deactivate(session: Session, user: User, *, now: datetime) -> None:
    """They may sign in no more, and every session ends."""
    user.active = False
    session.execute(
        update(UserSession)
        .where(UserSession.user_id == user.id, UserSession.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def add_token(
    session: Session, *, name: str, role: Role, town_hall: TownHall | None = None, now: datetime
) -> tuple[ApiToken, str]:
    """A new token of the API, and its secret, which is told once."""
    if session.scalar(select(ApiToken.id).where(ApiToken.name == name)) is not None:
        raise Impossible(f"Ya hay un token que se llama «{name}».")
    if role is Role.CLERK and town_hall is None:
        raise Impossible("Un token de ayuntamiento necesita --town-hall con su código INE.")
    word = f"vnt_{secret()}"
    token = ApiToken(
        name=name,
        token_hash=fingerprint(word),
        role=role,
        town_hall_id=town_hall.id if town_hall else None,
        created_at=now,
    )
    session.add(token)
    return token, word


def merge(session: Session, *, kept: Contact, gone: Contact, by: User | None, now: datetime) -> ContactMerge:
    """They are the same person: addresses and tickets go to the one that is kept."""
    if kept.id == gone.id or kept.merged_into_id or gone.merged_into_id:
        raise Impossible("Estas fichas ya están unidas.")
    identity_ids = list(session.scalars(select(Identity.id).where(Identity.contact_id == gone.id)))
    ticket_ids = list(session.scalars(select(Ticket.id).where(Ticket.contact_id == gone.id)))
    merged = ContactMerge(
        kept_id=kept.id,
        gone_id=gone.id,
        identity_ids=identity_ids,
        ticket_ids=ticket_ids,
        user_id=by.id if by else None,
        at=now,
    )
    session.add(merged)
    _give(session, identity_ids, ticket_ids, kept.id)
    gone.merged_into_id = kept.id
    kept.name = kept.name or gone.name
    return merged


def unmerge(session: Session, merged: ContactMerge, *, now: datetime) -> None:
    """They are two people after all: each gets back what was theirs."""
    if merged.undone_at is not None:
        raise Impossible("Esta unión ya se ha deshecho.")
    _give(session, merged.identity_ids, merged.ticket_ids, merged.gone_id)
    session.get_one(Contact, merged.gone_id).merged_into_id = None
    merged.undone_at = now


def _give(session: Session, identity_ids: Sequence[int], ticket_ids: Sequence[int], contact_id: int) -> None:
    session.execute(update(Identity).where(Identity.id.in_(identity_ids)).values(contact_id=contact_id))
    session.execute(
        update(Ticket).where(Ticket.id.in_(ticket_ids)).values(contact_id=contact_id, version=Ticket.version + 1)
    )
