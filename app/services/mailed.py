"""Which bookings came by mail: they stand in somebody's own calendar, who alone can move them there."""

from collections.abc import Set
from datetime import datetime

from sqlalchemy import select

from app.extensions import db
from app.models import Booking, MailedBooking, ReceivedMail

DONE_BY_MAIL = ("booked", "changed", "cancelled")


def mailed_of(booking: Booking) -> MailedBooking | None:
    """The meeting in its organiser's own calendar that made a booking, or that which it goes on with; None:
    it was made here."""
    query = select(MailedBooking).where(MailedBooking.booking_id == booking.id)
    if (mailed := db.session.scalar(query)) or booking.continues_id is None:
        return mailed
    return mailed_of(db.session.get_one(Booking, booking.continues_id))


def mailed_at(booking: Booking) -> Set[datetime]:
    """When mails came that did something to a booking: what its history says of then came by mail."""
    if mailed_of(booking) is None:
        return frozenset()
    query = select(ReceivedMail.received_at).where(
        ReceivedMail.booking_id == booking.id, ReceivedMail.outcome.in_(DONE_BY_MAIL)
    )
    return frozenset(db.session.scalars(query))
