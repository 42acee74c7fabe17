"""Requests: approved, declined with a reason, or lapsed because nobody decided."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import select

from app.domain.errors import NotFound, Refusal, Refused
from app.extensions import db
from app.models import Booking, BookingDate, History, Person
from app.services.authorize import authorize
from app.services.bookings.cancel import load_slots
from app.services.bookings.change import booking_for
from app.services.bookings.slots import set_statuses
from app.services.history import mark_changed, record
from app.services.locking import lock_dates
from app.services.notices import tell_booker
from app.services.rules import limits_for
from app.services.transaction import use_case

LONGEST_REASON = 500
DECISIONS = {"approve": "confirmed", "decline": "declined"}


@use_case
def approve(date_id: int, *, by: Person, now: datetime) -> BookingDate:
    """The request becomes a confirmed booking."""
    (date,) = decide(_booking_of(date_id), [date_id], "approve", by=by, now=now)
    return date


@use_case
def decline(date_id: int, *, reason: str = "", by: Person, now: datetime) -> BookingDate:
    """The request is turned down and its time freed."""
    (date,) = decide(_booking_of(date_id), [date_id], "decline", reason=reason, by=by, now=now)
    return date


@use_case
def decide(
    booking_id: int,
    date_ids: Collection[int],
    decision: str,
    *,
    reason: str = "",
    by: Person,
    now: datetime,
) -> Sequence[BookingDate]:
    """One decision ("approve", "decline") on dates of one booking, and one mail about it.

    Refused where one of them does not wait any more; a decision made twice is one. NotFound.
    """
    lock_dates(date_ids)
    booking = booking_for(booking_id, by, "host_booking")
    chosen = [date for date in booking.dates if date.id in set(date_ids)]
    if not chosen or len(chosen) < len(set(date_ids)):
        raise NotFound()
    status = DECISIONS[decision]
    waiting = [date for date in chosen if date.status != status]
    refusals = [refusal for date in waiting if (refusal := why_not_decide(date, decision, now))]
    if refusals:
        raise Refused(*refusals)
    load_slots(booking)
    if decision == "approve":
        _each_by_their_own_host(waiting, by)
    if waiting:
        said = " ".join(reason.split())[:LONGEST_REASON] if decision == "decline" else ""
        named = {"approve": "approved", "decline": "declined"}[decision]
        _settle(booking, waiting, status, named, by=by, now=now, **({"reason": said} if said else {}))
        tell_booker(named, waiting, by=by, now=now, reason=said)
    return chosen


def _each_by_their_own_host(dates: Iterable[BookingDate], by: Person) -> None:
    """NotAllowed where a room that asks for approval is at an office that this person is no host of."""
    for date in dates:
        for slot in date.slots:
            if limits_for(slot.resource, date.booking.organisation, date.starts_at).approval:
                authorize(by, "host", slot.resource.office)


def why_not_decide(date: BookingDate, decision: str, now: datetime) -> Refusal | None:
    """Why there is nothing to decide about a date; None while there is."""
    if date.status != "requested":
        return Refusal("not_requested", params={"status": date.status})
    if decision == "approve" and date.ends_at <= now:
        return Refusal("request_is_over")
    return None


@use_case
def lapse(booking_id: int, date_ids: Collection[int], *, now: datetime) -> int:
    """Declines, by nobody, those of these dates that are still only requested; how many they were."""
    lock_dates(date_ids)
    booking = db.session.get_one(Booking, booking_id)
    waiting = [date for date in booking.dates if date.id in set(date_ids) and date.status == "requested"]
    if waiting:
        _settle(booking, waiting, "declined", "lapsed", by=None, now=now)
        tell_booker("lapsed", waiting, by=None, now=now)
    return len(waiting)


def why_declined(date: BookingDate) -> tuple[str, str] | None:
    """How a declined date came to be so: "declined" or "lapsed", and the reason given. None: it is not."""
    if date.status != "declined":
        return None
    query = select(History.action, History.details).where(
        History.booking_id == date.booking_id,
        History.date_id == date.id,
        History.action.in_(("declined", "lapsed")),
    )
    found = db.session.execute(query.order_by(History.id.desc()).limit(1)).first()
    return (found.action, str(found.details.get("reason") or "")) if found else ("declined", "")


def _booking_of(date_id: int) -> int:
    return db.session.scalar(select(BookingDate.booking_id).where(BookingDate.id == date_id)) or 0


def _settle(
    booking: Booking,
    dates: Sequence[BookingDate],
    status: str,
    action: str,
    *,
    by: Person | None,
    now: datetime,
    **details: object,
) -> None:
    load_slots(booking)
    set_statuses(dates, status, now)
    for date in dates:
        record(action, booking, by=by, now=now, date=date, **details)
    booking.version += 1
    held = [slot.resource_id for date in dates for slot in date.slots]
    mark_changed(held, [booking.organiser_id], now)
