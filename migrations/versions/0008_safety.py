"""Safety: why a file is not shown and when it is scanned, reasons for reading, who is who to the house's provider."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("file", sa.Column("why", sa.String(length=20), nullable=True))
    op.add_column("file", sa.Column("scan_due_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f("ix_file_scan_due_at"), "file", ["scan_due_at"])
    op.create_index(op.f("ix_message_file_sha256"), "message_file", ["sha256"])
    op.add_column("ticket_read", sa.Column("reason", sa.String(length=200), nullable=True))
    op.add_column("user", sa.Column("oidc_hash", sa.String(length=64), nullable=True))
    op.create_index("uq_user_oidc_hash", "user", ["oidc_hash"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_user_oidc_hash", table_name="user")
    op.drop_column("user", "oidc_hash")
    op.drop_column("ticket_read", "reason")
    op.drop_index(op.f("ix_message_file_sha256"), table_name="message_file")
    op.drop_index(op.f("ix_file_scan_due_at"), table_name="file")
    op.drop_column("file", "scan_due_at")
    op.drop_column("file", "why")
