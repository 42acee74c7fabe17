"""What guests answer to invitations."""

from datetime import UTC, datetime

from sqlalchemy import select

from app.extensions import db
from app.models import Booking, Guest
from app.models.invitation import PARTSTATS
from app.services.locking import one_writer
from calendars.incoming import Incoming
from calendars.record import series_and_date


def keep_reply(message: Incoming, sender: str, booking: Booking) -> bool:
    """Keeps a guest's answer to a booking, in the caller's transaction.

    False where it is nobody's: not invited, or answered for somebody else. An answer older than one that is
    kept changes nothing.
    """
    answer = next((each.partstat for each in message.attendees if each.address == sender), None)
    if answer not in PARTSTATS or len(message.attendees) != 1:
        return False
    query = select(Guest).where(Guest.booking_id == booking.id, Guest.email == sender)
    guest = db.session.scalar(query if one_writer() else query.with_for_update())
    if guest is None:
        return False
    known = (guest.sequence, guest.replied_at or datetime.fromtimestamp(0, UTC))
    if (message.sequence, message.stamp) < known:
        return True
    guest.sequence, guest.replied_at = message.sequence, message.stamp
    at = series_and_date(message.uid)[1]
    starts = [at] if at and message.uid != booking.uid else [] if message.whole else message.originals
    dates = {int(date.original_start_at.timestamp()) for date in booking.dates}
    if not starts:
        guest.partstat, guest.dates = answer, {}
    else:
        keys = [str(key) for start in starts if (key := int(start.timestamp())) in dates]
        guest.dates = {**guest.dates, **dict.fromkeys(keys, answer)}
    return True


def booking_answered(message: Incoming) -> Booking | None:
    """The booking that an answer is about, or to a date of which it is, whoever it comes from."""
    booking = _by_uid(message.uid)
    series, date = series_and_date(message.uid)
    return _by_uid(series) if booking is None and date else booking


def is_own(booking: Booking, sender: str) -> bool:
    """Whether it is the booker who answers: the office invited them to what they booked themselves."""
    return booking.organiser is not None and booking.organiser.email == sender


def _by_uid(uid: str) -> Booking | None:
    return db.session.scalar(select(Booking).where(Booking.uid == uid))
