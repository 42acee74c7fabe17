"""caps that were said: from what to what, by whom, when and why"""

import sqlalchemy as sa
from alembic import op

from app.models.types import Instant

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.create_table(
        "aid_cap",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("before", sa.BigInteger(), nullable=True),
        sa.Column("before_currency", sa.String(length=3), nullable=True),
        sa.Column("cap", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("entered_at", Instant(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_aid_cap_by_id_person")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_aid_cap_office_id_office")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_aid_cap_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aid_cap")),
    )
    op.create_index("ix_aid_cap_office_id", "aid_cap", ["office_id"])
    op.create_index("ix_aid_cap_organisation_id", "aid_cap", ["organisation_id"])


def downgrade() -> None:
    op.drop_table("aid_cap")
