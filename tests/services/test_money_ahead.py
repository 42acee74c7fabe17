"""What hosts are told ahead of a change of a booking: the same amount that there is once it is made."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from flask import Flask

from app.domain.interval import Interval
from app.models import Booking, Office, Organisation, Person
from app.services.bookings import book
from app.services.bookings.change import change
from app.services.money.ahead import Ahead, Held, ahead_of_change
from app.services.money.companies import undertaking_of
from app.services.money.decisions import decide_booking
from app.services.money.received import received_by
from tests.databases import both
from tests.factories import HOUR, TEN, Factory, wish
from tests.services.money_rows import counting, value

WEEK = timedelta(days=7)


def to(make: Factory, start: datetime, hours: float, room: str = "tallen") -> Held:
    return Interval(start, start + hours * HOUR), [make.room(room)]


def ahead(
    booking: Booking, office: Office, anew: Mapping[int, Held], by: Person, organisation: Organisation
) -> Ahead | None:
    meant = [each.id for each in booking.dates]
    return ahead_of_change(office, organisation, booking, meant, anew, by=by)


@both
def test_a_longer_time_counts_instead_of_the_one_there_is(app: Flask, make: Factory, now: datetime) -> None:
    office, host = counting(make, now, cap=100_000)
    granit = make.organisation()
    booking = book(wish(TEN, hours=2), by=host, now=now)
    number = booking.dates[0].id
    told = ahead(booking, office, {number: to(make, TEN, 4)}, host, granit)
    assert told is not None
    assert (told.standing.received, told.standing.level) == (80_000, "near")
    change(number, wish(TEN, hours=4), version=booking.version, by=host, now=now)
    assert received_by(office, undertaking_of(granit), told.day).total == told.standing.received
    assert ahead(booking, office, {}, make.person(), granit) is None


@both
def test_another_room_has_its_own_value_and_one_without_any_says_nothing(
    app: Flask, make: Factory, now: datetime
) -> None:
    office, host = counting(make, now, cap=100_000)
    granit = make.organisation()
    value(make.room("granen"), 450, by=host, now=now)
    booking = book(wish(TEN, hours=2), by=host, now=now)
    number = booking.dates[0].id
    told = ahead(booking, office, {number: to(make, TEN, 2, "granen")}, host, granit)
    assert told is not None
    assert told.standing.received == 90_000
    assert ahead(booking, office, {number: to(make, TEN, 2, "skogen")}, host, granit) is None


@both
def test_dates_of_a_series_that_stay_count_once(app: Flask, make: Factory, now: datetime) -> None:
    office, host = counting(make, now, cap=100_000)
    series = wish(TEN, recurrence="FREQ=WEEKLY;COUNT=3")
    booking = book(series, by=host, now=now)
    second = booking.dates[1].id
    told = ahead(booking, office, {second: to(make, TEN + WEEK, 2)}, host, make.organisation())
    assert told is not None
    assert (told.day, told.standing.received) == (date(2026, 9, 22), 80_000)


@both
def test_another_company_has_received_the_whole_booking(app: Flask, make: Factory, now: datetime) -> None:
    office, host = counting(make, now, cap=100_000)
    skiffer = make.organisation("skiffer")
    book(wish(TEN, hours=2), by=host, now=now)
    booking = book(wish(TEN + 2 * HOUR, hours=4), by=host, now=now)
    told = ahead(booking, office, {}, host, skiffer)
    assert told is not None
    assert (told.undertaking.name, told.standing.received) == ("Skiffer AB", 80_000)
    region = make.organisation("regionen", "region")
    assert ahead(booking, office, {}, host, region) is None


@both
def test_a_booking_keeps_its_own_decision(app: Flask, make: Factory, now: datetime) -> None:
    office, host = counting(make, now, cap=100_000)
    granit, region = make.organisation(), make.organisation("regionen", "region")
    booking = book(wish(TEN, hours=4), by=host, now=now)
    decide_booking(office, booking.id, False, "Hyra.", by=host, now=now)
    anew = {booking.dates[0].id: to(make, TEN, 5)}
    assert ahead(booking, office, anew, host, granit) is None
    decide_booking(office, booking.id, True, "Ändå.", by=host, now=now)
    told = ahead(booking, office, anew, host, region)
    assert told is not None
    assert (told.undertaking.name, told.standing.received) == ("Regionen AB", 100_000)
