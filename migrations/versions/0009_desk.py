"""The technicians' desk: tags and followers in tables of their own, blocked contacts, typed voice notes, codes."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
TICKET = sa.table("ticket", sa.column("id", sa.BigInteger()), sa.column("tags", sa.JSON()))
TAG = sa.table("ticket_tag", sa.column("ticket_id", sa.BigInteger()), sa.column("tag", sa.String()))
PIECE = 1000


def upgrade() -> None:
    op.create_table(
        "ticket_tag",
        sa.Column("ticket_id", BIG, nullable=False),
        sa.Column("tag", sa.String(40), nullable=False),
        *_keys("ticket_tag", "ticket_id", "tag", ticket_id="ticket"),
    )
    _spread()
    op.create_index("ix_ticket_tag_tag", "ticket_tag", ["tag", "ticket_id"])
    op.drop_column("ticket", "tags")
    op.create_table(
        "ticket_follower",
        sa.Column("ticket_id", BIG, nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        *_keys("ticket_follower", "ticket_id", "user_id", ticket_id="ticket", user_id="user"),
    )
    op.create_index("ix_ticket_follower_user", "ticket_follower", ["user_id", "ticket_id"])
    op.create_table(
        "link_code",
        sa.Column("id", BIG, nullable=False),
        sa.Column("code", sa.String(8), nullable=False),
        sa.Column("ticket_id", BIG, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        *_keys("link_code", ticket_id="ticket"),
        sa.UniqueConstraint("code", name=op.f("uq_link_code_code")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_link_code_ticket_id"), "link_code", ["ticket_id"])
    op.add_column("contact", sa.Column("blocked_at", MOMENT, nullable=True))
    op.add_column("message_file", sa.Column("transcript", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("message_file", "transcript")
    op.drop_column("contact", "blocked_at")
    op.drop_table("link_code")
    op.drop_table("ticket_follower")
    op.add_column("ticket", sa.Column("tags", sa.JSON(), nullable=False, server_default="[]"))
    _gather()
    op.drop_table("ticket_tag")


def _spread() -> None:
    """Every tag of the old lists becomes a row."""
    found = op.get_bind()
    # Most tickets have none, and their list is written as «[]».
    some = sa.select(TICKET.c.id, TICKET.c.tags).where(sa.cast(TICKET.c.tags, sa.Text) != "[]").order_by(TICKET.c.id)
    for rows in found.execute(some.execution_options(yield_per=PIECE)).partitions():
        told = [{"ticket_id": row.id, "tag": tag} for row in rows for tag in sorted({str(one) for one in row.tags})]
        if told:
            found.execute(TAG.insert(), told)


def _gather() -> None:
    """The rows become lists again."""
    found = op.get_bind()
    lists: dict[int, list[str]] = {}
    for row in found.execute(sa.select(TAG.c.ticket_id, TAG.c.tag).order_by(TAG.c.ticket_id, TAG.c.tag)):
        lists.setdefault(row.ticket_id, []).append(row.tag)
    for ticket_id, tags in lists.items():
        found.execute(TICKET.update().where(TICKET.c.id == ticket_id).values(tags=tags))


def _keys(table: str, *primary: str, **foreign: str) -> list[sa.Constraint]:
    """The primary key (`id`, unless told) and the foreign ones, named as the models name them."""
    return [
        *(
            sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))
            for column, to in foreign.items()
        ),
        sa.PrimaryKeyConstraint(*(primary or ("id",)), name=op.f(f"pk_{table}")),
    ]
