"""The database itself refuses two live slots of a resource at once, whatever the program does."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy.exc import DBAPIError

from app.database import is_overlap
from app.extensions import db
from app.models import Booking, BookingDate, Slot
from tests.databases import both
from tests.factories import HOUR, TEN, Factory


def add_slot(make: Factory, start: datetime, end: datetime, live: bool = True, room: str = "tallen") -> Slot:
    room_ = make.room(room)
    booking = Booking(
        uid=str(uuid4()),
        title="Möte",
        organisation_id=make.organisation().id,
        category_id=make.category().id,
        activity_id=make.activity().id,
        timezone="Europe/Stockholm",
    )
    date = BookingDate(
        booking=booking,
        original_start_at=start,
        starts_at=start,
        ends_at=end,
        status="confirmed",
        changed_at=TEN,
    )
    slot = Slot(
        date=date,
        resource_id=room_.id,
        starts_at=start,
        ends_at=end,
        blocks_from=start,
        blocks_until=end,
        live=live,
    )
    db.session.add_all([booking, date, slot])
    db.session.commit()
    return slot


@both
@pytest.mark.parametrize(
    ("start", "end"),
    [
        (TEN, TEN + HOUR),
        (TEN - HOUR, TEN + timedelta(minutes=1)),
        (TEN + timedelta(minutes=59), TEN + 2 * HOUR),
        (TEN + timedelta(minutes=20), TEN + timedelta(minutes=30)),
        (TEN - timedelta(days=15), TEN + timedelta(days=15)),
    ],
)
def test_refuses_an_overlap(make: Factory, start: datetime, end: datetime) -> None:
    add_slot(make, TEN, TEN + HOUR)
    with pytest.raises(DBAPIError) as refused:
        add_slot(make, start, end)
    db.session.rollback()
    assert is_overlap(refused.value)


@both
def test_lets_neighbours_other_rooms_and_dead_slots_be(make: Factory) -> None:
    add_slot(make, TEN, TEN + HOUR)
    add_slot(make, TEN + HOUR, TEN + 2 * HOUR)
    add_slot(make, TEN - HOUR, TEN)
    add_slot(make, TEN, TEN + HOUR, room="granen")
    add_slot(make, TEN, TEN + HOUR, live=False)


@both
def test_refuses_a_slot_that_comes_back_to_life(make: Factory) -> None:
    dead = add_slot(make, TEN, TEN + HOUR, live=False)
    add_slot(make, TEN, TEN + HOUR)
    dead.live = True
    with pytest.raises(DBAPIError) as refused:
        db.session.commit()
    db.session.rollback()
    assert is_overlap(refused.value)


@both
def test_refuses_a_slot_that_is_moved_or_grows_into_another(make: Factory) -> None:
    add_slot(make, TEN, TEN + HOUR)
    neighbour = add_slot(make, TEN + HOUR, TEN + 2 * HOUR)
    neighbour.blocks_from = TEN + timedelta(minutes=45)
    with pytest.raises(DBAPIError) as refused:
        db.session.commit()
    db.session.rollback()
    assert is_overlap(refused.value)


@both
def test_refuses_a_block_longer_than_the_guard_looks_back(make: Factory) -> None:
    with pytest.raises(DBAPIError) as refused:
        add_slot(make, TEN, TEN + timedelta(days=34))
    db.session.rollback()
    assert not is_overlap(refused.value)
