"""Of a series only the dates wait for a host whose own rooms ask for that."""

from datetime import datetime

from app.extensions import db
from app.models import Booking, ResourcePart
from app.services import bookings
from app.services.awaited import awaited
from app.wording.history import history_line
from tests.databases import both
from tests.factories import TEN, Factory, wish
from tests.services.series.told import at, fresh, history_of, local, rooms

WEEKLY = "FREQ=WEEKLY;COUNT=3"


def statuses(booking: Booking) -> list[str]:
    return [date.status for date in fresh(booking).dates]


@both
def test_only_the_date_that_moves_to_such_a_room_waits(make: Factory, now: datetime) -> None:
    make.room("tallen", max_days_ahead=730)
    make.room("salen", capacity=40, approval=True, max_days_ahead=730)
    member = make.person()
    bookings.book(wish(at(9, 15)), by=member, now=now)
    asked = wish(TEN, recurrence=WEEKLY, move=True)
    planned = bookings.plan(asked, by=member, now=now)
    assert [each.needs_approval for each in planned.dates] == [False, True, False]
    assert planned.needs_approval
    series = bookings.book(asked, by=member, now=now)
    assert statuses(series) == ["confirmed", "requested", "confirmed"]
    assert [bool(awaited(date)) for date in series.dates] == [False, True, False]
    (booked,) = history_of(series)
    assert history_line(booked.action, booked.details) == (
        "Booked, one date to be approved, one date in another room"
    )
    later = wish(at(9, 8, 13))
    changed = bookings.plan_change(series.dates[0].id, later, scope="all", by=member, now=now)
    assert [each.needs_approval for each in changed.dates] == [False, True, False]
    bookings.change(series.dates[0].id, later, scope="all", version=1, by=member, now=now)
    assert statuses(series) == ["confirmed", "requested", "confirmed"], "nothing is confirmed by the way"
    assert rooms(series) == ["tallen", "salen", "tallen"]


@both
def test_a_change_that_moves_one_date_asks_for_that_alone(make: Factory, now: datetime) -> None:
    make.room("tallen", max_days_ahead=730)
    make.room("salen", capacity=40, approval=True, max_days_ahead=730)
    member = make.person()
    series = bookings.book(wish(TEN, recurrence=WEEKLY), by=member, now=now)
    bookings.book(wish(at(9, 22, 13)), by=member, now=now)
    moving = wish(at(9, 8, 13), move=True)
    bookings.change(series.dates[0].id, moving, scope="all", version=1, by=member, now=now)
    assert statuses(series) == ["confirmed", "confirmed", "requested"]
    assert local(series) == ["09-08 13:00", "09-15 13:00", "09-22 13:00"]


def test_a_rule_for_some_days_asks_on_those(make: Factory, now: datetime) -> None:
    room = make.room("tallen", max_days_ahead=730)
    make.rule(resource_id=room.id, approval=True, starts_at=at(9, 10, 0), ends_at=at(9, 11, 0))
    asked = wish(TEN, recurrence="FREQ=DAILY;COUNT=3")
    series = bookings.book(asked, by=make.person(), now=now)
    assert statuses(series) == ["confirmed", "confirmed", "requested"]
    (booked,) = history_of(series)
    assert (booked.details["status"], booked.details["to_approve"]) == ("confirmed", 1)


def test_where_all_wait_the_whole_is_requested(make: Factory, now: datetime) -> None:
    make.room("salen", capacity=40, approval=True, max_days_ahead=730)
    series = bookings.book(wish(TEN, "salen", recurrence=WEEKLY), by=make.person(), now=now)
    assert statuses(series) == ["requested"] * 3
    assert history_line("booked", history_of(series)[0].details) == "Requested"


@both
def test_what_is_taken_back_asks_as_it_did_when_it_was_booked(make: Factory, now: datetime) -> None:
    part = make.room("ost")
    whole = make.room("aulan", approval=True)  # its parts ask nobody
    db.session.add(ResourcePart(whole_id=whole.id, part_id=part.id))
    room = make.room("tallen")
    make.rule(resource_id=room.id, approval=True, starts_at=at(9, 8, 10), ends_at=at(9, 8, 13))
    db.session.commit()
    member = make.person()
    of_parts = bookings.book(wish(TEN, "aulan"), by=member, now=now)
    into_rule = bookings.book(wish(at(9, 8, 9), "tallen", hours=2), by=member, now=now)
    for booking in (of_parts, into_rule):
        assert statuses(booking) == ["requested"]
        bookings.cancel(booking.id, by=member, now=now)
        bookings.restore_dates(booking.id, by=member, now=now)
        assert statuses(booking) == ["requested"]
