"""each office says yes to its own part of a booking"""

import sqlalchemy as sa
from alembic import op

from app.models.types import Instant

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "office_approval",
        sa.Column("date_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["date_id"], ["booking_date.id"], name=op.f("fk_office_approval_date_id_booking_date")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_office_approval_office_id_office")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_office_approval_by_id_person")),
        sa.PrimaryKeyConstraint("date_id", "office_id", name=op.f("pk_office_approval")),
    )


def downgrade() -> None:
    op.drop_table("office_approval")
