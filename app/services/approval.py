"""Requests: approved, or declined with a reason."""

from datetime import datetime

from app.domain.errors import Refusal, Refused
from app.models import BookingDate, Person
from app.services.bookings.change import date_for
from app.services.bookings.slots import set_status
from app.services.history import mark_changed, record
from app.services.transaction import use_case

LONGEST_REASON = 500


@use_case
def approve(date_id: int, *, by: Person, now: datetime) -> BookingDate:
    """The request becomes a confirmed booking."""
    return _decide(date_id, "confirmed", by, now)


@use_case
def decline(date_id: int, *, reason: str = "", by: Person, now: datetime) -> BookingDate:
    """The request is turned down and its time freed."""
    return _decide(date_id, "declined", by, now, reason=reason.strip()[:LONGEST_REASON])


def _decide(date_id: int, status: str, by: Person, now: datetime, **details: object) -> BookingDate:
    date = date_for(date_id, by, "host_booking")
    if date.status == status:
        return date
    if date.status != "requested":
        raise Refused(Refusal("not_requested", params={"status": date.status}))
    set_status(date, status, now)
    date.booking.version += 1
    record(
        "approved" if status == "confirmed" else status, date.booking, by=by, now=now, date=date, **details
    )
    mark_changed([slot.resource_id for slot in date.slots], [date.booking.organiser_id], now)
    return date
