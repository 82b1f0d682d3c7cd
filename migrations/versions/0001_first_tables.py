"""First tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "article",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("seed_sha256", sa.String(length=64), nullable=True),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article")),
        sa.UniqueConstraint("slug", "language", name=op.f("uq_article_slug_language")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("article", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_article_number"), ["number"], unique=False)

    op.create_table(
        "book",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_book")),
    )
    op.create_table(
        "calendar_day",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("scope", sa.String(length=20), nullable=False),
        sa.Column("town_hall_code", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_day")),
        sa.UniqueConstraint("day", "scope", "town_hall_code", name=op.f("uq_calendar_day_day_scope_town_hall_code")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "counter",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counter")),
        sa.UniqueConstraint("day", "name", name=op.f("uq_counter_day_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "daily_tally",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("what", sa.String(length=30), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("town_hall_code", sa.String(length=20), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_daily_tally")),
        sa.UniqueConstraint(
            "day",
            "channel",
            "category",
            "town_hall_code",
            "what",
            name=op.f("uq_daily_tally_day_channel_category_town_hall_code_what"),
        ),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("daily_tally", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_daily_tally_what_daily_tally_day"), ["what", "day"], unique=False)

    op.create_table(
        "file",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(length=120), nullable=False),
        sa.Column("scanned", sa.String(length=20), nullable=True),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_because", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_file")),
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("holder", sa.String(length=80), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )
    op.create_table(
        "line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("quiet_seconds", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(length=20), nullable=False),
        sa.Column("go_live", sa.DateTime(timezone=True), nullable=True),
        sa.Column("success_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trouble", sa.String(length=300), nullable=True),
        sa.Column("trouble_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line")),
        sa.UniqueConstraint("channel", "address", name=op.f("uq_line_channel_address")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "setting",
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_setting")),
    )
    op.create_table(
        "sign_in_try",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("email_hash", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_try")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("sign_in_try", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_sign_in_try_email_hash_sign_in_try_at"), ["email_hash", "at"], unique=False
        )

    op.create_table(
        "text",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("seed_sha256", sa.String(length=64), nullable=True),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text")),
        sa.UniqueConstraint("key", "language", name=op.f("uq_text_key_language")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "town_hall",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("aliases", sa.JSON(), nullable=False),
        sa.Column("parent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("population", sa.Integer(), nullable=True),
        sa.Column("sede_url", sa.String(length=200), nullable=True),
        sa.Column("supplier", sa.String(length=60), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("attendance", sa.String(length=200), nullable=True),
        sa.Column("dir3", sa.String(length=120), nullable=True),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["parent_id"], ["town_hall.id"], name=op.f("fk_town_hall_parent_id_town_hall")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_town_hall")),
        sa.UniqueConstraint("code", name=op.f("uq_town_hall_code")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("town_hall", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_town_hall_name"), ["name"], unique=False)

    op.create_table(
        "user",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("invite_hash", sa.String(length=64), nullable=True),
        sa.Column("invite_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("totp_secret", sa.String(length=64), nullable=True),
        sa.Column("theme", sa.String(length=10), nullable=True),
        sa.Column("shortcuts", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("email", name=op.f("uq_user_email")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "api_token",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("town_hall_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["town_hall_id"], ["town_hall.id"], name=op.f("fk_api_token_town_hall_id_town_hall")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("name", name=op.f("uq_api_token_name")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "arrival",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("wire_key", sa.String(length=260), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=True),
        sa.Column("raw_file", sa.String(length=64), nullable=True),
        sa.Column("body_sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trouble", sa.String(length=300), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_because", sa.String(length=200), nullable=True),
        sa.Column("erased_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["erased_by_id"], ["user.id"], name=op.f("fk_arrival_erased_by_id_user")),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_arrival_line_id_line")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arrival")),
        sa.UniqueConstraint("line_id", "wire_key", name=op.f("uq_arrival_line_id_wire_key")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("arrival", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_arrival_body_sha256"), ["body_sha256"], unique=False)
        batch_op.create_index(
            "ix_arrival_kept",
            ["received_at"],
            unique=False,
            postgresql_where=sa.text("erased_at IS NULL"),
            sqlite_where=sa.text("erased_at IS NULL"),
        )
        batch_op.create_index(
            "ix_arrival_unfiled",
            ["due_at"],
            unique=False,
            postgresql_where=sa.text("filed_at IS NULL"),
            sqlite_where=sa.text("filed_at IS NULL"),
        )

    op.create_table(
        "contact",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("town_hall_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("merged_into_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_because", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["merged_into_id"], ["contact.id"], name=op.f("fk_contact_merged_into_id_contact")),
        sa.ForeignKeyConstraint(["town_hall_id"], ["town_hall.id"], name=op.f("fk_contact_town_hall_id_town_hall")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "locality",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("town_hall_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.ForeignKeyConstraint(["town_hall_id"], ["town_hall.id"], name=op.f("fk_locality_town_hall_id_town_hall")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_locality")),
        sa.UniqueConstraint("town_hall_id", "name", name=op.f("uq_locality_town_hall_id_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "town_hall_wire",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("value", sa.String(length=254), nullable=False),
        sa.Column("town_hall_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["town_hall_id"], ["town_hall.id"], name=op.f("fk_town_hall_wire_town_hall_id_town_hall")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_town_hall_wire")),
        sa.UniqueConstraint("kind", "value", "town_hall_id", name=op.f("uq_town_hall_wire_kind_value_town_hall_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "user_session",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("device", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_user_session_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_user_session_token_hash")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("user_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_user_session_user_id"), ["user_id"], unique=False)

    op.create_table(
        "user_town_hall",
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("town_hall_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["town_hall_id"], ["town_hall.id"], name=op.f("fk_user_town_hall_town_hall_id_town_hall")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_user_town_hall_user_id_user")),
        sa.PrimaryKeyConstraint("user_id", "town_hall_id", name=op.f("pk_user_town_hall")),
    )
    op.create_table(
        "contact_merge",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kept_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("gone_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("identity_ids", sa.JSON(), nullable=False),
        sa.Column("ticket_ids", sa.JSON(), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["gone_id"], ["contact.id"], name=op.f("fk_contact_merge_gone_id_contact")),
        sa.ForeignKeyConstraint(["kept_id"], ["contact.id"], name=op.f("fk_contact_merge_kept_id_contact")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_contact_merge_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_merge")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "identity",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("typed", sa.String(length=254), nullable=True),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dead_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opted_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_identity_contact_id_contact")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity")),
        sa.UniqueConstraint("channel", "address", name=op.f("uq_identity_channel_address")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("identity", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_identity_contact_id"), ["contact_id"], unique=False)

    op.create_table(
        "ticket",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("priority", sa.String(length=2), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("town_hall_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("forwarder_town_hall_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("forwarder_address", sa.String(length=254), nullable=True),
        sa.Column("handed_to_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("on_behalf_of", sa.String(length=200), nullable=True),
        sa.Column("owner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=True),
        sa.Column("filing", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("last_message_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("spoke_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unsorted_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sort_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sorted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_first", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_solved", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("solved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("close_reason", sa.String(length=40), nullable=True),
        sa.Column("snoozed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("merged_into_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("related_to_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("automatic_turns", sa.Integer(), nullable=False),
        sa.Column("call_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("proposed_forward", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_ticket_contact_id_contact")),
        sa.ForeignKeyConstraint(
            ["forwarder_town_hall_id"], ["town_hall.id"], name=op.f("fk_ticket_forwarder_town_hall_id_town_hall")
        ),
        sa.ForeignKeyConstraint(["handed_to_id"], ["town_hall.id"], name=op.f("fk_ticket_handed_to_id_town_hall")),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_ticket_line_id_line")),
        sa.ForeignKeyConstraint(["merged_into_id"], ["ticket.id"], name=op.f("fk_ticket_merged_into_id_ticket")),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_ticket_owner_id_user")),
        sa.ForeignKeyConstraint(["related_to_id"], ["ticket.id"], name=op.f("fk_ticket_related_to_id_ticket")),
        sa.ForeignKeyConstraint(["town_hall_id"], ["town_hall.id"], name=op.f("fk_ticket_town_hall_id_town_hall")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("ticket", schema=None) as batch_op:
        batch_op.create_index("ix_ticket_contact", ["contact_id", "id"], unique=False)
        batch_op.create_index("ix_ticket_forwarder", ["forwarder_town_hall_id", "id"], unique=False)
        batch_op.create_index(
            "ix_ticket_live",
            ["status", "id"],
            unique=False,
            postgresql_where=sa.text("status IN ('new','open','waiting','held') AND merged_into_id IS NULL"),
            sqlite_where=sa.text("status IN ('new','open','waiting','held') AND merged_into_id IS NULL"),
        )
        batch_op.create_index(
            "ix_ticket_live_due",
            ["due_at", "id"],
            unique=False,
            postgresql_where=sa.text("status IN ('new','open','waiting','held') AND merged_into_id IS NULL"),
            sqlite_where=sa.text("status IN ('new','open','waiting','held') AND merged_into_id IS NULL"),
        )
        batch_op.create_index(
            "ix_ticket_live_owner",
            ["owner_id", "id"],
            unique=False,
            postgresql_where=sa.text("status IN ('new','open','waiting','held') AND merged_into_id IS NULL"),
            sqlite_where=sa.text("status IN ('new','open','waiting','held') AND merged_into_id IS NULL"),
        )
        batch_op.create_index(
            "ix_ticket_snoozed",
            ["snoozed_until"],
            unique=False,
            postgresql_where=sa.text("snoozed_until IS NOT NULL"),
            sqlite_where=sa.text("snoozed_until IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_ticket_solved",
            ["solved_at"],
            unique=False,
            postgresql_where=sa.text("status = 'solved'"),
            sqlite_where=sa.text("status = 'solved'"),
        )
        batch_op.create_index(
            "ix_ticket_unsorted",
            ["sort_at"],
            unique=False,
            postgresql_where=sa.text("sort_at IS NOT NULL"),
            sqlite_where=sa.text("sort_at IS NOT NULL"),
        )

    op.create_table(
        "draft",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_draft_ticket_id_ticket")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_draft_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("ticket_id", "user_id", name=op.f("uq_draft_ticket_id_user_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("rule", sa.String(length=60), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("before_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_event_ticket_id_ticket")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_event_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_ticket_id"), ["ticket_id"], unique=False)

    op.create_table(
        "finding",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=True),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("rule", sa.String(length=60), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_finding_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("finding", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_finding_ticket_id"), ["ticket_id"], unique=False)

    op.create_table(
        "follow_link",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_follow_link_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_follow_link_token_hash")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("follow_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_follow_link_ticket_id"), ["ticket_id"], unique=False)

    op.create_table(
        "message",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("origin_ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("direction", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("identity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("arrival_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("external_id", sa.String(length=998), nullable=True),
        sa.Column("author_user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("author_rule", sa.String(length=60), nullable=True),
        sa.Column("audience", sa.String(length=10), nullable=False),
        sa.Column("subject", sa.String(length=998), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.Column("html", sa.Text(), nullable=True),
        sa.Column("payload", sa.JSON(), nullable=True),
        sa.Column("forwarded", sa.JSON(), nullable=True),
        sa.Column("participants", sa.JSON(), nullable=False),
        sa.Column("in_reply_to", sa.String(length=998), nullable=True),
        sa.Column("refs", sa.JSON(), nullable=False),
        sa.Column("quoted", sa.String(length=998), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("delivery", sa.String(length=20), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=True),
        sa.Column("code", sa.String(length=40), nullable=True),
        sa.Column("template", sa.JSON(), nullable=True),
        sa.Column("client_key", sa.String(length=64), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_because", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["arrival_id"], ["arrival.id"], name=op.f("fk_message_arrival_id_arrival")),
        sa.ForeignKeyConstraint(["author_user_id"], ["user.id"], name=op.f("fk_message_author_user_id_user")),
        sa.ForeignKeyConstraint(["identity_id"], ["identity.id"], name=op.f("fk_message_identity_id_identity")),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_message_line_id_line")),
        sa.ForeignKeyConstraint(["origin_ticket_id"], ["ticket.id"], name=op.f("fk_message_origin_ticket_id_ticket")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_message_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("client_key", name=op.f("uq_message_client_key")),
        sa.UniqueConstraint("line_id", "external_id", name=op.f("uq_message_line_id_external_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index("ix_message_arrival", ["arrival_id"], unique=False)
        batch_op.create_index("ix_message_external", ["external_id"], unique=False)
        batch_op.create_index("ix_message_identity", ["identity_id", "id"], unique=False)
        batch_op.create_index(
            "ix_message_outbox",
            ["due_at", "id"],
            unique=False,
            postgresql_where=sa.text("delivery IN ('queued','sending','uncertain')"),
            sqlite_where=sa.text("delivery IN ('queued','sending','uncertain')"),
        )
        batch_op.create_index(
            "ix_message_outbox_identity",
            ["identity_id", "id"],
            unique=False,
            postgresql_where=sa.text("delivery IN ('queued','sending','uncertain')"),
            sqlite_where=sa.text("delivery IN ('queued','sending','uncertain')"),
        )
        batch_op.create_index("ix_message_ticket", ["ticket_id", "id"], unique=False)

    op.create_table(
        "answer",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("moment", sa.Double(), nullable=True),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("confident", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("outcome_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_answer_message_id_message")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_answer_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_answer_slug"), ["slug"], unique=False)
        batch_op.create_index(batch_op.f("ix_answer_ticket_id"), ["ticket_id"], unique=False)

    op.create_table(
        "message_file",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("content_type", sa.String(length=120), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("content_id", sa.String(length=255), nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trouble", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_message_file_message_id_message")),
        sa.ForeignKeyConstraint(["sha256"], ["file.sha256"], name=op.f("fk_message_file_sha256_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_file")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("message_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_message_file_due_at"), ["due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_message_file_message_id"), ["message_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("message_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_message_file_message_id"))
        batch_op.drop_index(batch_op.f("ix_message_file_due_at"))

    op.drop_table("message_file")
    with op.batch_alter_table("answer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_answer_ticket_id"))
        batch_op.drop_index(batch_op.f("ix_answer_slug"))

    op.drop_table("answer")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index("ix_message_ticket")
        batch_op.drop_index(
            "ix_message_outbox_identity",
            postgresql_where=sa.text("delivery IN ('queued','sending','uncertain')"),
            sqlite_where=sa.text("delivery IN ('queued','sending','uncertain')"),
        )
        batch_op.drop_index(
            "ix_message_outbox",
            postgresql_where=sa.text("delivery IN ('queued','sending','uncertain')"),
            sqlite_where=sa.text("delivery IN ('queued','sending','uncertain')"),
        )
        batch_op.drop_index("ix_message_identity")
        batch_op.drop_index("ix_message_external")
        batch_op.drop_index("ix_message_arrival")

    op.drop_table("message")
    with op.batch_alter_table("follow_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_follow_link_ticket_id"))

    op.drop_table("follow_link")
    with op.batch_alter_table("finding", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_finding_ticket_id"))

    op.drop_table("finding")
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_event_ticket_id"))

    op.drop_table("event")
    op.drop_table("draft")
    with op.batch_alter_table("ticket", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_ticket_unsorted",
            postgresql_where=sa.text("sort_at IS NOT NULL"),
            sqlite_where=sa.text("sort_at IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_ticket_solved", postgresql_where=sa.text("status = 'solved'"), sqlite_where=sa.text("status = 'solved'")
        )
        batch_op.drop_index(
            "ix_ticket_snoozed",
            postgresql_where=sa.text("snoozed_until IS NOT NULL"),
            sqlite_where=sa.text("snoozed_until IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_ticket_live_owner",
            postgresql_where=sa.text("status IN ('new','open','waiting','held') AND merged_into_id IS NULL"),
            sqlite_where=sa.text("status IN ('new','open','waiting','held') AND merged_into_id IS NULL"),
        )
        batch_op.drop_index(
            "ix_ticket_live_due",
            postgresql_where=sa.text("status IN ('new','open','waiting','held') AND merged_into_id IS NULL"),
            sqlite_where=sa.text("status IN ('new','open','waiting','held') AND merged_into_id IS NULL"),
        )
        batch_op.drop_index(
            "ix_ticket_live",
            postgresql_where=sa.text("status IN ('new','open','waiting','held') AND merged_into_id IS NULL"),
            sqlite_where=sa.text("status IN ('new','open','waiting','held') AND merged_into_id IS NULL"),
        )
        batch_op.drop_index("ix_ticket_forwarder")
        batch_op.drop_index("ix_ticket_contact")

    op.drop_table("ticket")
    with op.batch_alter_table("identity", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_identity_contact_id"))

    op.drop_table("identity")
    op.drop_table("contact_merge")
    op.drop_table("user_town_hall")
    with op.batch_alter_table("user_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_user_session_user_id"))

    op.drop_table("user_session")
    op.drop_table("town_hall_wire")
    op.drop_table("locality")
    op.drop_table("contact")
    with op.batch_alter_table("arrival", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_arrival_unfiled", postgresql_where=sa.text("filed_at IS NULL"), sqlite_where=sa.text("filed_at IS NULL")
        )
        batch_op.drop_index(
            "ix_arrival_kept", postgresql_where=sa.text("erased_at IS NULL"), sqlite_where=sa.text("erased_at IS NULL")
        )
        batch_op.drop_index(batch_op.f("ix_arrival_body_sha256"))

    op.drop_table("arrival")
    op.drop_table("api_token")
    op.drop_table("user")
    with op.batch_alter_table("town_hall", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_town_hall_name"))

    op.drop_table("town_hall")
    op.drop_table("text")
    with op.batch_alter_table("sign_in_try", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_try_email_hash_sign_in_try_at"))

    op.drop_table("sign_in_try")
    op.drop_table("setting")
    op.drop_table("line")
    op.drop_table("lease")
    op.drop_table("file")
    with op.batch_alter_table("daily_tally", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_daily_tally_what_daily_tally_day"))

    op.drop_table("daily_tally")
    op.drop_table("counter")
    op.drop_table("calendar_day")
    op.drop_table("book")
    with op.batch_alter_table("article", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_article_number"))

    op.drop_table("article")
