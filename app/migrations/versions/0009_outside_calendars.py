"""calendars that are kept elsewhere, and when they are busy"""

import sqlalchemy as sa
from alembic import op

from app.models.types import Instant

revision = "0009"
down_revision = "0008"

NEW_MARK = {"sqlite": "lower(hex(randomblob(16)))", "postgresql": "gen_random_uuid()::text"}
# What is kept between requests; how the last fetching went is not.
KEPT = "resource_id, name, blocks, shows_titles"


def upgrade() -> None:
    op.create_table(
        "outside_calendar",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("file_name", sa.String(length=200), nullable=True),
        sa.Column("blocks", sa.Boolean(), nullable=False),
        sa.Column("shows_titles", sa.Boolean(), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.Column("added_at", Instant(), nullable=False),
        sa.Column("tried_at", Instant(), nullable=False),
        sa.Column("good_at", Instant(), nullable=False),
        sa.Column("read_at", Instant(), nullable=False),
        sa.Column("reaches_until", Instant(), nullable=False),
        sa.Column("error", sa.String(length=40), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("etag", sa.String(length=300), nullable=False),
        sa.Column("last_modified", sa.String(length=100), nullable=False),
        sa.CheckConstraint(
            "(address IS NULL) <> (file_name IS NULL)", name=op.f("ck_outside_calendar_one_source")
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resource.id"], name=op.f("fk_outside_calendar_resource_id_resource")
        ),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["person.id"], name=op.f("fk_outside_calendar_added_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outside_calendar")),
    )
    op.create_index("ix_outside_calendar_resource_id", "outside_calendar", ["resource_id"])
    op.create_table(
        "outside_time",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("calendar_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=True),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_outside_time_order")),
        sa.ForeignKeyConstraint(
            ["calendar_id"], ["outside_calendar.id"], name=op.f("fk_outside_time_calendar_id_outside_calendar")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outside_time")),
    )
    op.create_index("ix_outside_time_calendar_id_starts_at", "outside_time", ["calendar_id", "starts_at"])
    _mark_what_changes()


def downgrade() -> None:
    op.drop_table("outside_time")
    op.drop_table("outside_calendar")


def _mark_what_changes() -> None:
    """As in migration 0003."""
    dialect = op.get_bind().dialect.name
    renew = f"UPDATE directory_mark SET mark = {NEW_MARK[dialect]};"
    for name, event in (("insert", "INSERT"), ("update", f"UPDATE OF {KEPT}"), ("delete", "DELETE")):
        trigger = f"directory_outside_calendar_{name}"
        if dialect == "sqlite":
            op.execute(f"CREATE TRIGGER {trigger} AFTER {event} ON outside_calendar BEGIN {renew} END")
        else:
            op.execute(
                f"CREATE TRIGGER {trigger} AFTER {event} ON outside_calendar"
                " FOR EACH STATEMENT EXECUTE FUNCTION renew_directory_mark()"
            )
