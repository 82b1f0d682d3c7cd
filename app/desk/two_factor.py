"""The second step of signing in: set up with a telephone, passed with its digits or a spare code, taken away again."""

import base64
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from app.desk import encryption, totp
from app.desk.tokens import fingerprint
from app.errors import Impossible
from app.models.office import RecoveryCode
from app.models.people import User

SPARE = 10
# Without letters and digits that look alike on paper.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
ROLES = "totp_roles"
# So long is a secret that is not locked yet.
PLAIN = 32


def required(user: User, settings: Mapping[str, Any]) -> bool:
    """Whether this person must set up a second step before anything else."""
    return user.totp_secret is None and user.role.value in (settings.get(ROLES) or [])


def set_up(session: Session, user: User, *, secret: str, typed: str, keys: tuple[str, ...], now: datetime) -> list[str]:
    """Ask for the second step from now on, once the telephone has shown that it knows the secret; the spare codes."""
    step = totp.accepted(secret, typed, now=now, used=None)
    if step is None:
        raise Impossible("Esos seis números no son los de ahora. Mire el teléfono y escríbalos otra vez.")
    user.totp_secret, user.totp_step = _locked(user, secret, keys), step
    return renew(session, user)


def renew(session: Session, user: User) -> list[str]:
    """New spare codes instead of all earlier ones; they are told once."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    codes = ["-".join("".join(secrets.choice(LETTERS) for _ in range(5)) for _ in range(2)) for _ in range(SPARE)]
    session.add_all(RecoveryCode(user_id=user.id, code_hash=_hash(user.id, code)) for code in codes)
    return codes


def left(session: Session, user_id: int) -> int:
    """How many spare codes somebody still has."""
    which = (RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    return session.scalar(select(func.count()).select_from(RecoveryCode).where(*which)) or 0


def passes(session: Session, user: User, typed: str, *, keys: tuple[str, ...], now: datetime) -> bool:
    """Whether these are her digits of now or an unused spare code; either works once, however many ask at a time."""
    if user.totp_secret is None:
        return False
    secret = _unlocked(user, keys)
    step = totp.accepted(secret, typed, now=now, used=user.totp_step) if secret else None
    if step is not None:
        newer = or_(User.totp_step.is_(None), User.totp_step < step)
        return _one(session, update(User).where(User.id == user.id, newer).values(totp_step=step).returning(User.id))
    spare = (RecoveryCode.code_hash == _hash(user.id, typed), RecoveryCode.used_at.is_(None))
    return _one(session, update(RecoveryCode).where(*spare).values(used_at=now).returning(RecoveryCode.id))


def take_away(session: Session, user: User) -> None:
    """No second step any more: the telephone is lost."""
    user.totp_secret = user.totp_step = None
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))


def lock_all(session: Session, keys: tuple[str, ...]) -> int:
    """Keep every secret under the first of our keys, also those of before there were locks; how many there are."""
    users = session.scalars(select(User).where(User.totp_secret.is_not(None))).all()
    for user in users:
        if secret := _unlocked(user, keys):
            user.totp_secret = _locked(user, secret, keys)
    return len(users)


def _locked(user: User, secret: str, keys: tuple[str, ...]) -> str:
    # Twenty bytes with their lock are sixty-four letters, which is what the column holds.
    return encryption.lock(base64.b32decode(secret), keys, whose=f"totp:{user.id}")


def _unlocked(user: User, keys: tuple[str, ...]) -> str | None:
    """Her secret; None if it was locked with a key that we no longer have, and only spare codes are left."""
    kept = user.totp_secret or ""
    if len(kept) == PLAIN:
        return kept
    word = encryption.unlock(kept, keys, whose=f"totp:{user.id}")
    return base64.b32encode(word).decode() if word else None


def _one(session: Session, change: Any) -> bool:
    return session.execute(change.execution_options(synchronize_session=False)).first() is not None


def _hash(user_id: int, code: str) -> str:
    plain = "".join(sign for sign in code.casefold() if sign.isalnum())
    return fingerprint(f"{user_id}:{plain}")
