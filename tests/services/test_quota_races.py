"""Many of one organisation at once, on databases of their own where every commit is real: none gets past."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from flask import Flask

from app.extensions import db
from app.models import Person
from app.services import bookings
from tests.conftest import NOW
from tests.factories import HOUR, TEN, Factory, wish
from tests.races import at_once, own_app

CLIENTS = 8


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def shared(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Flask, list[int]]]:
    """An application with a room and a person for each client, all of one organisation."""
    with own_app(request, tmp_path_factory.mktemp("quotas")) as app:
        with app.app_context():
            make = Factory(NOW)
            for number in range(CLIENTS):
                make.room(f"room-{number}")
            people = [make.person(f"person{number}@example.org").id for number in range(CLIENTS)]
            # Three hours in September; in October as many as they like, but three at the same moment.
            for rule in (
                {"hours_per_month": 3, "ends_at": datetime(2026, 9, 30, 22, tzinfo=UTC)},
                {"at_once": 3},
            ):
                make.rule(**rule)
        yield app, people


def asked(app: Flask, people: list[int], start: datetime, apart: timedelta) -> Counter[object]:
    """What becomes of everybody's wish, each for a room of their own, sent at the same moment."""

    def book(number: int) -> str:
        asked_for = wish(start + number * apart, f"room-{number}")
        bookings.book(asked_for, by=db.session.get_one(Person, people[number]), now=NOW)
        return "booked"

    return Counter(at_once(app, *(partial(book, number) for number in range(len(people)))))


def test_a_quota_is_not_taken_twice(shared: tuple[Flask, list[int]]) -> None:
    """At different hours, so that nothing else is in their way."""
    app, people = shared
    assert asked(app, people, TEN - 2 * HOUR, HOUR) == {"booked": 3, "quota_spent": CLIENTS - 3}


def test_no_more_at_once_than_may_be(shared: tuple[Flask, list[int]]) -> None:
    app, people = shared
    for week in (4, 5, 6):
        start = TEN + timedelta(weeks=week)
        assert asked(app, people, start, timedelta()) == {"booked": 3, "too_many_at_once": CLIENTS - 3}
