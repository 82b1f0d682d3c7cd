"""The ledger of erasures, the nightly seals, and which files still lie at their wire."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT_WIRE = sa.text("reference IS NOT NULL AND due_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "erasure",
        sa.Column("id", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", BIG, nullable=True),
        sa.Column("because", sa.String(length=200), nullable=False),
        sa.Column("contact_id", BIG, nullable=True),
        sa.Column("ticket_id", BIG, nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "seal",
        sa.Column("id", BIG, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_event_id", BIG, nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("before_seal", sa.String(length=64), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seal")),
        sa.UniqueConstraint("day", name=op.f("uq_seal_day")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_message_file_at_wire", "message_file", ["id"], postgresql_where=AT_WIRE, sqlite_where=AT_WIRE)


def downgrade() -> None:
    op.drop_index("ix_message_file_at_wire", "message_file")
    op.drop_table("seal")
    op.drop_table("erasure")
