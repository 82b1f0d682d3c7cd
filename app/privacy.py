"""Erasures whole, for pages, commands and the clock: rows first, then the ledger beside them, then the bytes."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from sqlalchemy.orm import Session

from app import clock
from app.backup import ledger
from app.db import Database
from app.desk import erasing, retention
from app.desk.data_subject import Scope
from app.desk.erasing import Erased
from app.files import Files
from app.house import House
from app.models.ledger import Erasure
from app.models.people import User


def erase(house: House, scope: Scope, *, because: str, by_id: int | None) -> Erased:
    """Take away everything of a scope."""

    def act(session: Session) -> Erased:
        by = session.get_one(User, by_id) if by_id is not None else None
        return erasing.erase(session, scope, because=because, by=by, now=clock.now())

    return _whole(house.db, house.files, house.config.data_dir, act)


def again(db: Database, files: Files, folder: Path, entries: Iterable[Erasure]) -> Erased:
    """Erase anew in a desk that was restored, before it has a house."""
    return _whole(db, files, folder, lambda session: erasing.again(session, entries, now=clock.now()))


def drop(house: House, sha256: str) -> None:
    """A file that was chosen and taken back, unless it is in use elsewhere."""
    with house.db.transaction() as session:
        gone = erasing.drop(session, {sha256})
    _delete(house.db, house.files, sorted(gone))


def retain(house: House) -> int:
    """One batch of what has outlived its term; how many messages lost their words."""
    with house.db.reading() as session:
        told = retention.terms(session)
        due = bool(told) and retention.count(session, told, now=clock.now()) > 0
    if not due:
        return 0
    done = _whole(
        house.db,
        house.files,
        house.config.data_dir,
        lambda session: retention.apply(session, told, now=clock.now()),
    )
    return done.messages


def _whole(db: Database, files: Files, folder: Path, act: Callable[[Session], Erased]) -> Erased:
    with db.transaction() as session:
        done = act(session)
    ledger.append(folder, done.entries)
    _delete(db, files, done.files)
    return done


def _delete(db: Database, files: Files, hashes: Sequence[str]) -> None:
    """The bytes of files whose rows are gone."""
    with db.reading() as session:
        unneeded = erasing.unneeded(session, hashes)
    for sha256 in unneeded:
        files.delete(sha256)
