"""The database refuses an overlap on every path into its table, whatever the program believed.

Here the program is made blind: to it everything is free, as in the moment in which somebody else was faster.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from app.domain.errors import Taken
from app.extensions import db
from app.models import Booking, BookingDate, BookingResource, History, Person, ResourcePart, Slot
from app.services import approval, bookings, presence
from app.services.booking_file import import_bookings
from app.services.booking_file.place import Placing
from app.services.booking_file.read import COLUMNS
from app.services.bookings import Wish
from app.services.bookings.occupied import Occupied
from tests.databases import both
from tests.factories import HOUR, TEN, Factory

DAY = timedelta(days=1)
Act = Callable[[], object]


def wish(start: datetime = TEN, *resources: str, **other: object) -> Wish:
    settings: dict[str, object] = {"title": "Möte", "organisation": "granit", "activity": "meeting", **other}
    return Wish(resources or ("vast",), start, start + HOUR, **settings)


def written() -> list[list[tuple[object, ...]]]:
    db.session.expire_all()
    tables = [model.__table__ for model in (Booking, BookingDate, Slot, BookingResource, History)]
    ordered = [table.select().order_by(*table.primary_key) for table in tables]
    return [[tuple(row) for row in db.session.execute(query)] for query in ordered]


@pytest.fixture
def member(make: Factory) -> Person:
    """A hall of two parts, the west of which is the only member of a pool and needs an hour afterwards."""
    pool = make.pool("platser")
    whole = make.room("salen")
    for slug in ("vast", "ost"):
        part = make.room(slug, pool_id=pool.id if slug == "vast" else None, buffer_after_minutes=60)
        db.session.add(ResourcePart(whole_id=whole.id, part_id=part.id))
    make.room("granen")
    db.session.commit()
    return make.person()


def a_booking(member: Person, now: datetime) -> Act:
    return lambda: bookings.book(wish(TEN + HOUR), by=member, now=now)


def a_series(member: Person, now: datetime) -> Act:
    return lambda: bookings.book(wish(TEN - DAY, recurrence="FREQ=DAILY;COUNT=3"), by=member, now=now)


def a_whole(member: Person, now: datetime) -> Act:
    return lambda: bookings.book(wish(TEN, "salen", "granen"), by=member, now=now)


def a_pool(member: Person, now: datetime) -> Act:
    return lambda: bookings.book(wish(TEN, "platser"), by=member, now=now)


def a_room_of_an_office(member: Person, now: datetime) -> Act:
    return lambda: bookings.book(wish(TEN, "salen", sites=("stockholm",)), by=member, now=now)


def a_change(member: Person, now: datetime) -> Act:
    date = bookings.book(wish(TEN, "granen"), by=member, now=now).dates[0]
    return lambda: bookings.change(date.id, wish(TEN, "vast"), version=1, by=member, now=now)


def a_change_of_all(member: Person, now: datetime) -> Act:
    series = bookings.book(wish(TEN - DAY, "granen", recurrence="FREQ=DAILY;COUNT=3"), by=member, now=now)
    date = series.dates[2]
    there = wish(date.starts_at, "vast")
    return lambda: bookings.change(date.id, there, scope="all", version=1, by=member, now=now)


def a_change_of_the_following(member: Person, now: datetime) -> Act:
    series = bookings.book(wish(TEN - DAY, "granen", recurrence="FREQ=DAILY;COUNT=3"), by=member, now=now)
    date = series.dates[1]
    there = wish(TEN, "vast")
    return lambda: bookings.change(date.id, there, scope="following", version=1, by=member, now=now)


def an_uncancel(member: Person, now: datetime) -> Act:
    date = db.session.scalars(select(BookingDate)).one()
    bookings.cancel(date.booking_id, by=member, now=now)
    bookings.book(wish(TEN + HOUR), by=member, now=now)
    return lambda: bookings.restore(date.id, by=member, now=now)


def an_uncancel_of_all(member: Person, now: datetime) -> Act:
    date = db.session.scalars(select(BookingDate)).one()
    bookings.cancel(date.booking_id, by=member, now=now)
    bookings.book(wish(TEN), by=member, now=now)
    return lambda: bookings.restore_dates(date.booking_id, by=member, now=now)


def a_check_in_after_all(member: Person, now: datetime) -> Act:
    date = db.session.scalars(select(BookingDate)).one()
    host = db.session.scalars(select(Person).where(Person.email == "host@example.org")).one()
    presence.mark_no_show(date.id, by=host, now=TEN + HOUR / 4)
    bookings.book(wish(TEN + HOUR / 4), by=member, now=TEN + HOUR / 4)
    return lambda: presence.check_in(date.id, by=host, now=TEN + HOUR / 2)


def a_file(member: Person, now: datetime) -> Act:
    text = (
        f"{','.join(COLUMNS)}\n"
        "1,granen,2026-09-09T10:00,2026-09-09T11:00,Möte,granit,,meeting,confirmed,,,,,\n"
        "2,vast,2026-09-08T10:30,2026-09-08T12:00,Möte,granit,,meeting,requested,,,,,\n"
    )
    return lambda: import_bookings(text, now=now)


def a_file_of_today(member: Person, now: datetime) -> Act:
    text = (
        f"{','.join(COLUMNS)}\n"
        "1,vast,2026-09-08T11:00,2026-09-08T13:00,Möte,granit,,meeting,checked_in,,,,,\n"
    )
    return lambda: import_bookings(text, now=TEN + 2.5 * HOUR)


PATHS = (
    a_booking,
    a_series,
    a_whole,
    a_pool,
    a_room_of_an_office,
    a_change,
    a_change_of_all,
    a_change_of_the_following,
    an_uncancel,
    an_uncancel_of_all,
    a_check_in_after_all,
    a_file,
    a_file_of_today,
)


@both
@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.__name__)
def test_every_path_is_guarded(
    make: Factory,
    member: Person,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
    path: Callable[[Person, datetime], Act],
) -> None:
    make.host()
    bookings.book(wish(), by=member, now=now)
    act = path(member, now)
    before = written()
    monkeypatch.setattr(Occupied, "is_free", lambda *_: True)
    monkeypatch.setattr(Occupied, "in_the_way", lambda *_: ())
    monkeypatch.setattr(Placing, "_is_free", lambda *_: True)
    with pytest.raises(Taken):
        act()
    assert written() == before


@both
def test_a_request_that_is_declined_and_decided_again_takes_no_time_back(
    make: Factory, member: Person, now: datetime
) -> None:
    make.room("granen").approval = True
    db.session.commit()
    asked_for = bookings.book(wish(TEN, "granen"), by=member, now=now).dates[0]
    host = make.host()
    approval.decline(asked_for.id, by=host, now=now)
    bookings.book(wish(TEN, "granen"), by=host, now=now)
    before = written()
    with pytest.raises(Exception, match="not_requested"):
        approval.approve(asked_for.id, by=host, now=now)
    assert written() == before
