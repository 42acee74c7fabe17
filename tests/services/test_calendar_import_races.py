"""The same file sent by several at once, and a time that somebody books meanwhile: nothing comes in twice."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.extensions import db
from app.models import Booking, Person
from app.services import bookings
from app.services.bookings import Wish
from app.services.calendar_import import Choices, import_entries
from calendars.entries import Entry
from tests.conftest import NOW
from tests.factories import HOUR, TEN, Factory
from tests.races import at_once, own_app

CLIENTS = 6
CHOICES = Choices("granit", "meeting", private="Private meeting")


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def shared(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Flask, int, int]]:
    """An application with a room and a host."""
    with own_app(request, tmp_path_factory.mktemp("imports")) as app:
        with app.app_context():
            make = Factory(NOW)
            room, host = make.room("tallen").id, make.host().id
            make.organisation("granit")
        yield app, room, host


def entries(day: int) -> list[Entry]:
    start = TEN + timedelta(days=day)
    return [Entry(2, f"{day}-{n}", "", start + n * HOUR, start + (n + 1) * HOUR, "Old", "") for n in range(6)]


def count(app: Flask, day: int) -> int:
    with app.app_context():
        start = TEN + timedelta(days=day)
        query = select(func.count()).select_from(Booking).where(Booking.dates.any(starts_at=start))
        found = db.session.scalar(query) or 0
        db.session.remove()
        return found


def test_one_brings_it_in_and_the_others_know_it(shared: tuple[Flask, int, int]) -> None:
    app, room, host = shared

    def bring_in() -> str:
        by = db.session.get_one(Person, host)
        result = import_entries(entries(0), room, CHOICES, by=by, now=NOW)
        return f"{result.imported} new, {result.known} known"

    said = Counter(at_once(app, *[bring_in] * CLIENTS))
    assert said == {"6 new, 0 known": 1, "0 new, 6 known": CLIENTS - 1}
    assert count(app, 0) == 1


@pytest.mark.parametrize("day", range(1, 5))
def test_a_booking_made_meanwhile_keeps_all_of_it_out_or_comes_too_late(
    shared: tuple[Flask, int, int], day: int
) -> None:
    app, room, host = shared
    start = TEN + timedelta(days=day)

    def bring_in() -> str:
        result = import_entries(entries(day), room, CHOICES, by=db.session.get_one(Person, host), now=NOW)
        return f"imported {result.imported}"

    def book() -> str:
        wish = Wish(
            ("tallen",), start + 5 * HOUR, start + 6 * HOUR, "New", "granit", "meeting", override=True
        )
        bookings.book(wish, by=db.session.get_one(Person, host), now=NOW)
        return "booked"

    said = at_once(app, bring_in, book)
    assert set(said) in ({"imported 6", "taken"}, {"import_not_as_seen", "booked"}, {"taken", "booked"})
    assert count(app, day) == ("imported 6" in said)
