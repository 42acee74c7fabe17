"""Nobody came: released by itself, once, and told."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from app.domain.errors import Taken
from app.extensions import db
from app.models import BookingDate, BookingRule, History, OutboxMail, Person, Resource
from app.services import bookings, presence
from app.services.bookings import Wish
from app.services.release import release_at, release_due
from tests.databases import both
from tests.factories import HOUR, TEN, Factory

MINUTE = timedelta(minutes=1)


@pytest.fixture
def room(make: Factory) -> Resource:
    room = make.room("tallen")
    rule(room, 15)
    return room


@pytest.fixture
def member(make: Factory) -> Person:
    return make.person(language="en")


@pytest.fixture
def host(make: Factory, room: Resource) -> Person:
    return make.host()


def rule(room: Resource, minutes: int) -> None:
    db.session.add(
        BookingRule(office_id=room.office_id, resource_id=room.id, source="host", release_minutes=minutes)
    )
    db.session.commit()


def book(
    by: Person, now: datetime, *slugs: str, start: datetime = TEN, length: timedelta = HOUR
) -> BookingDate:
    wish = Wish(slugs or ("tallen",), start, start + length, "Board meeting", "granit", "meeting")
    return bookings.book(wish, by=by, now=now).dates[0]


@both
def test_whom_nobody_came_for_is_released_and_told_once(
    room: Resource, member: Person, host: Person, now: datetime
) -> None:
    date = book(member, now)
    assert release_at(date) == TEN + 15 * MINUTE
    assert release_due(TEN + 15 * MINUTE - timedelta(seconds=1)) == 0
    assert release_due(TEN + 15 * MINUTE) == 1
    assert release_due(TEN + 16 * MINUTE) == 0
    assert (date.status, date.slots[0].live) == ("no_show", False)
    line = db.session.scalars(select(History).order_by(History.id.desc())).first()
    assert line is not None
    assert (line.action, line.by_id, line.details["due"]) == ("no_show", None, "2026-09-08T08:15:00+00:00")
    (mail,) = db.session.scalars(select(OutboxMail))
    assert (mail.recipient, mail.subject) == ("member@example.org", "Nobody checked in: Board meeting")
    assert "Nobody had checked in by 10:15, so the rest of this time is free for others:" in mail.body


@both
def test_a_host_takes_it_back_for_good_as_long_as_the_time_is_free(
    room: Resource, member: Person, host: Person, now: datetime
) -> None:
    date = book(member, now)
    release_due(TEN + 20 * MINUTE)
    presence.undo_presence(date.id, by=host, now=TEN + 21 * MINUTE)
    assert release_at(date) is None
    assert release_due(TEN + 50 * MINUTE) == 0
    assert date.status == "confirmed"
    late = book(member, now, start=TEN + 2 * HOUR)
    release_due(TEN + 2 * HOUR + 20 * MINUTE)
    book(host, TEN + 2 * HOUR + 21 * MINUTE, start=TEN + 2 * HOUR + 30 * MINUTE, length=HOUR / 2)
    with pytest.raises(Taken):
        presence.undo_presence(late.id, by=host, now=TEN + 2 * HOUR + 22 * MINUTE)


def test_who_came_or_was_counted_stays(room: Resource, member: Person, host: Person, now: datetime) -> None:
    came, counted = book(member, now), book(member, now, start=TEN + 2 * HOUR)
    presence.check_in(came.id, by=member, now=TEN)
    presence.count_heads(counted.id, women=2, men=0, other=0, by=member, now=TEN + 2 * HOUR)
    assert release_at(came) is None
    assert release_at(counted) is None
    assert release_due(TEN + 30 * MINUTE) == release_due(TEN + 2 * HOUR + 30 * MINUTE) == 0


def test_neither_long_dates_nor_desks_nor_what_is_over_nor_what_was_imported(
    make: Factory, room: Resource, member: Person, now: datetime
) -> None:
    desk = make.room("plats-1", kind="desk")
    rule(desk, 15)
    assert release_at(book(member, now, length=4 * HOUR)) == TEN + 15 * MINUTE
    day = timedelta(days=1)
    assert release_at(book(member, now, start=TEN + day, length=4 * HOUR + 15 * MINUTE)) is None
    assert release_at(book(member, now, "plats-1")) is None
    brief = book(member, now, start=TEN + 2 * day, length=15 * MINUTE)
    assert release_at(brief) is None, "it would be over"
    imported = book(member, now, start=TEN + 3 * day)
    imported.booking.imported_as = "4711"
    db.session.commit()
    assert release_at(imported) is None
    assert release_due(TEN + 3 * day + 30 * MINUTE) == 0
    assert release_due(TEN + 5 * HOUR) == 0


def test_the_strictest_that_releases_speaks(
    make: Factory, room: Resource, member: Person, now: datetime
) -> None:
    granen, bjorken = make.room("granen"), make.room("bjorken")
    rule(granen, 10)
    rule(bjorken, 0)
    assert release_at(book(member, now, "tallen", "granen", "bjorken")) == TEN + 10 * MINUTE
    assert release_at(book(member, now, "bjorken", start=TEN + HOUR)) is None


def test_what_is_booked_after_its_start_has_as_long_from_then_on(
    room: Resource, member: Person, host: Person
) -> None:
    date = book(member, TEN + 4 * MINUTE)
    assert release_at(date) == TEN + 19 * MINUTE


@pytest.mark.parametrize(
    "start", ["2026-03-29T03:00", "2026-10-25T02:00", "2027-03-28T03:00", "2027-10-31T02:00"]
)
def test_in_a_night_of_another_length(make: Factory, member: Person, start: str) -> None:
    room = make.room("natten", office=make.office("natt", opens=0, closes=1440, days=range(7)).slug)
    rule(room, 15)
    begins = datetime.fromisoformat(start).replace(tzinfo=ZoneInfo("Europe/Stockholm")).astimezone(UTC)
    date = book(member, begins - timedelta(days=3), "natten", start=begins, length=2 * HOUR)
    assert release_at(date) == begins + 15 * MINUTE
    assert release_due(begins + 14 * MINUTE) == 0
    assert release_due(begins + 15 * MINUTE) == 1
