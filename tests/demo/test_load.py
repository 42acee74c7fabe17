"""Loading: all or nothing, on any day of the year. The history is cut short to be quick."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.demo import load
from app.demo.load import is_loaded, load_demo
from app.extensions import db
from app.models import Booking, BookingDate, Office, Person, Slot
from tests.conftest import Clock
from tests.databases import both
from tests.demo.conftest import unwatched
from tests.factories import Factory


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "HISTORY", (date(2018, 11, 1), date(2018, 12, 1)))
    monkeypatch.setattr(load, "PAST_MONTHS", 0)


@contextmanager
def interrupted(total: int) -> Iterator[Callable[[int], None]]:
    def stop(_: int) -> None:
        raise KeyboardInterrupt

    yield stop


@both
def test_interrupted_it_leaves_nothing(app: Flask, now: datetime) -> None:
    with pytest.raises(KeyboardInterrupt):
        load_demo(now=now, watch=interrupted)
    assert not is_loaded()
    assert [db.session.scalar(select(func.count(model.id))) for model in (Office, Person, Booking)] == [
        0,
        0,
        0,
    ]
    assert load_demo(now=now, watch=unwatched) > 500
    assert is_loaded()


def test_the_command_tells_how_many(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["demo", "load"])
    assert result.exit_code == 0, result.output
    count = db.session.scalar(select(func.count(Booking.id)))
    assert f"The demo is loaded: two offices, {count} bookings." in result.output


def test_slugs_that_another_office_has_are_named(app: Flask, make: Factory) -> None:
    make.room("tallen", office="annat")
    result = app.test_cli_runner().invoke(args=["demo", "load"])
    assert result.exit_code == 1
    assert 'stockholm.toml: resources[tallen].slug: "tallen" is taken' in result.output
    assert db.session.scalar(select(func.count(Person.id))) == 0


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 12, 20, 22, 30, tzinfo=UTC),  # a Sunday before Christmas, near midnight in Stockholm
        datetime(2026, 10, 23, 12, tzinfo=UTC),  # the clock goes back in two days
    ],
    ids=["christmas", "clock change"],
)
def test_on_any_day_the_board_and_the_member_have_something(app: Flask, clock: Clock, at: datetime) -> None:
    load_demo(now=at, watch=unwatched)
    coming = (
        select(func.count(BookingDate.id))
        .join(Booking, Booking.id == BookingDate.booking_id)
        .join(Person, Person.id == Booking.organiser_id)
        .where(Person.email == load.MEMBER, BookingDate.starts_at > at, BookingDate.status == "confirmed")
    )
    assert (db.session.scalar(coming) or 0) >= 3
    today = select(func.count(Slot.id)).where(Slot.starts_at > at - timedelta(hours=16), Slot.starts_at < at)
    assert (db.session.scalar(today) or 0) >= 5
