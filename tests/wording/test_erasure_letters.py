"""The letters that go with erasing somebody."""

from datetime import datetime, timedelta

import pytest

from app.models import BookingDate, Office, Person
from app.services import bookings
from app.services.dated import dated
from app.services.privacy import Ended
from app.wording.erasure import guest_letter
from tests.factories import TEN, Factory, wish


@pytest.fixture
def member(make: Factory) -> Person:
    for slug in ("tallen", "granen"):
        make.room(slug)
    make.room("forsen", "umea")
    return make.person()


def letter(office: Office, *booked: BookingDate, language: str = "en") -> str:
    return guest_letter(Ended(office, [dated(date) for date in booked]), language)[1]


def test_every_place_is_named(make: Factory, member: Person, now: datetime) -> None:
    together = bookings.book(wish(TEN, "tallen", "forsen"), by=member, now=now).dates
    told = letter(make.office(), *together)
    assert "Tuesday 8 September 2026, 10:00–11:00\nTallen, Forsen, Stockholm, Umea\n" in told
    assert "Tallen, Forsen" in letter(make.office(), *together, language="sv")


def test_dates_in_different_rooms_each_name_their_own(make: Factory, member: Person, now: datetime) -> None:
    first = bookings.book(wish(TEN, "tallen"), by=member, now=now).dates
    second = bookings.book(wish(TEN + timedelta(days=1), "granen"), by=member, now=now).dates
    told = letter(make.office(), *first, *second)
    assert "Tuesday 8 September 2026, 10:00–11:00 · Tallen\n" in told
    assert "Wednesday 9 September 2026, 10:00–11:00 · Granen\nStockholm\n" in told


def test_many_dates_are_counted(make: Factory, member: Person, now: datetime) -> None:
    series = bookings.book(wish(TEN, "tallen", recurrence="FREQ=WEEKLY;COUNT=15"), by=member, now=now).dates
    assert "and 3 more dates\nTallen, Stockholm\n" in letter(make.office(), *series)
