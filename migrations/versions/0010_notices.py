"""What a follower has seen of a ticket, and to whom a half-written mail is copied."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FOLLOWER = sa.table("ticket_follower", sa.column("ticket_id", BIG), sa.column("seen_id", BIG))
MESSAGE = sa.table("message", sa.column("id", BIG), sa.column("ticket_id", BIG))


def upgrade() -> None:
    op.add_column("ticket_follower", sa.Column("seen_id", BIG, nullable=False, server_default="0"))
    # What was said before there were notices is no news.
    newest = sa.select(sa.func.max(MESSAGE.c.id)).where(MESSAGE.c.ticket_id == FOLLOWER.c.ticket_id)
    op.execute(FOLLOWER.update().values(seen_id=sa.func.coalesce(newest.scalar_subquery(), 0)))
    op.add_column("draft", sa.Column("cc", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("draft", "cc")
    op.drop_column("ticket_follower", "seen_id")
