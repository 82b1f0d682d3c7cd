"""Search over everything said in tickets: the same hits on both databases, newest first, never ranked."""

from collections.abc import Sequence

from sqlalchemy import func, literal_column, select, text
from sqlalchemy.orm import Session

from app.models.message import Message
from kb.words import words

MOST = 50
# A ticket in which a word was said often is found several times.
MESSAGES = 200
FOUND = text(
    "SELECT message.ticket_id FROM message_fts JOIN message ON message.id = message_fts.rowid"
    " WHERE message_fts MATCH :query ORDER BY message_fts.rowid DESC LIMIT :most"
)


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


def tickets(session: Session, typed: str, *, begun: bool = False) -> list[int]:
    """The ids of the tickets in which all the words were said in one message, newest message first.

    `begun` says that the last word is still being typed: whatever begins so counts.
    """
    tokens = words(typed).split()[:12]
    if not tokens:
        return []
    if session.get_bind().dialect.name == "sqlite":
        query = " AND ".join(f'"{token}"' for token in tokens) + ("*" if begun else "")
        return list(dict.fromkeys(session.scalars(FOUND, {"query": query, "most": MESSAGES})))[:MOST]
    vector = func.to_tsvector(literal_column("'simple'"), Message.words)
    query = " & ".join(f"'{token}'" for token in tokens) + (":*" if begun else "")
    said = vector.op("@@")(func.to_tsquery(literal_column("'simple'"), query))
    rows = session.scalars(select(Message.ticket_id).where(said).order_by(Message.id.desc()).limit(MESSAGES))
    return list(dict.fromkeys(rows))[:MOST]
