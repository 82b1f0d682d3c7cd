"""The work on tickets: merges, hand-overs to town halls, ready texts, presence, saved views, incidents."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
TABLES = ("incident_ticket", "incident", "saved_view", "presence", "ready_text", "hand_over", "ticket_merge")


def upgrade() -> None:
    op.create_table(
        "ticket_merge",
        sa.Column("id", BIG, nullable=False),
        sa.Column("kept_id", BIG, nullable=False),
        sa.Column("gone_id", BIG, nullable=False),
        sa.Column("gone_status", sa.String(20), nullable=False),
        sa.Column("message_ids", sa.JSON(), nullable=False),
        sa.Column("user_id", BIG, nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("undone_at", MOMENT, nullable=True),
        *_keys("ticket_merge", kept_id="ticket", gone_id="ticket", user_id="user"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_ticket_merge_kept_id"), "ticket_merge", ["kept_id"])
    op.create_table(
        "hand_over",
        sa.Column("id", BIG, nullable=False),
        sa.Column("ticket_id", BIG, nullable=False),
        sa.Column("town_hall_id", BIG, nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("user_id", BIG, nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("said_at", MOMENT, nullable=True),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("reminded_at", MOMENT, nullable=True),
        sa.Column("called_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        *_keys("hand_over", ticket_id="ticket", town_hall_id="town_hall", user_id="user"),
        sa.UniqueConstraint("token_hash", name=op.f("uq_hand_over_token_hash")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_hand_over_ticket_id"), "hand_over", ["ticket_id"])
    op.create_index(op.f("ix_hand_over_due_at"), "hand_over", ["due_at"])
    op.create_table(
        "ready_text",
        sa.Column("id", BIG, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("edited_at", MOMENT, nullable=False),
        *_keys("ready_text"),
        sa.UniqueConstraint("name", name=op.f("uq_ready_text_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "presence",
        sa.Column("ticket_id", BIG, nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("writing", sa.Boolean(), nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        *_keys("presence", "ticket_id", "user_id", ticket_id="ticket", user_id="user"),
    )
    op.create_index("ix_presence_until", "presence", ["until"])
    op.create_table(
        "saved_view",
        sa.Column("id", BIG, nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("query", sa.String(1000), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        *_keys("saved_view", user_id="user"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_saved_view_user_id"), "saved_view", ["user_id"])
    _incidents()


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)


def _incidents() -> None:
    op.create_table(
        "incident",
        sa.Column("id", BIG, nullable=False),
        sa.Column("town_hall_id", BIG, nullable=True),
        sa.Column("supplier", sa.String(60), nullable=True),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("user_id", BIG, nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("over_at", MOMENT, nullable=True),
        *_keys("incident", town_hall_id="town_hall", user_id="user"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_incident_state"), "incident", ["state"])
    op.create_table(
        "incident_ticket",
        sa.Column("ticket_id", BIG, nullable=False),
        sa.Column("incident_id", BIG, nullable=False),
        *_keys("incident_ticket", "ticket_id", ticket_id="ticket", incident_id="incident"),
    )
    op.create_index(op.f("ix_incident_ticket_incident_id"), "incident_ticket", ["incident_id"])


def _keys(table: str, *primary: str, **foreign: str) -> list[sa.Constraint]:
    """The primary key (`id`, unless told) and the foreign ones, named as the models name them."""
    return [
        *(
            sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))
            for column, to in foreign.items()
        ),
        sa.PrimaryKeyConstraint(*(primary or ("id",)), name=op.f(f"pk_{table}")),
    ]
