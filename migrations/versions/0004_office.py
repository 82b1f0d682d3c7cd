"""The office: time already spent on a ticket, second step with spare codes, absences, who read what, weekly notes."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("ticket", sa.Column("turn_since", MOMENT, nullable=True))
    op.add_column("ticket", sa.Column("spent_minutes", sa.Integer(), nullable=False, server_default="0"))
    op.create_index("ix_ticket_created_at", "ticket", ["created_at"])
    op.add_column("user", sa.Column("totp_step", BIG, nullable=True))
    op.add_column("line", sa.Column("compared_at", MOMENT, nullable=True))
    op.create_table(
        "ticket_read",
        sa.Column("id", BIG, nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("ticket_id", BIG, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_ticket_read_user_id_user")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_read_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_read")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_ticket_read_ticket", "ticket_read", ["ticket_id", "id"])
    op.create_index("ix_ticket_read_user", "ticket_read", ["user_id", "id"])
    op.create_table(
        "absence",
        sa.Column("id", BIG, nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_absence_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_absence_user_id"), "absence", ["user_id"])
    op.create_table(
        "recovery_code",
        sa.Column("id", BIG, nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_recovery_code_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_recovery_code_code_hash")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_recovery_code_user_id"), "recovery_code", ["user_id"])
    op.create_table(
        "weekly_note",
        sa.Column("id", BIG, nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("issued_at", MOMENT, nullable=False),
        sa.Column("issued_by_id", BIG, nullable=True),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["issued_by_id"], ["user.id"], name=op.f("fk_weekly_note_issued_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weekly_note")),
        sa.UniqueConstraint("week", name=op.f("uq_weekly_note_week")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    for table in ("weekly_note", "recovery_code", "absence", "ticket_read"):
        op.drop_table(table)
    op.drop_column("line", "compared_at")
    op.drop_column("user", "totp_step")
    op.drop_index("ix_ticket_created_at", "ticket")
    op.drop_column("ticket", "spent_minutes")
    op.drop_column("ticket", "turn_since")
