"""What tests of the booking pages begin with: bookings, and the form filled in."""

from datetime import datetime, timedelta

import pytest

from app.extensions import db
from app.models import Booking, Person
from app.services import bookings
from app.services.bookings import Wish
from tests.factories import HOUR, TEN

WEEK = timedelta(weeks=1)
FORM = {
    "resources": "tallen",
    "date": "2026-09-08",
    "start": "10:00",
    "end": "11:00",
    "title": "Meeting",
    "organisation": "granit",
    "activity": "meeting",
}


def book(member: Person, now: datetime, **more: str) -> Booking:
    return bookings.book(
        Wish(("tallen",), TEN, TEN + HOUR, "Board meeting", "granit", "meeting", **more), by=member, now=now
    )


def taken(member: Person, now: datetime, at: datetime, resource: str = "tallen") -> Booking:
    """An hour that is booked before."""
    wish = Wish((resource,), at, at + HOUR, "Theirs", "granit", "meeting")
    return bookings.book(wish, by=member, now=now)


def newest() -> Booking:
    return db.session.query(Booking).order_by(Booking.id.desc()).first() or pytest.fail("no booking")


def starts(booking: Booking) -> list[str]:
    return [f"{each.starts_at:%m-%d %H:%M}" for each in booking.dates]


def page_of(series: Booking, page: str, number: int) -> str:
    return f"/bookings/{series.id}/{page}?date_id={series.dates[number].id}"
