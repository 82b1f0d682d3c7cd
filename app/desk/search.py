"""Search over everything said in tickets: the same hits on both databases, newest first, never ranked."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, literal_column, select, text
from sqlalchemy.orm import Session

from app.models.message import Message
from kb.words import words

MOST = 50


def index(session: Session, rows: Sequence[tuple[int, str]]) -> None:
    """Make messages findable; PostgreSQL does so by an index over `message.words`, SQLite by a table of its own."""
    if rows and session.get_bind().dialect.name == "sqlite":
        session.execute(
            text("INSERT INTO message_fts(rowid, words) VALUES (:id, :words)"),
            [{"id": message_id, "words": said} for message_id, said in rows],
        )


def forget(session: Session, message_id: int) -> None:
    """Make a message unfindable."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("DELETE FROM message_fts WHERE rowid = :id"), {"id": message_id})


def matching(session: Session, typed: str) -> ColumnElement[bool] | None:
    """A condition on Message for "all of these words were said"; None when nothing can be looked for."""
    tokens = words(typed).split()[:12]
    if not tokens:
        return None
    if session.get_bind().dialect.name == "sqlite":
        query = " AND ".join(f'"{token}"' for token in tokens)
        found = text("SELECT rowid FROM message_fts WHERE message_fts MATCH :query ORDER BY rowid DESC LIMIT 500")
        ids = session.execute(found, {"query": query}).scalars().all()
        return Message.id.in_(ids)
    vector = func.to_tsvector(literal_column("'simple'"), Message.words)
    return vector.op("@@")(func.plainto_tsquery(literal_column("'simple'"), " ".join(tokens)))


def tickets(session: Session, typed: str) -> list[int]:
    """The ids of the tickets in which all the words were said in one message, newest message first."""
    condition = matching(session, typed)
    if condition is None:
        return []
    rows = session.scalars(select(Message.ticket_id).where(condition).order_by(Message.id.desc()).limit(500))
    return list(dict.fromkeys(rows))[:MOST]
