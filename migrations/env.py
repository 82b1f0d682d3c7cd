"""How Alembic reaches the database: on the connection that it is handed, in batches where SQLite needs them."""

from typing import Any

from alembic import context

from app.models.all import Base


def include(thing: Any, name: str | None, type_: str, reflected: bool, compare_to: Any) -> bool:
    """Leave the tables of full-text search to their own migration."""
    return not (name and "_fts" in name)


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
    include_object=include,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
