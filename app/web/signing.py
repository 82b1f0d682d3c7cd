"""Signing in, as rows: tries that failed, invitations, sessions. No password is checked here."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.desk.tokens import fingerprint
from app.models.people import SignInTry, User

TRIES, WITHIN = 5, timedelta(minutes=15)
KEPT = timedelta(days=1)


def tidy(email: str) -> str:
    """An address as it is kept."""
    return email.strip().lower()[:254]


def too_many(session: Session, email: str, *, now: datetime) -> bool:
    """Whether this address has failed too often lately, on whichever machine and process."""
    failed = session.scalar(
        select(func.count())
        .select_from(SignInTry)
        .where(SignInTry.email_hash == fingerprint(tidy(email)), SignInTry.at > now - WITHIN)
    )
    return (failed or 0) >= TRIES


def known(session: Session, email: str) -> User | None:
    """The active user with this address."""
    return session.scalar(select(User).where(User.email == tidy(email), User.active))


def by_provider(session: Session, subject: str, email: str | None) -> User | None:
    """The active user joined to this subject; else the one with this verified address, joined from now on.

    An address passes from one colleague to the next, a subject does not: who is joined is found by subject alone.
    """
    bound = session.scalar(select(User).where(User.oidc_hash == fingerprint(subject)))
    if bound is not None:
        return bound if bound.active else None
    user = known(session, email) if email else None
    if user is None or user.oidc_hash is not None:
        return None
    user.oidc_hash = fingerprint(subject)
    return user


def join(session: Session, user: User, subject: str) -> bool:
    """Join somebody to a subject from now on; False if it is another's."""
    other = session.scalar(select(User.id).where(User.oidc_hash == fingerprint(subject), User.id != user.id))
    if other is None:
        user.oidc_hash = fingerprint(subject)
    return other is None


def failed(session: Session, email: str, *, now: datetime) -> None:
    """Write a failed try down, and forget those of yesterday."""
    session.execute(delete(SignInTry).where(SignInTry.at < now - KEPT))
    session.add(SignInTry(email_hash=fingerprint(tidy(email)), at=now))


def forgive(session: Session, email: str) -> None:
    """The right password came: earlier slips do not count."""
    session.execute(delete(SignInTry).where(SignInTry.email_hash == fingerprint(tidy(email))))


def accept(session: Session, token: str, password_hash: str, *, now: datetime) -> User | None:
    """Use the link up and set the password; None if somebody was quicker."""
    user_id = session.scalar(
        update(User)
        .where(User.invite_hash == fingerprint(token), User.invite_until > now, User.active)
        .values(password_hash=password_hash, invite_hash=None, invite_until=None)
        .returning(User.id)
    )
    return session.get(User, user_id) if user_id is not None else None
