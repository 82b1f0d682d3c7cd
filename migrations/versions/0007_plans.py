"""Indexes for what pages ask of a table with a million rows."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# Name, table, columns, and the rows that it is about (None: all).
INDEXES = (
    ("ix_ticket_town_hall", "ticket", ["town_hall_id", "id"], None),
    ("ix_ticket_call_back", "ticket", ["call_back_at"], "call_back_at IS NOT NULL"),
    ("ix_ticket_related", "ticket", ["related_to_id", "id"], "related_to_id IS NOT NULL"),
    ("ix_ticket_handed", "ticket", ["handed_to_id", "id"], "handed_to_id IS NOT NULL"),
    (
        "ix_message_stuck",
        "message",
        ["ticket_id", "delivery"],
        "delivery IN ('by_hand','failed','uncertain') AND direction = 'out'",
    ),
    ("ix_contact_merge_kept", "contact_merge", ["kept_id"], None),
)


def upgrade() -> None:
    for name, table, columns, rows in INDEXES:
        where = sa.text(rows) if rows else None
        op.create_index(name, table, columns, postgresql_where=where, sqlite_where=where)


def downgrade() -> None:
    for name, table, _columns, _rows in reversed(INDEXES):
        op.drop_index(name, table)
