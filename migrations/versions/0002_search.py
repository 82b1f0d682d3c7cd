"""Search over what was said: an FTS5 table on SQLite, a GIN index on PostgreSQL."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE VIRTUAL TABLE message_fts USING fts5(words, tokenize = 'unicode61')")
        op.execute("INSERT INTO message_fts(rowid, words) SELECT id, words FROM message")
    else:
        op.execute("CREATE INDEX ix_message_words ON message USING gin (to_tsvector('simple', words))")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE message_fts")
    else:
        op.execute("DROP INDEX ix_message_words")
