"""How often something happened on a day: forged hooks and the like, one row for each name and day."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from app.models.book import Counter


def count(session: Session, name: str, *, now: datetime, zone: ZoneInfo) -> int:
    """One more of it on the desk's day; returns how many there are."""
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    return session.execute(
        insert(Counter)
        .values(day=now.astimezone(zone).date(), name=name, count=1)
        .on_conflict_do_update(index_elements=["day", "name"], set_={"count": Counter.count + 1})
        .returning(Counter.count)
    ).scalar_one()
