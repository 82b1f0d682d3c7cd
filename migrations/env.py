"""How Alembic reaches the database: on the connection that it is handed, in batches where SQLite needs them."""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext

from app.models.all import Base
from app.models.base import UTCDateTime


def include(_thing: Any, name: str | None, _type: str, _reflected: bool, _compare_to: Any) -> bool:
    """Leave the tables of full-text search to their own migration."""
    return not (name and "_fts" in name)


def render(kind: str, thing: Any, _context: AutogenContext) -> str | Literal[False]:
    """Write our own column types as plain ones: a migration must not change when the code does."""
    if kind == "type" and isinstance(thing, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(thing, sa.Enum):
        return f"sa.String(length={thing.length})"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    render_item=render,
    include_object=include,
)
with context.begin_transaction():
    context.run_migrations()
