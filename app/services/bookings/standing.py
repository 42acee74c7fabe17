"""Which dates can still be changed or cancelled, and by whom."""

from datetime import datetime, timedelta

from sqlalchemy import select

from app.domain.errors import NotFound, Refusal
from app.domain.policy import STARTED_AT_MOST
from app.extensions import db
from app.models import Booking, BookingDate, Person
from app.models.booking import LIVE_STATUSES
from app.services.authorize import authorize, may
from app.services.locking import lock_dates, one_writer


def why_not_change(date: BookingDate, now: datetime) -> Refusal | None:
    """Why a date keeps its time and room; None while it can have others."""
    if date.status == "checked_in" and date.starts_at >= now:
        return Refusal("already_checked_in")
    if date.status in LIVE_STATUSES and date.ends_at <= now:
        return Refusal("is_over")
    if _in_use(date, now):
        return Refusal("has_started")
    if date.status not in ("requested", "confirmed"):
        return Refusal("cannot_change", params={"status": date.status})
    return None


def why_not_cancel(date: BookingDate, *, by: Person, now: datetime, undo: bool = False) -> Refusal | None:
    """Why a date stands; None while this person can cancel it."""
    if date.status not in LIVE_STATUSES or date.ends_at <= now:
        return Refusal("cannot_cancel")
    if _in_use(date, now) and not undo and not may(by, "host_booking", date.booking):
        return Refusal("has_started")
    return None


def _in_use(date: BookingDate, now: datetime) -> bool:
    """Checked in, or going on for so long that its time could no longer be booked. A request is no use."""
    grace = timedelta(0) if date.status == "checked_in" else STARTED_AT_MOST
    begun = date.status in ("confirmed", "checked_in") and date.starts_at + grace < now
    return begun and now < date.ends_at


def hold_still(*, date_id: int | None = None, booking_id: int | None = None) -> None:
    """All dates of a booking wait for us: whoever checks in or decides about one does so before or after."""
    if one_writer():
        return
    if date_id is not None:
        lock_dates([date_id])  # so that it stays in the booking it belongs to
        booking_id = db.session.scalar(select(BookingDate.booking_id).where(BookingDate.id == date_id))
    lock_dates(db.session.scalars(select(BookingDate.id).where(BookingDate.booking_id == booking_id)))


def booking_for(booking_id: int, by: Person, action: str) -> Booking:
    """The booking, if the person may do this to it. NotFound also where they may not even see it."""
    booking = db.session.get(Booking, booking_id)
    if booking is None or not may(by, "see_booking", booking):
        raise NotFound()
    authorize(by, action, booking)
    return booking


def date_for(date_id: int, by: Person, action: str) -> BookingDate:
    """As `booking_for`, by one of its dates."""
    booking_id = db.session.scalar(select(BookingDate.booking_id).where(BookingDate.id == date_id))
    booking = booking_for(booking_id or 0, by, action)
    return next(date for date in booking.dates if date.id == date_id)
