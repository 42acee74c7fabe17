"""dates know whose they are, so that one's own are found without walking through all one ever booked"""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.execute(
        "ALTER TABLE booking_date ADD COLUMN organiser_id INTEGER"
        " CONSTRAINT fk_booking_date_organiser_id_person REFERENCES person (id)"
    )
    op.execute(
        "UPDATE booking_date SET organiser_id ="
        " (SELECT booking.organiser_id FROM booking WHERE booking.id = booking_date.booking_id)"
    )
    op.create_index("ix_booking_date_organiser_id_starts_at", "booking_date", ["organiser_id", "starts_at"])


def downgrade() -> None:
    op.drop_index("ix_booking_date_organiser_id_starts_at", table_name="booking_date")
    op.execute("ALTER TABLE booking_date DROP COLUMN organiser_id")
