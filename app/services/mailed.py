"""Which bookings came by mail: they stand in somebody's own calendar, who alone can move them there."""

from sqlalchemy import select

from app.extensions import db
from app.models import Booking, MailedBooking


def mailed_of(booking: Booking) -> MailedBooking | None:
    """The meeting in its organiser's own calendar that made a booking, or that which it goes on with; None:
    it was made here."""
    query = select(MailedBooking).where(MailedBooking.booking_id == booking.id)
    if (mailed := db.session.scalar(query)) or booking.continues_id is None:
        return mailed
    return mailed_of(db.session.get_one(Booking, booking.continues_id))
