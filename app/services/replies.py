"""What guests answer to invitations."""

from datetime import UTC, datetime

from sqlalchemy import select

from app.extensions import db
from app.models import Booking, Guest
from app.models.invitation import PARTSTATS
from app.services.locking import one_writer
from calendars.incoming import Incoming
from calendars.record import series_and_date


def keep_reply(message: Incoming, sender: str) -> Booking | None:
    """Keeps a guest's answer, in the caller's transaction; the booking it is about.

    None where it is nobody's: not invited, answered for somebody else, or of a meeting unknown here. An
    answer older than one that is kept changes nothing.
    """
    answer = next((each.partstat for each in message.attendees if each.address == sender), None)
    if answer not in PARTSTATS or len(message.attendees) != 1:
        return None
    booking, at = _meant(message.uid)
    if booking is None:
        return None
    query = select(Guest).where(Guest.booking_id == booking.id, Guest.email == sender)
    guest = db.session.scalar(query if one_writer() else query.with_for_update())
    if guest is None:
        return None
    known = (guest.sequence, guest.replied_at or datetime.fromtimestamp(0, UTC))
    if (message.sequence, message.stamp) < known:
        return booking
    guest.sequence, guest.replied_at = message.sequence, message.stamp
    starts = [at] if at else [] if message.whole else message.originals
    dates = {int(date.original_start_at.timestamp()) for date in booking.dates}
    if not starts:
        guest.partstat, guest.dates = answer, {}
    else:
        keys = [str(key) for start in starts if (key := int(start.timestamp())) in dates]
        guest.dates = {**guest.dates, **dict.fromkeys(keys, answer)}
    return booking


def booking_answered(message: Incoming) -> Booking | None:
    """The booking that an answer is about, whoever it comes from."""
    return _meant(message.uid)[0]


def is_own(message: Incoming, sender: str) -> bool:
    """Whether it is the booker who answers: the office invited them to what they booked themselves."""
    booking = booking_answered(message)
    return booking is not None and booking.organiser is not None and booking.organiser.email == sender


def _meant(uid: str) -> tuple[Booking | None, datetime | None]:
    """The booking that a UID of our own means, and which date of it, if one."""
    booking = db.session.scalar(select(Booking).where(Booking.uid == uid))
    series, date = series_and_date(uid)
    if booking or date is None:
        return booking, None
    return db.session.scalar(select(Booking).where(Booking.uid == series)), date
