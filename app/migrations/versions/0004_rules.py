"""rules beyond a resource's own settings, who waits for a time, links to meetings, series that go on

Columns are added plainly: a table made anew would lose its triggers.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.models.types import Instant

revision = "0004"
down_revision = "0003"

NEW_MARK = {"sqlite": "lower(hex(randomblob(16)))", "postgresql": "gen_random_uuid()::text"}


def upgrade() -> None:
    _create_tables()
    json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    op.add_column("booking", sa.Column("meeting_url", sa.String(length=500), nullable=True))
    op.add_column("booking", sa.Column("set_aside", json, nullable=False, server_default="[]"))
    op.execute(
        "ALTER TABLE booking ADD COLUMN continues_id INTEGER"
        " CONSTRAINT fk_booking_continues_id_booking REFERENCES booking (id)"
    )
    op.create_index("ix_booking_continues_id", "booking", ["continues_id"])
    op.add_column("resource", sa.Column("door_generation", sa.Integer(), nullable=False, server_default="0"))
    _mark_what_changes()


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for event in ("insert", "update", "delete"):
            op.execute(f"DROP TRIGGER directory_booking_rule_{event}")
    op.drop_column("resource", "door_generation")
    op.drop_index("ix_booking_continues_id", table_name="booking")
    for column in ("continues_id", "set_aside", "meeting_url"):
        op.execute(f"ALTER TABLE booking DROP COLUMN {column}")
    op.drop_table("waiting")
    op.drop_table("booking_rule")


def _create_tables() -> None:
    op.create_table(
        "booking_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("resource_id", sa.Integer(), nullable=True),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("starts_at", Instant(), nullable=True),
        sa.Column("ends_at", Instant(), nullable=True),
        sa.Column("may_book", sa.Boolean(), nullable=True),
        sa.Column("approval", sa.Boolean(), nullable=True),
        sa.Column("notice_minutes", sa.Integer(), nullable=True),
        sa.Column("max_days_ahead", sa.Integer(), nullable=True),
        sa.Column("min_minutes", sa.Integer(), nullable=True),
        sa.Column("max_minutes", sa.Integer(), nullable=True),
        sa.Column("at_once", sa.Integer(), nullable=True),
        sa.Column("hours_per_month", sa.Integer(), nullable=True),
        sa.Column("lapse_minutes", sa.Integer(), nullable=True),
        sa.Column("release_minutes", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.CheckConstraint("category_id IS NULL OR organisation_id IS NULL", name=op.f("ck_booking_rule_whom")),
        sa.CheckConstraint(
            "starts_at IS NULL OR ends_at IS NULL OR starts_at < ends_at", name=op.f("ck_booking_rule_order")
        ),
        sa.CheckConstraint("source IN ('file', 'host')", name=op.f("ck_booking_rule_source")),
        *_references("booking_rule", "office", "resource", "category", "organisation"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_rule")),
    )
    op.create_index("ix_booking_rule_office_id", "booking_rule", ["office_id"])
    op.create_table(
        "waiting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("resource_id", sa.Integer(), nullable=True),
        sa.Column("pool_id", sa.Integer(), nullable=True),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("told_at", Instant(), nullable=True),
        sa.CheckConstraint("(resource_id IS NULL) <> (pool_id IS NULL)", name=op.f("ck_waiting_one_of")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_waiting_order")),
        *_references("waiting", "person", "organisation", "resource", "pool"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting")),
    )
    op.create_index("ix_waiting_open", "waiting", ["starts_at", "told_at"])
    for column in ("person_id", "pool_id", "resource_id"):
        op.create_index(f"ix_waiting_{column}", "waiting", [column])


def _references(table: str, *others: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([f"{other}_id"], [f"{other}.id"], name=op.f(f"fk_{table}_{other}_id_{other}"))
        for other in others
    ]


def _mark_what_changes() -> None:
    """Rules are part of what is kept between requests: as in migration 0003."""
    dialect = op.get_bind().dialect.name
    renew = f"UPDATE directory_mark SET mark = {NEW_MARK[dialect]};"
    for event in ("INSERT", "UPDATE", "DELETE"):
        name = f"directory_booking_rule_{event.lower()}"
        if dialect == "sqlite":
            op.execute(f"CREATE TRIGGER {name} AFTER {event} ON booking_rule BEGIN {renew} END")
        else:
            op.execute(
                f"CREATE TRIGGER {name} AFTER {event} ON booking_rule"
                " FOR EACH STATEMENT EXECUTE FUNCTION renew_directory_mark()"
            )
