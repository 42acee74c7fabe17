"""When resources are open: own rows, closures, composites, service, and how many queries it takes."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from app.domain.interval import Interval
from app.domain.localtime import day_bounds, zone
from app.extensions import db
from app.models import Closure, Office, OpeningHours, Resource, ResourcePart
from app.services.opening import OfficeHours
from tests.databases import both, statements
from tests.factories import Factory

STOCKHOLM = zone("Europe/Stockholm")
MONDAY = day_bounds(date(2026, 9, 7), STOCKHOLM)


def utc(hour: int, day: int = 7) -> datetime:
    return datetime(2026, 9, day, hour, tzinfo=UTC)


@pytest.fixture
def close(app: Flask, now: datetime) -> Callable[..., Closure]:
    def closed(
        office: Office, start: datetime, end: datetime, resource: Resource | None = None, **more: object
    ) -> Closure:
        closure = Closure(
            office_id=office.id,
            resource_id=resource.id if resource else None,
            starts_at=start,
            ends_at=end,
            reason="Vattenläcka",
            source="host",
            entered_at=now,
            **more,
        )
        db.session.add(closure)
        db.session.commit()
        return closure

    return closed


@both
def test_a_room_follows_the_office_and_its_own_rows_alone_if_it_has_any(make: Factory) -> None:
    office, tallen, granen = make.office(), make.room("tallen"), make.room("granen")
    db.session.add(
        OpeningHours(
            office_id=office.id, resource_id=granen.id, weekday=0, opens_minute=0, closes_minute=1440
        )
    )
    db.session.commit()
    hours = OfficeHours.load(office, MONDAY)
    assert hours.hours(tallen) == [Interval(utc(6), utc(15))]
    assert hours.hours(granen) == [MONDAY]
    tuesday = OfficeHours.load(office, Interval(MONDAY.end, MONDAY.end + timedelta(days=1)))
    assert len(tuesday.hours(tallen)) == 1
    assert tuesday.hours(granen) == []


@both
def test_closures_of_the_office_and_of_the_room_close_retired_ones_do_not(
    make: Factory, close: Callable[..., Closure], now: datetime
) -> None:
    office, tallen, granen = make.office(), make.room("tallen"), make.room("granen")
    close(office, utc(6), utc(7))
    close(office, utc(9), utc(10), tallen)
    close(office, utc(12), utc(13), retired_at=now)
    close(make.office("umea"), utc(6), utc(15))
    hours = OfficeHours.load(office, MONDAY)
    assert hours.open(granen) == [Interval(utc(7), utc(15))]
    assert hours.open(tallen) == [Interval(utc(7), utc(9)), Interval(utc(10), utc(15))]
    assert hours.hours(tallen) == [Interval(utc(6), utc(15))]
    assert hours.closures(tallen) == [
        (Interval(utc(6), utc(7)), "Vattenläcka"),
        (Interval(utc(9), utc(10)), "Vattenläcka"),
    ]


@both
def test_a_whole_is_open_when_all_its_parts_are(make: Factory, close: Callable[..., Closure]) -> None:
    office, whole, west, east = make.office(), make.room("salen"), make.room("vast"), make.room("ost")
    for part in (west, east):
        db.session.add(ResourcePart(whole_id=whole.id, part_id=part.id))
    row = OpeningHours(
        office_id=office.id, resource_id=east.id, weekday=0, opens_minute=600, closes_minute=1200
    )
    db.session.add(row)
    db.session.commit()
    close(office, utc(9), utc(10), west)
    hours = OfficeHours.load(office, MONDAY)
    assert hours.hours(whole) == [Interval(utc(8), utc(15))]
    assert hours.open(whole) == [Interval(utc(8), utc(9)), Interval(utc(10), utc(15))]
    assert len(hours.closures(whole)) == 1


@both
def test_out_of_service_is_not_open(make: Factory) -> None:
    office = make.office()
    room = make.room("ny", active_from=date(2026, 9, 8), active_to=date(2026, 9, 9))
    week = Interval(MONDAY.start, MONDAY.end + timedelta(days=4))
    hours = OfficeHours.load(office, week)
    assert hours.open(room) == [Interval(utc(6, 8), utc(15, 8))]
    assert hours.service(room) == day_bounds(date(2026, 9, 8), STOCKHOLM)
    assert OfficeHours.load(office, MONDAY).hours(room) == []
    assert hours.service(make.room("alltid")) is None


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 10, 25), 25), (date(2027, 3, 28), 23), (date(2027, 10, 31), 25)]
)
def test_a_day_round_the_clock_is_as_long_as_the_clock_makes_it(make: Factory, day: date, hours: int) -> None:
    office = make.office(opens=0, closes=1440, days=range(7))
    (open_time,) = OfficeHours.load(office, day_bounds(day, STOCKHOLM)).open(make.room())
    assert open_time.duration == timedelta(hours=hours)


@both
def test_what_is_known_is_not_read_again(make: Factory) -> None:
    office = make.office()
    rooms = [make.room(f"rum-{n}") for n in range(10)]
    for part in rooms[1:3]:
        db.session.add(ResourcePart(whole_id=rooms[0].id, part_id=part.id))
    db.session.commit()
    before = OfficeHours.load(office, MONDAY)
    db.session.commit()
    with statements() as seen:
        hours = OfficeHours.load(office, MONDAY)
        assert all(hours.open(room) for room in rooms)
    assert hours is before
    assert len(seen) == 1
