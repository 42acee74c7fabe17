"""What a cancelled booking says of itself: why, and what of it can be taken back."""

from datetime import datetime

import pytest
from flask.testing import FlaskClient

from app.extensions import db
from app.models import Booking, Closure, Person
from app.services import bookings
from tests.factories import HOUR, TEN, Factory
from tests.web.booked import WEEK, book, page_of, taken


@pytest.fixture
def series(member: Person, now: datetime) -> Booking:
    return book(member, now, recurrence="FREQ=WEEKLY;COUNT=4;BYDAY=TU")


def test_the_free_ones_are_taken_back(
    series: Booking, member: Person, client: FlaskClient, now: datetime
) -> None:
    bookings.cancel(series.id, by=member, now=now)
    taken(member, now, TEN + 2 * WEEK)
    page = client.get(page_of(series, "", 0).replace("/?", "?")).text
    assert "Take the 3 free dates back" in page
    assert "Take all" not in page
    hindered = client.get(page_of(series, "", 2).replace("/?", "?")).text
    assert "The cancellation cannot be taken back. 1 date is taken. Tuesday 22 September: " in hindered
    assert "Take the cancellation back" not in hindered
    back = {"date_id": str(series.dates[0].id), "all": "free"}
    client.post(f"/bookings/{series.id}/restoration", data=back)
    assert [each.status for each in series.dates] == ["confirmed", "confirmed", "cancelled", "confirmed"]


def test_what_gave_way_to_a_closure_says_so_and_cannot_come_back(
    make: Factory, member: Person, client: FlaskClient, now: datetime
) -> None:
    booking = book(member, now, meeting_url="https://meet.example.org/abc")
    path = f"/bookings/{booking.id}"
    assert "Join the meeting" in client.get(path).text
    shut = Closure(
        office_id=make.office().id,
        starts_at=TEN - HOUR,
        ends_at=TEN + 5 * HOUR,
        reason="New floor",
        source="host",
        entered_at=now,
    )
    db.session.add(shut)
    db.session.commit()
    bookings.cancel(booking.id, by=make.host(), now=now, closed_for="New floor")
    page = client.get(path).text
    assert "Cancelled, because it is closed then: New floor." in page
    assert "The cancellation cannot be taken back." in page
    assert "Take the cancellation back" not in page
    assert "Join the meeting" not in page
