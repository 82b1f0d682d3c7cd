"""The secret of the second step: of no use to who has the database; old ones are locked by an upgrade."""

import base64
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from app.desk import encryption, totp, two_factor
from app.models.people import Role, User

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SECRET = base64.b32encode(bytes(range(20))).decode()


def digits(at: datetime = NOW) -> str:
    return totp.code(SECRET, int(at.timestamp()) // totp.STEP)


def somebody(session: Session, name: str = "ana", secret: str | None = None) -> User:
    user = User(name=name, email=f"{name}@x.example", role=Role.TECHNICIAN, totp_secret=secret, created_at=NOW)
    session.add(user)
    session.flush()
    return user


def test_the_secret_is_not_in_the_row_and_the_digits_pass_all_the_same(session: Session) -> None:
    user = somebody(session)
    two_factor.set_up(session, user, secret=SECRET, typed=digits(), keys=("uno",), now=NOW)
    session.flush()
    user.totp_step = None

    assert user.totp_secret is not None and SECRET not in user.totp_secret and len(user.totp_secret) <= 64
    assert two_factor.passes(session, user, digits(), keys=("uno",), now=NOW)


def test_another_key_or_another_persons_row_opens_nothing(session: Session) -> None:
    kept = encryption.lock(b"secreto", ("uno",), whose="totp:1")

    assert encryption.unlock(kept, ("dos", "uno"), whose="totp:1") == b"secreto"
    assert encryption.unlock(kept, ("dos",), whose="totp:1") is None
    assert encryption.unlock(kept, ("uno",), whose="totp:2") is None


def test_secrets_of_before_are_good_and_an_upgrade_locks_them_under_the_newest_key(session: Session) -> None:
    user = somebody(session, secret=SECRET)
    before = two_factor.passes(session, user, digits(), keys=("uno",), now=NOW)
    session.refresh(user)
    two_factor.lock_all(session, ("uno",))
    two_factor.lock_all(session, ("dos", "uno"))
    user.totp_step = None
    session.flush()

    assert before and user.totp_secret != SECRET
    assert two_factor.passes(session, user, digits(), keys=("dos",), now=NOW)
