"""The two doors to the database, on SQLite and PostgreSQL."""

from sqlalchemy import event, text

from app.db import Database


def test_a_connection_let_go_after_the_end_is_closed(database_url: str) -> None:
    db = Database(database_url)
    closed: list[object] = []
    event.listen(db.engine, "close", lambda raw, _: closed.append(raw))
    event.listen(db.engine, "invalidate", lambda raw, _record, _error: closed.append(raw))
    with db.reading() as session:
        session.execute(text("SELECT 1"))
        held = session.connection().connection.dbapi_connection
        db.close()
        assert held not in closed
    assert held in closed


def test_a_database_that_rested_keeps_the_connections_that_it_opens(database_url: str) -> None:
    db = Database(database_url)
    opened: list[object] = []
    event.listen(db.engine, "connect", lambda raw, _: opened.append(raw))
    db.rest()
    for _ in range(3):
        with db.reading() as session:
            session.execute(text("SELECT 1"))
    assert len(opened) == 1
    db.close()
