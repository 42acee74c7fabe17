"""how long an office keeps who booked, what was made anonymous, and who asked to be erased"""

import sqlalchemy as sa
from alembic import op

from app.models.types import Instant

revision = "0014"
down_revision = "0013"

NAMED = sa.text("anonymous_at IS NULL")


def upgrade() -> None:
    op.add_column("office", sa.Column("bookers_kept_months", sa.Integer(), server_default="24", nullable=True))
    # Offices that are here already forget nothing until somebody has said so.
    op.execute("UPDATE office SET bookers_kept_months = NULL")
    op.add_column("booking", sa.Column("anonymous_at", Instant(), nullable=True))
    op.create_index("ix_booking_named", "booking", ["id"], sqlite_where=NAMED, postgresql_where=NAMED)
    op.add_column("person", sa.Column("erasure_asked_at", Instant(), nullable=True))
    op.add_column("person", sa.Column("erased_at", Instant(), nullable=True))


def downgrade() -> None:
    op.drop_column("person", "erased_at")
    op.drop_column("person", "erasure_asked_at")
    op.drop_index("ix_booking_named", "booking")
    op.drop_column("booking", "anonymous_at")
    op.drop_column("office", "bookers_kept_months")
