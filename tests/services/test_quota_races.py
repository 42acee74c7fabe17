"""Many of one organisation at once, on databases of their own where every commit is real: none gets past."""

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from flask import Flask

from app.domain.errors import Refused
from app.extensions import db
from app.models import BookingRule, Person
from app.services import bookings
from app.services.bookings import Wish
from tests.conftest import NOW, make_app
from tests.factories import Factory

CLIENTS = 8
TEN = datetime(2026, 9, 8, 8, 0, tzinfo=UTC)  # Tuesday, 10:00 in Stockholm
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def shared(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Flask, list[int]]]:
    """An application with a room and a person for each client, all of one organisation."""
    folder = tmp_path_factory.mktemp("quotas")
    url = f"sqlite:///{folder / 'quotas.db'}"
    if request.param == "postgres":
        server = request.getfixturevalue("postgres_url")
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute("CREATE DATABASE quotas")
        base, _, query = server.partition("?")
        url = base.rpartition("/")[0] + "/quotas" + (f"?{query}" if query else "")
    app = make_app(url, folder)
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
            db.session.add(BookingRule(office_id=make.office().id, source="host", **rule))
        db.session.commit()
    yield app, people
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def at_once(app: Flask, people: list[int], start: datetime, apart: timedelta) -> Counter[str]:
    """What becomes of everybody's wish, each for a room of their own, sent at the same moment."""
    gate = threading.Barrier(len(people))

    def go(number: int) -> str:
        with app.app_context():
            by = db.session.get_one(Person, people[number])
            at = start + number * apart
            wish = Wish((f"room-{number}",), at, at + HOUR, "Möte", "granit", "meeting")
            gate.wait(30)
            try:
                bookings.book(wish, by=by, now=NOW)
            except Refused as refused:
                return str(refused)
            finally:
                db.session.remove()
            return "booked"

    with ThreadPoolExecutor(len(people)) as pool:
        return Counter(pool.map(go, range(len(people))))


def test_a_quota_is_not_taken_twice(shared: tuple[Flask, list[int]]) -> None:
    """At different hours, so that nothing else is in their way."""
    app, people = shared
    assert at_once(app, people, TEN - 2 * HOUR, HOUR) == {"booked": 3, "quota_spent": CLIENTS - 3}


def test_no_more_at_once_than_may_be(shared: tuple[Flask, list[int]]) -> None:
    app, people = shared
    for week in (4, 5, 6):
        start = TEN + timedelta(weeks=week)
        assert at_once(app, people, start, timedelta()) == {"booked": 3, "too_many_at_once": CLIENTS - 3}
