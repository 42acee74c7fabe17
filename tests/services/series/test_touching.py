"""Dates of one change that come to lie next to each other in a room that needs time between them."""

from datetime import datetime, timedelta

import pytest

from app.domain.errors import Taken
from app.models import Booking, Person
from app.services import bookings
from tests.databases import both
from tests.factories import HOUR, TEN, Factory, wish
from tests.services.series.told import fresh, rooms, stored

DAY, QUARTER = timedelta(days=1), HOUR / 4
LONG = 23.5


@pytest.fixture
def member(make: Factory) -> Person:
    """May book rooms that never close; `cedern` is cleaned for an hour after each use."""
    make.office("dygnet", opens=0, closes=24 * 60, days=range(7))
    for slug in ("alen", "björken"):
        make.room(slug, "dygnet", max_minutes=24 * 60)
    make.room("cedern", "dygnet", max_minutes=24 * 60, buffer_after_minutes=60)
    return make.person()


def days(member: Person, now: datetime, second: str) -> Booking:
    """Three days in a row with half an hour between, the second in a room of its own."""
    asked = wish(TEN, "alen", hours=LONG, recurrence="FREQ=DAILY;COUNT=3")
    series = bookings.book(asked, by=member, now=now)
    own = wish(TEN + DAY, second, hours=LONG)
    bookings.change(series.dates[1].id, own, scope="this", version=series.version, by=member, now=now)
    return fresh(series)


@both
def test_what_another_date_of_the_change_comes_to_hold_is_named(member: Person, now: datetime) -> None:
    asked = wish(TEN, "alen", hours=12, recurrence="FREQ=DAILY;COUNT=3")
    series = bookings.book(asked, by=member, now=now)
    own = wish(TEN + DAY, "cedern", hours=12)
    bookings.change(series.dates[1].id, own, scope="this", version=series.version, by=member, now=now)
    before = stored()
    longer = wish(TEN, "cedern", hours=LONG)
    with pytest.raises(Taken) as taken:
        bookings.change(series.dates[0].id, longer, scope="all", version=series.version, by=member, now=now)
    assert stored() == before
    clashes = taken.value.clashes
    assert {each.resource for each in clashes} == {"cedern"}
    assert {each.why for each in clashes} == {"buffer"}
    assert all(each.yours and each.booking and each.booking.title == "Möte" for each in clashes)


def test_two_that_are_moved_do_not_get_the_same_room(make: Factory, member: Person, now: datetime) -> None:
    series = days(member, now, "björken")
    other = make.person("other@example.org")
    for room, start in (("alen", TEN + DAY - HOUR / 2), ("björken", TEN + 2 * DAY - HOUR / 2)):
        bookings.book(wish(start, room, hours=0.25), by=other, now=now)  # in the way of each by a quarter
    for room, start in (("björken", TEN + HOUR), ("alen", TEN + DAY + HOUR)):
        bookings.book(wish(start, room, hours=1), by=other, now=now)  # nor would the other's room do
    later = wish(TEN + QUARTER, "alen", hours=LONG, move=True)

    def change() -> Booking:
        return bookings.change(
            series.dates[0].id, later, scope="all", version=series.version, by=member, now=now
        ).booking

    with pytest.raises(Taken) as taken:
        change()
    assert {each.resource for each in taken.value.clashes} == {"björken"}
    make.room("dungen", "dygnet", max_minutes=24 * 60)
    assert rooms(fresh(change())) == ["cedern", "dungen", "alen"]
