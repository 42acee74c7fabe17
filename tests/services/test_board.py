"""The board shows what is taken, as each reader may see it, and what is free."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.interval import Interval
from app.domain.stretches import Stretch, interval_of
from app.extensions import db
from app.models import Closure, Office, Person
from app.services import bookings, presence
from app.services.audience import PUBLIC, reader_of
from app.services.availability import alternatives, free
from app.services.board import Row, board
from app.services.bookings import Wish
from app.services.offices import resource_named
from tests.databases import both
from tests.factories import HOUR, TEN, Factory

TUESDAY = Interval(datetime(2026, 9, 7, 22, 0, tzinfo=UTC), datetime(2026, 9, 8, 22, 0, tzinfo=UTC))
CANARY = "Hemlig rubrik"


@pytest.fixture
def office(make: Factory) -> Office:
    make.room("tallen", capacity=6)
    make.room("granen", capacity=8, buffer_before_minutes=30)
    return make.office()


@pytest.fixture
def member(make: Factory) -> Person:
    return make.person()


def wish(room: str = "tallen", start: datetime = TEN, hours: float = 1) -> Wish:
    return Wish((room,), start, start + hours * HOUR, CANARY, "granit", "meeting")


def intervals(stretches: list[Stretch]) -> list[Interval]:
    return [interval_of(each) for each in stretches]


def row(rows: list[Row], slug: str = "tallen") -> Row:
    return next(each for each in rows if each.resource.slug == slug)


@both
def test_each_reader_sees_what_is_theirs_to_see(
    office: Office, make: Factory, member: Person, now: datetime
) -> None:
    bookings.book(wish(), by=member, now=now)
    stranger = make.person("stranger@example.org", organisation="annat")
    colleague = make.person("colleague@example.org")
    seen = {
        name: row(board(office, TUESDAY, reader)).items[0]
        for name, reader in {
            "public": PUBLIC,
            "stranger": reader_of(office, stranger),
            "colleague": reader_of(office, colleague),
            "own": reader_of(office, member),
            "host": reader_of(office, make.host()),
        }.items()
    }
    assert {name: item.title for name, item in seen.items()} == {
        "public": None,
        "stranger": None,
        "colleague": CANARY,
        "own": CANARY,
        "host": CANARY,
    }
    assert [name for name, item in seen.items() if item.own] == ["own"]
    assert CANARY not in repr(seen["public"])


@both
def test_free_is_open_less_taken(office: Office, member: Person, now: datetime) -> None:
    bookings.book(wish(), by=member, now=now)
    found = row(board(office, TUESDAY, PUBLIC))
    opens, closes = TEN - 2 * HOUR, TEN + 7 * HOUR
    assert intervals(found.open) == [Interval(opens, closes)]
    assert intervals(found.free) == [Interval(opens, TEN), Interval(TEN + HOUR, closes)]


def test_cancelled_bookings_leave_the_board(office: Office, member: Person, now: datetime) -> None:
    booking = bookings.book(wish(), by=member, now=now)
    bookings.cancel(booking.id, by=member, now=now)
    assert row(board(office, TUESDAY, PUBLIC)).items == []


@both
def test_that_nobody_came_is_for_the_organiser_and_the_host(
    office: Office, make: Factory, member: Person, now: datetime
) -> None:
    missed = bookings.book(wish(), by=member, now=now)
    host = make.host()
    presence.mark_no_show(missed.dates[0].id, by=host, now=TEN)
    readers = {
        "public": PUBLIC,
        "stranger": reader_of(office, make.person("stranger@example.org", organisation="annat")),
        "colleague": reader_of(office, make.person("colleague@example.org")),
        "own": reader_of(office, member),
        "host": reader_of(office, host),
    }
    rows = {name: row(board(office, TUESDAY, reader)) for name, reader in readers.items()}
    seen = {name: [item.status for item in found.items] for name, found in rows.items()}
    nobody: list[str] = []
    assert seen == {
        "public": nobody,
        "stranger": nobody,
        "colleague": nobody,
        "own": ["no_show"],
        "host": ["no_show"],
    }
    assert {name: len(found.free) for name, found in rows.items()} == dict.fromkeys(readers, 1)


@both
def test_long_bookings_from_days_before_are_shown(
    office: Office, make: Factory, member: Person, now: datetime
) -> None:
    make.office("dygnet", opens=0, closes=1440, days=range(7))
    room = make.room("studion", office="dygnet", max_minutes=20 * 1440)
    start = TEN - timedelta(days=1) + HOUR
    long = Wish(("studion",), start, start + timedelta(days=10), "Lång", "granit", "meeting")
    bookings.book(long, by=member, now=now)
    day = Interval(TUESDAY.start + timedelta(days=6), TUESDAY.end + timedelta(days=6))
    (found,) = board(make.office("dygnet"), day, PUBLIC, [room])
    shown = intervals([(item.start, item.end) for item in found.items])
    assert shown == [Interval(start, start + timedelta(days=10))]


def test_closures_take_what_is_free(office: Office, now: datetime) -> None:
    closure = Interval(TEN, TEN + HOUR)
    db.session.add(
        Closure(
            office_id=office.id,
            starts_at=closure.start,
            ends_at=closure.end,
            reason="Brandövning",
            source="host",
            entered_at=now,
        )
    )
    db.session.commit()
    found = row(board(office, TUESDAY, PUBLIC))
    assert [(interval_of(closed), reason) for closed, reason in found.closures] == [(closure, "Brandövning")]
    assert found.free
    assert not any(stretch.holds(TEN) for stretch in intervals(found.free))


@both
def test_what_is_free_leaves_room_for_own_buffers(office: Office, member: Person, now: datetime) -> None:
    bookings.book(wish("granen"), by=member, now=now)
    (granen,) = [each for each in free(office, TUESDAY) if each.resource.slug == "granen"]
    assert granen.stretches[0].end == TEN - HOUR / 2
    assert granen.fits(Interval(TEN + 1.5 * HOUR, TEN + 2 * HOUR))
    assert not granen.fits(Interval(TEN + HOUR, TEN + 2 * HOUR))


@both
def test_the_board_offers_what_can_be_booked(
    office: Office, make: Factory, member: Person, now: datetime
) -> None:
    make.room("linden", buffer_after_minutes=15)
    quarter = HOUR / 4
    for room in ("linden", "granen"):
        bookings.book(wish(room), by=member, now=now)
    found = row(board(office, TUESDAY, PUBLIC), "linden")
    opens, closes = TEN - 2 * HOUR, TEN + 7 * HOUR
    assert intervals(found.free) == [Interval(opens, TEN - quarter), Interval(TEN + HOUR + quarter, closes)]
    rows = {each.resource.slug: intervals(each.free) for each in board(office, TUESDAY, PUBLIC)}
    assert rows == {each.resource.slug: each.stretches for each in free(office, TUESDAY)}
    bookings.book(wish("linden", TEN + HOUR + quarter), by=member, now=now)


@both
def test_alternatives_are_another_room_and_the_nearest_time(
    office: Office, member: Person, now: datetime
) -> None:
    bookings.book(wish(hours=2), by=member, now=now)
    tallen = resource_named("tallen")
    found = alternatives(tallen, Interval(TEN + HOUR, TEN + 2 * HOUR), now=now)
    assert [(each.resource, each.start) for each in found] == [
        ("granen", TEN + HOUR),
        ("tallen", TEN + 2 * HOUR),
    ]
