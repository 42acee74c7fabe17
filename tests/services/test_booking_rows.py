"""The fast way to store many bookings."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.domain.errors import Taken
from app.extensions import db
from app.models import Booking, BookingDate, Resource, ResourcePart, Slot
from app.services.booking_file import BookingRow, store_rows
from app.services.transaction import use_case
from tests.databases import both
from tests.factories import Factory

store = use_case(store_rows)
START = datetime(2027, 3, 1, 8, tzinfo=UTC)


@pytest.fixture
def row(app: Flask, make: Factory) -> BookingRow:
    room = make.room("tallen", buffer_after_minutes=15)
    organisation = make.organisation("granit")
    return BookingRow(
        imported_as="1",
        resources=(room.id,),
        asked_for=(room.id,),
        start=START,
        end=START + timedelta(hours=2),
        title="Möte",
        organisation_id=organisation.id,
        category_id=organisation.category_id,
        activity_id=make.activity("meeting").id,
        status="confirmed",
        women=2,
        men=1,
        other=None,
        created_at=None,
        organiser_id=None,
        uid="1@test",
        timezone="Europe/Stockholm",
        live=True,
    )


def another(row: BookingRow, **changed: object) -> BookingRow:
    return replace(row, **{"imported_as": None, "uid": str(uuid4()), **changed})


@both
def test_a_date_knows_whose_it_is(row: BookingRow, make: Factory, now: datetime) -> None:
    person = make.person()
    store([another(row, organiser_id=person.id)], now=now)
    (date,) = db.session.scalars(select(Booking)).one().dates
    assert date.organiser_id == person.id


@both
def test_a_row_becomes_a_booking_with_one_date_and_a_guarded_slot(row: BookingRow, now: datetime) -> None:
    store([row], now=now)
    booking = db.session.scalars(select(Booking)).one()
    (date,) = booking.dates
    (slot,) = date.slots
    assert (booking.imported_as, booking.title, booking.version) == ("1", "Möte", 1)
    assert [wish.resource_id for wish in booking.asked_for] == [slot.resource_id]
    assert (date.status, date.women, date.other, date.changed_at) == ("confirmed", 2, None, now)
    assert (slot.starts_at, slot.ends_at) == (row.start, row.end)
    assert (slot.blocks_from, slot.blocks_until) == (row.start, row.end + timedelta(minutes=15))
    assert slot.live


@both
def test_the_next_booking_made_otherwise_gets_a_free_identifier(row: BookingRow, now: datetime) -> None:
    store(
        [
            another(row, start=START + timedelta(days=n), end=START + timedelta(days=n, hours=1))
            for n in range(3)
        ],
        now=now,
    )
    made = Booking(
        uid="x",
        title="x",
        organisation_id=row.organisation_id,
        category_id=row.category_id,
        activity_id=row.activity_id,
        timezone="UTC",
    )
    db.session.add(made)
    db.session.commit()
    store([another(row, live=False)], now=now)
    assert db.session.scalar(select(func.count(Booking.id))) == 5


@both
def test_two_live_rows_at_once_are_refused_by_the_database(row: BookingRow, now: datetime) -> None:
    with pytest.raises(Taken):
        store([row, another(row)], now=now)
    assert db.session.scalar(select(func.count(Booking.id))) == 0


@both
def test_history_may_overlap_and_blocks_nothing(row: BookingRow, now: datetime) -> None:
    past = another(row, live=False, overlapping=True)
    store([past, another(past), row], now=now)
    assert db.session.scalar(select(func.count(Slot.id))) == 3
    assert db.session.scalar(select(func.count(BookingDate.id)).where(BookingDate.overlapping_import)) == 2


@both
def test_long_use_is_cut_into_pieces_back_to_back(row: BookingRow, now: datetime) -> None:
    store([replace(row, end=START + timedelta(days=70))], now=now)
    slots = db.session.scalars(select(Slot).order_by(Slot.starts_at)).all()
    assert [slot.ends_at - slot.starts_at for slot in slots] == [timedelta(days=d) for d in (31, 31, 8)]
    assert [slot.blocks_until - slot.ends_at for slot in slots] == [
        timedelta(0),
        timedelta(0),
        timedelta(minutes=15),
    ]


@both
def test_readers_of_the_room_and_of_the_whole_it_is_part_of_see_a_change(
    row: BookingRow, now: datetime, make: Factory
) -> None:
    whole, other = make.room("salen"), make.room("granen")
    db.session.add(ResourcePart(whole_id=whole.id, part_id=row.resources[0]))
    member = make.person()
    later = now + timedelta(hours=1)
    store([another(row, organiser_id=member.id)], now=later)
    assert [db.session.get_one(Resource, i).changes for i in (row.resources[0], whole.id, other.id)] == [
        1,
        1,
        0,
    ]
    assert (member.changes, member.changed_at) == (1, later)


def test_progress_adds_up(row: BookingRow, now: datetime) -> None:
    steps: list[int] = []
    use_case(store_rows)(
        [another(row, live=False, start=START + timedelta(hours=n)) for n in range(2)],
        now=now,
        progress=steps.append,
    )
    assert sum(steps) == 2
