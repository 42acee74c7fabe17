"""requests are found by an index of their own: they are few among all dates"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    requested = sa.text("status = 'requested'")
    op.create_index(
        "ix_booking_date_requested",
        "booking_date",
        ["starts_at"],
        sqlite_where=requested,
        postgresql_where=requested,
    )


def downgrade() -> None:
    op.drop_index("ix_booking_date_requested", table_name="booking_date")
