"""Who is signed in: rows known by the hash of a token, ended by age, by idleness, or by being revoked."""

import threading
import time
from datetime import datetime, timedelta

import structlog
from flask_login import UserMixin
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from app.db import Database
from app.desk.tokens import fingerprint, secret
from app.models.people import User, UserSession

IDLE = timedelta(hours=8)
LONGEST = timedelta(days=7)
SELDOM = timedelta(minutes=5)
BATCH_SECONDS = 60.0

log = structlog.get_logger()


class SignedIn(UserMixin):  # type: ignore[misc]  # flask_login has no types
    """A person with the session by which she is here."""

    def __init__(self, user: User, session_id: int, token: str, seen_at: datetime) -> None:
        self.user = user
        self.session_id = session_id
        self.seen_at = seen_at
        self._token = token

    def get_id(self) -> str:
        """What the signed cookie carries: the token, never the user's id."""
        return self._token


class LastSeen:
    """When each session was last seen, written in batches and seldom: a look at a page is no reason to write."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: dict[int, datetime] = {}
        self._written = 0.0

    def saw(self, db: Database, who: SignedIn, now: datetime) -> None:
        """Note a session, and write the batch if the last one is old enough."""
        if now - who.seen_at < SELDOM:
            return
        with self._lock:
            self._seen[who.session_id] = now
            if time.monotonic() - self._written < BATCH_SECONDS:
                return
            batch, self._seen, self._written = self._seen, {}, time.monotonic()
        try:
            with db.transaction() as session:
                for session_id, seen_at in sorted(batch.items()):
                    session.execute(update(UserSession).where(UserSession.id == session_id).values(seen_at=seen_at))
        except (DBAPIError, PoolTimeout) as error:
            log.warning("last_seen_not_written", trouble=type(error).__name__)


def find(session: Session, token: str, *, now: datetime) -> SignedIn | None:
    """The person behind a token, if her session still holds."""
    row = session.execute(
        select(UserSession, User)
        .join(User, User.id == UserSession.user_id)
        .where(UserSession.token_hash == fingerprint(token), UserSession.revoked_at.is_(None), User.active)
    ).one_or_none()
    if row is None:
        return None
    kept, user = row
    if now >= kept.expires_at or now - kept.seen_at >= IDLE:
        return None
    return SignedIn(user, kept.id, token, kept.seen_at)


def begin(session: Session, user: User, *, device: str, now: datetime) -> SignedIn:
    """A new session for somebody who has shown who she is."""
    token = secret()
    kept = UserSession(
        user_id=user.id,
        token_hash=fingerprint(token),
        created_at=now,
        seen_at=now,
        expires_at=now + LONGEST,
        device=device[:200],
    )
    session.add(kept)
    session.flush()
    return SignedIn(user, kept.id, token, now)


def end(session: Session, session_id: int, user_id: int, *, now: datetime) -> None:
    """End one session of a person."""
    session.execute(
        update(UserSession)
        .where(UserSession.id == session_id, UserSession.user_id == user_id, UserSession.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def end_others(session: Session, user_id: int, *, keep: int | None, now: datetime) -> None:
    """End every session of a person but the one she is using."""
    session.execute(
        update(UserSession)
        .where(UserSession.user_id == user_id, UserSession.id != (keep or 0), UserSession.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def alive(session: Session, user_id: int, *, now: datetime) -> list[UserSession]:
    """The sessions of a person that still hold, newest first."""
    return list(
        session.scalars(
            select(UserSession)
            .where(
                UserSession.user_id == user_id,
                UserSession.revoked_at.is_(None),
                UserSession.expires_at > now,
                UserSession.seen_at > now - IDLE,
            )
            .order_by(UserSession.id.desc())
        )
    )
