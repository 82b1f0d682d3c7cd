"""Connections that die while nobody looks: PostgreSQL ends them, and the next that wants one does not notice."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app import clock
from app.db import Database
from app.desk import arrivals
from app.house import House
from app.models.arrival import ArrivalKind
from tests.app_fixtures import NUMBER

pytestmark = pytest.mark.only("postgresql")


def end_connections(db: Database) -> None:
    """All that the pool holds, which has one in use just before, as under load."""
    other = Database(db.url.render_as_string(hide_password=False))
    with db.reading() as session:
        session.execute(text("SELECT 1"))
    with other.transaction() as session:
        ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
        session.execute(text(f"{ended} AND pid <> pg_backend_pid()"))
    other.close()


def keep(house: House, key: str) -> list[int]:
    packed, at = [arrivals.pack(key, b"Body=hola", house.files)], ("whatsapp", NUMBER)
    return house.db.at_once(
        lambda connection: arrivals.store(connection, packed, at=at, kind=ArrivalKind.PUSHED, now=clock.now())
    )


def test_what_may_come_twice_is_kept_on_a_new_connection_when_the_old_one_is_dead(house: House) -> None:
    first = keep(house, "SM1")
    end_connections(house.db)
    again, second = keep(house, "SM1"), keep(house, "SM2")

    assert (len(first), again, len(second)) == (1, [], 1)


def test_a_connection_that_has_rested_is_asked_whether_it_lives(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    db = house.db
    end_connections(db)
    with pytest.raises(DBAPIError), db.reading() as session:
        session.execute(text("SELECT 1"))
    end_connections(db)
    monkeypatch.setattr("app.db.RESTED", 0.0)
    with db.reading() as session:
        found = session.scalar(text("SELECT 1"))

    assert found == 1
