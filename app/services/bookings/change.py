"""Changing, cancelling and restoring a booking's dates."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select

from app.domain.errors import NotFound, Refusal, Refused, Stale, Taken
from app.extensions import db
from app.models import Booking, BookingDate, Person, Slot
from app.models.booking import LIVE_STATUSES
from app.services.authorize import authorize, may
from app.services.bookings.book import ask_for, leaves_held, suggestions
from app.services.bookings.slots import add_slots, refuse_if_taken, set_status
from app.services.bookings.wish import Asked, Wish, understand
from app.services.history import mark_changed, record
from app.services.transaction import use_case


def change(date_id: int, wish: Wish, *, version: int, by: Person, now: datetime) -> BookingDate:
    """Gives one date another time, other resources or another title.

    Stale where somebody changed the booking after `version` was read; else as `book`.
    """
    try:
        return _change(date_id, wish, version=version, by=by, now=now)
    except Taken as taken:
        raise Taken(taken.clashes, suggestions(wish, by=by, now=now)) from None


@use_case
def _change(date_id: int, wish: Wish, *, version: int, by: Person, now: datetime) -> BookingDate:
    date = date_for(date_id, by, "change_booking")
    booking = date.booking
    if booking.version != version:
        raise Stale()
    if date.status not in ("requested", "confirmed"):
        raise Refused(Refusal("cannot_change", params={"status": date.status}))
    understood = understand(wish, by=by, now=now)
    held = list(leaves_held(understood, but_date=date.id))
    before = {"start": date.starts_at.isoformat(), "end": date.ends_at.isoformat()}
    former = [slot.resource_id for slot in date.slots]
    db.session.execute(delete(Slot).where(Slot.date_id == date.id))
    db.session.expire(date, ["slots"])
    date.starts_at, date.ends_at = understood.dates[0].start, understood.dates[0].end
    date.changed_at, date.sequence = now, date.sequence + 1
    date.status = "requested" if understood.needs_approval else "confirmed"
    booking.title, booking.activity_id = understood.title, understood.activity.id
    if booking.organisation_id != understood.organisation.id:
        booking.organisation_id = understood.organisation.id
        booking.category_id = understood.organisation.category_id
    _ask_anew(booking, understood.asked)
    booking.version += 1
    add_slots((date, leaf) for leaf, _ in held)
    record("changed", booking, by=by, now=now, date=date, **before)
    mark_changed([*former, *(leaf.id for leaf, _ in held)], [booking.organiser_id], now)
    return date


@use_case
def cancel(
    booking_id: int, *, by: Person, now: datetime, dates: Sequence[int] | None = None, undo: bool = False
) -> Booking:
    """Cancels the dates named, or every one that has not ended; frees their time. Twice is once."""
    booking = booking_for(booking_id, by, "change_booking")
    wanted = [date for date in booking.dates if dates is None or date.id in dates]
    open_dates = [date for date in wanted if date.status in LIVE_STATUSES and date.ends_at > now]
    if not open_dates and not any(date.status == "cancelled" for date in wanted):
        raise Refused(Refusal("cannot_cancel"))
    for date in open_dates:
        set_status(date, "cancelled", now)
        record("undone" if undo else "cancelled", booking, by=by, now=now, date=date)
    if open_dates:
        booking.version += 1
    mark_changed(
        [slot.resource_id for date in open_dates for slot in date.slots], [booking.organiser_id], now
    )
    return booking


@use_case
def restore(date_id: int, *, by: Person, now: datetime) -> BookingDate:
    """Takes a cancellation back, if the time is still free. Taken where it is not."""
    date = date_for(date_id, by, "change_booking")
    booking = date.booking
    if date.status != "cancelled" or date.ends_at <= now:
        raise Refused(Refusal("cannot_restore"))
    held = refuse_if_taken(date)
    asks = any(resource.approval for resource, _ in held) and not may(by, "host", held[0][0].office)
    set_status(date, "requested" if asks else "confirmed", now)
    booking.version += 1
    record("restored", booking, by=by, now=now, date=date)
    mark_changed([resource.id for resource, _ in held], [booking.organiser_id], now)
    return date


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


def _ask_anew(booking: Booking, asked: Sequence[Asked]) -> None:
    booking.asked_for.clear()
    db.session.flush()
    ask_for(booking, asked)
