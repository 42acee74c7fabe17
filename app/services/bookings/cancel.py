"""Cancelling dates of a booking, and taking that back."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.domain.errors import Clash, NotFound, Refusal, Refused, Taken, without_repetition
from app.extensions import db
from app.models import Booking, BookingDate, Person, Resource, Slot
from app.services.authorize import may
from app.services.bookings.asking import asking
from app.services.bookings.occupied import Held, Occupied, block_of, held_on, too_near
from app.services.bookings.slots import set_status, set_statuses
from app.services.bookings.standing import booking_for, date_for, hold_still, why_not_cancel
from app.services.bookings.terms import counted_back
from app.services.directory import directory
from app.services.history import mark_changed, record
from app.services.mailed import replaced_by
from app.services.opening import OfficeHours
from app.services.transaction import use_case

SCOPES = ("this", "following", "all")


def dates_in_scope(booking: Booking, date_id: int, scope: str) -> list[int]:
    """The dates that "this", "following" or "all" means, seen from one of them. NotFound without that one.

    What follows is told by the times that the series has for them: a date that was moved keeps its place.
    """
    this = next((date for date in booking.dates if date.id == date_id), None)
    if this is None or scope not in SCOPES:
        raise NotFound()
    if scope == "this":
        return [date_id]
    ordered = sorted(booking.dates, key=lambda date: date.original_start_at)
    return [date.id for date in ordered if scope == "all" or date.original_start_at >= this.original_start_at]


@use_case
def cancel(
    booking_id: int,
    *,
    by: Person,
    now: datetime,
    dates: Collection[int] | None = None,
    undo: bool = False,
    closed_for: str | None = None,
) -> Booking:
    """Cancels the dates named, or every one that can still be; frees their time. Twice is once.

    `closed_for`: the reason of the closure that they give way to, perhaps an empty one.
    What has been used for a while ends rather (`presence.end_early`); only a host can cancel it.
    """
    hold_still(booking_id=booking_id)
    booking = booking_for(booking_id, by, "change_booking")
    wanted = [date for date in booking.dates if dates is None or date.id in dates]
    refusals = {date.id: why_not_cancel(date, by=by, now=now, undo=undo) for date in wanted}
    open_dates = [date for date in wanted if not refusals[date.id]]
    if not open_dates and not any(date.status == "cancelled" for date in wanted):
        running = (refusal for refusal in refusals.values() if refusal and refusal.code == "has_started")
        raise Refused(next(running, Refusal("cannot_cancel")))
    load_slots(booking)
    set_statuses(open_dates, "cancelled", now)
    why = {} if closed_for is None else {"closed": True, "reason": closed_for}
    for date in open_dates:
        record("undone" if undo else "cancelled", booking, by=by, now=now, date=date, **why)
    if open_dates:
        booking.version += 1
    mark_changed(_held_by(open_dates), [booking.organiser_id], now)
    return booking


@dataclass(frozen=True, slots=True)
class Back:
    """Of the cancelled dates that are to come the numbers of those that can be taken back, and by number why
    another cannot: Taken or Refused."""

    free: tuple[int, ...]
    hindered: Mapping[int, Taken | Refused]
    replaced_by: Booking | None = None
    """What an update by mail was booked as instead: then none can be."""


def what_comes_back(booking: Booking, *, by: Person, now: datetime) -> Back:
    """What `restore_dates` would do, `free_only` or not; does nothing."""
    dates, other = _cancelled(booking.dates, now), replaced_by(booking)
    if other or not dates:
        return Back((), {}, other)
    load_slots(booking)
    occupied = _occupied([held for date in dates for held in held_on(date)], by)
    hindered: dict[int, Taken | Refused] = {}
    free: list[BookingDate] = []
    for date in dates:
        together = [held for each in (*free, date) for held in held_on(each)]
        if clashes := [*occupied.clashes(held_on(date), by=by), *_among_themselves(together)]:
            hindered[date.id] = Taken(tuple(clashes))
        elif refusals := _closed_since(held_on(date), by):
            hindered[date.id] = Refused(*refusals)
        else:
            free.append(date)
    if refusals := list(counted_back(free, by=by)):
        hindered |= dict.fromkeys((date.id for date in free), Refused(*refusals))
        free = []
    return Back(tuple(date.id for date in free), hindered)


@use_case
def restore(date_id: int, *, by: Person, now: datetime) -> BookingDate:
    """Takes a cancellation back, if the time is still free. Taken where it is not."""
    hold_still(date_id=date_id)
    date = date_for(date_id, by, "change_booking")
    _restore(date.booking, [date], by, now)
    return date


@use_case
def restore_dates(
    booking_id: int,
    *,
    by: Person,
    now: datetime,
    dates: Collection[int] | None = None,
    free_only: bool = False,
) -> Booking:
    """Takes the cancellation of the dates named back, or of all that are still to come: all or nothing,
    or `free_only` those that nothing is in the way of.

    Dates that are not cancelled stay as they are. Taken with everything that is in the way.
    """
    hold_still(booking_id=booking_id)
    booking = booking_for(booking_id, by, "change_booking")
    wanted = [date for date in booking.dates if dates is None or date.id in dates]
    cancelled = _cancelled(wanted, now)
    if free_only:
        free = what_comes_back(booking, by=by, now=now).free
        cancelled = [date for date in cancelled if date.id in free]
    _restore(booking, cancelled, by, now)
    return booking


def load_slots(booking: Booking) -> None:
    """The slots of all dates of a booking at once, instead of date by date."""
    query = select(BookingDate).filter_by(booking_id=booking.id)
    with_slots = query.options(
        selectinload(BookingDate.slots).joinedload(Slot.resource).joinedload(Resource.office)
    )
    db.session.scalars(with_slots).all()


def _restore(booking: Booking, dates: Sequence[BookingDate], by: Person, now: datetime) -> None:
    if other := replaced_by(booking):
        told = {"booking": other.id, "start": other.dates[0].starts_at, "timezone": other.timezone}
        raise Refused(Refusal("replaced", params=told))
    if not dates or any(date.status != "cancelled" or date.ends_at <= now for date in dates):
        raise Refused(Refusal("cannot_restore"))
    load_slots(booking)
    held = [each for date in dates for each in held_on(date)]
    clashes = [*_occupied(held, by).clashes(held, by=by), *_among_themselves(held)]
    if clashes:
        raise Taken(tuple(clashes))
    refusals = [*counted_back(dates, by=by), *_closed_since(held, by)]
    if refusals:
        raise Refused(*refusals)
    for date in dates:
        set_status(date, "requested" if _asks(date, by) else "confirmed", now)
        record("restored", booking, by=by, now=now, date=date)
    booking.version += 1
    mark_changed(_held_by(dates), [booking.organiser_id], now)


def _cancelled(dates: Iterable[BookingDate], now: datetime) -> list[BookingDate]:
    return [date for date in dates if date.status == "cancelled" and date.ends_at > now]


def _occupied(held: Sequence[Held], by: Person) -> Occupied:
    hosted = {leaf.office_id for leaf, _ in held if may(by, "host", leaf.office)}
    return Occupied([use for _, use in held], heeds_outside=True).past_outside_of(hosted)


def _closed_since(held: Iterable[Held], by: Person) -> list[Refusal]:
    """What lies under a closure by now. A host may use their own office all the same."""
    found = []
    for leaf, use in held:
        if may(by, "host", leaf.office):
            continue
        for time, reason in OfficeHours.of(directory(), leaf.office, use).closures(leaf):
            told = {"resource": leaf.name, "reason": reason, "timezone": leaf.office.timezone}
            found.append(Refusal("closed", "date", {**told, "start": time.start, "end": time.end}))
    return without_repetition(found)


def _asks(date: BookingDate, by: Person) -> bool:
    """Whether a host has to say yes, each of their own office."""
    return any(not may(by, "host", each.office) for each in asking(date))


def _among_themselves(held: Sequence[Held]) -> Iterable[Clash]:
    """Dates of one booking that have been moved onto each other while they were cancelled."""
    ordered = sorted(held, key=lambda each: (each[0].id, each[1]))
    for (leaf, use), (other, later) in pairwise(ordered):
        if leaf.id == other.id and too_near(leaf, use, later):
            yield Clash(leaf.slug, leaf.name, use.start, use.end, later, block_of(leaf, use))


def _held_by(dates: Iterable[BookingDate]) -> list[int]:
    return [slot.resource_id for date in dates for slot in date.slots]
