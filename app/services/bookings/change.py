"""Changing, cancelling and restoring a booking's dates."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from app.domain.errors import NotFound, Refusal, Refused, Stale, Taken
from app.domain.policy import STARTED_AT_MOST
from app.extensions import db
from app.models import Booking, BookingDate, BookingResource, Person, Pool, Slot
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
    refusal = why_not_change(date, now)
    if refusal:
        raise Refused(refusal)
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
    _ask_for(booking, understood.asked)
    booking.version += 1
    add_slots((date, leaf) for leaf, _ in held)
    record("changed", booking, by=by, now=now, date=date, **before)
    mark_changed([*former, *(leaf.id for leaf, _ in held)], [booking.organiser_id], now)
    return date


@use_case
def cancel(
    booking_id: int, *, by: Person, now: datetime, dates: Sequence[int] | None = None, undo: bool = False
) -> Booking:
    """Cancels the dates named, or every one that can still be; frees their time. Twice is once.

    What has been used for a while ends rather (`presence.end_early`); only a host can cancel it.
    """
    booking = booking_for(booking_id, by, "change_booking")
    wanted = [date for date in booking.dates if dates is None or date.id in dates]
    refusals = {date.id: why_not_cancel(date, by=by, now=now, undo=undo) for date in wanted}
    open_dates = [date for date in wanted if not refusals[date.id]]
    if not open_dates and not any(date.status == "cancelled" for date in wanted):
        running = (refusal for refusal in refusals.values() if refusal and refusal.code == "has_started")
        raise Refused(next(running, Refusal("cannot_cancel")))
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


def _ask_for(booking: Booking, asked: Sequence[Asked]) -> None:
    """Instead of what was asked for; besides it where the other dates of a series still have that."""
    if len(booking.dates) == 1:
        booking.asked_for.clear()
        db.session.flush()
        ask_for(booking, asked)
        return
    known = {(each.resource_id, each.pool_id) for each in booking.asked_for}
    for thing in (each.thing for each in asked):
        new = (None, thing.id) if isinstance(thing, Pool) else (thing.id, None)
        if new not in known:
            place = len(booking.asked_for)
            booking.asked_for.append(BookingResource(position=place, resource_id=new[0], pool_id=new[1]))
