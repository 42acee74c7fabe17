"""who waits for a time keeps what was filled in"""

import sqlalchemy as sa
from alembic import op

from app.models.types import Json

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.add_column("waiting", sa.Column("filled_in", Json, nullable=True))


def downgrade() -> None:
    op.drop_column("waiting", "filled_in")
