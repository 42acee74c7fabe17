"""what an office said of a spreadsheet with these headings, for the next time"""

import sqlalchemy as sa
from alembic import op

from app.models.types import Instant, Json

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "sheet_matching",
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("headings", sa.String(length=64), nullable=False),
        sa.Column("said", Json, nullable=False),
        sa.Column("said_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_sheet_matching_office_id_office")),
        sa.PrimaryKeyConstraint("office_id", "headings", name=op.f("pk_sheet_matching")),
    )


def downgrade() -> None:
    op.drop_table("sheet_matching")
