"""mails with calendars in them, guests, invitations, and bookings that come by mail

Columns are added plainly: a table made anew would lose its triggers.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.models.types import Instant

revision = "0007"
down_revision = "0006"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("outbox_mail", sa.Column("html", sa.Text(), nullable=True))
    op.add_column("outbox_mail", sa.Column("calendars", JSON, nullable=True))
    op.add_column("outbox_mail", sa.Column("sender", sa.String(length=400), nullable=True))
    op.execute(
        "ALTER TABLE outbox_mail ADD COLUMN office_id INTEGER"
        " CONSTRAINT fk_outbox_mail_office_id_office REFERENCES office (id)"
    )
    op.add_column(
        "person", sa.Column("wants_invitations", sa.Boolean(), nullable=False, server_default=sa.true())
    )
    op.add_column("history", sa.Column("told", sa.Boolean(), nullable=False, server_default=sa.true()))
    untold = sa.text("NOT told")
    op.create_index(
        "ix_history_untold", "history", ["booking_id"], sqlite_where=untold, postgresql_where=untold
    )
    _create_tables()


def downgrade() -> None:
    for table in ("received_mail", "mailed_booking", "invitation", "guest"):
        op.drop_table(table)
    op.drop_index("ix_history_untold", table_name="history")
    op.drop_column("history", "told")
    op.drop_column("person", "wants_invitations")
    for column in ("office_id", "sender", "calendars", "html"):
        op.execute(f"ALTER TABLE outbox_mail DROP COLUMN {column}")


def _create_tables() -> None:
    op.create_table(
        "guest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("partstat", sa.String(length=12), nullable=False),
        sa.Column("dates", JSON, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("replied_at", Instant(), nullable=True),
        _reference("guest", "booking"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guest")),
        sa.UniqueConstraint("booking_id", "email", name=op.f("uq_guest_booking_id_email")),
    )
    op.create_table(
        "invitation",
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("told", JSON, nullable=False),
        _reference("invitation", "booking"),
        sa.PrimaryKeyConstraint("booking_id", name=op.f("pk_invitation")),
    )
    op.create_table(
        "mailed_booking",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=300), nullable=False),
        sa.Column("thing", sa.String(length=60), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("stamp", Instant(), nullable=False),
        sa.Column("answered", sa.String(length=12), nullable=False),
        _reference("mailed_booking", "booking"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailed_booking")),
        sa.UniqueConstraint("uid", "thing", name=op.f("uq_mailed_booking_uid_thing")),
        sa.UniqueConstraint("booking_id", name=op.f("uq_mailed_booking_booking_id")),
    )
    op.create_table(
        "received_mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(length=300), nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("sender", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("reasons", JSON, nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=True),
        sa.Column("booking_id", sa.Integer(), nullable=True),
        _reference("received_mail", "office"),
        _reference("received_mail", "booking"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_received_mail")),
        sa.UniqueConstraint("message_id", "recipient", name=op.f("uq_received_mail_message_id_recipient")),
    )
    op.create_index("ix_received_mail_office_id_received_at", "received_mail", ["office_id", "received_at"])


def _reference(table: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [f"{other}_id"], [f"{other}.id"], name=op.f(f"fk_{table}_{other}_id_{other}")
    )
