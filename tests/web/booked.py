"""What tests of the booking pages begin with: one booking, and the form filled in."""

from datetime import UTC, datetime, timedelta

from app.models import Booking, Person
from app.services import bookings
from app.services.bookings import Wish

HOUR = timedelta(hours=1)
TEN = datetime(2026, 9, 8, 8, 0, tzinfo=UTC)  # Tuesday, 10:00 in Stockholm
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
