"""The series that is changed: four Tuesdays at ten, in one of two rooms that can be booked for two years."""

from datetime import datetime

import pytest

from app.models import Booking, Person
from app.services import bookings
from tests.factories import Factory, wish


@pytest.fixture
def member(make: Factory) -> Person:
    make.room("tallen", max_days_ahead=730)
    make.room("granen", capacity=12, max_days_ahead=730)
    return make.person()


@pytest.fixture
def series(member: Person, now: datetime) -> Booking:
    """Four Tuesdays at ten."""
    return bookings.book(wish(recurrence="FREQ=WEEKLY;COUNT=4"), by=member, now=now)
