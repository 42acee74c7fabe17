"""why a value per hour or an exchange rate was entered for days that were over"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    for table in ("resource_value", "exchange_rate"):
        op.add_column(table, sa.Column("reason", sa.String(length=500), nullable=False, server_default=""))


def downgrade() -> None:
    for table in ("exchange_rate", "resource_value"):
        op.drop_column(table, "reason")
