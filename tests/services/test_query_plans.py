"""The questions asked most are answered from their indexes, so that old bookings cost nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event

from app.domain.interval import Interval
from app.extensions import db
from app.models import Office, Resource
from app.services import bookings
from app.services.approval import reasons_of
from app.services.audience import PUBLIC
from app.services.availability import live_blocks
from app.services.board import board
from app.services.booking_lists import past, upcoming
from app.services.bookings.slots import clashes
from app.services.closures import booked_under
from app.services.rules.quotas import held_by
from tests.factories import Factory, wish

DAY = Interval(datetime(2026, 9, 7, 22, tzinfo=UTC), datetime(2026, 9, 8, 22, tzinfo=UTC))


@pytest.fixture
def room(make: Factory) -> Resource:
    return make.room("tallen")


@contextmanager
def plans() -> Iterator[list[str]]:
    """What SQLite says that it does for every statement of the block."""
    asked: list[tuple[str, Any]] = []

    def note(
        _connection: Connection, _cursor: object, statement: str, parameters: Any, *_rest: object
    ) -> None:
        asked.append((statement, parameters))

    told: list[str] = []
    engine = db.session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield told
    finally:
        event.remove(engine, "before_cursor_execute", note)
    for statement, parameters in asked:
        if statement.lstrip().startswith(("SELECT", "WITH")):
            rows = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            told.extend(row.detail for row in rows)


Question = Callable[[Office, Resource], object]


@pytest.mark.parametrize(
    ("question", "indexes"),
    [
        (lambda office, _room: board(office, DAY, PUBLIC), ("ix_slot_resource_id_starts_at", "ix_slot_long")),
        (lambda _office, room: clashes([(room, DAY)]), ("ix_slot_live",)),
        (lambda office, _room: live_blocks([office.id], DAY), ("ix_slot_live",)),
        (
            lambda office, _room: held_by(1, office.id, DAY),
            ("ix_slot_resource_id_starts_at", "ix_slot_long"),
        ),
        (lambda office, room: booked_under(office, room, DAY), ("ix_slot_live",)),
    ],
    ids=["board", "clashes", "live blocks", "quotas", "under a closure"],
)
def test_slots_are_found_by_resource_and_time(
    make: Factory, room: Resource, question: Question, indexes: tuple[str, ...]
) -> None:
    with plans() as told:
        question(make.office(), room)
    about_slots = [detail for detail in told if " slot " in detail]
    for index in indexes:
        assert any(index in detail for detail in about_slots), told
    # Both ends of the time are looked up in the index, not only the resource.
    assert all(detail.count(">") == 1 and detail.count("<") == 1 for detail in about_slots), told


def test_nothing_reads_all_slots(make: Factory, room: Resource) -> None:
    with plans() as told:
        board(make.office(), Interval(DAY.start, DAY.start + timedelta(days=7)), PUBLIC, [room])
    assert not [detail for detail in told if "SCAN slot" in detail]


def test_ones_own_dates_are_found_without_all_that_one_ever_booked(make: Factory, now: datetime) -> None:
    person = make.person()
    with plans() as told:
        upcoming(person, now)
        past(person, now)
    about_own = [detail for detail in told if "ix_booking_date_organiser_id_starts_at" in detail]
    assert len(about_own) == 2, told
    assert "starts_at>" in about_own[0]
    assert not any("SCAN booking" in detail or "ix_booking_organiser_id" in detail for detail in told), told


def test_why_a_date_was_given_up_is_found_without_reading_all_history(
    make: Factory, room: Resource, now: datetime
) -> None:
    person = make.person()
    booking = bookings.book(wish(), by=person, now=now)
    bookings.cancel(booking.id, by=person, now=now)
    with plans() as told:
        assert reasons_of(booking.dates) == {}
    about_history = [detail for detail in told if " history " in detail]
    assert about_history
    assert all("booking_id=?" in detail for detail in about_history), told
