"""addresses of feeds: when last used

Columns are added plainly: a table made anew would lose its triggers.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("feed_generation", sa.Column("used_on", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("feed_generation", "used_on")
