"""A date that stayed because something was in the way goes with its series again as soon as it can."""

from datetime import datetime

import pytest

from app.domain.errors import Taken
from app.extensions import db
from app.models import Booking, Closure, Person
from app.services import bookings
from app.services.bookings.left_behind import left_behind
from app.wording.history import history_line
from tests.databases import both
from tests.factories import Factory, wish
from tests.services.series.told import STOCKHOLM, at, by_rule, fresh, history_of, local, rooms, says

FREE = frozenset({"taken"})


@pytest.fixture
def stuck(series: Booking, member: Person, now: datetime) -> Booking:
    """At one o'clock, but for the first date, which stays at ten: somebody else has one o'clock then."""
    bookings.book(wish(at(9, 8, 13)), by=member, now=now)
    moved = bookings.change(
        series.dates[0].id, wish(at(9, 8, 13), skip=FREE), scope="all", version=1, by=member, now=now
    )
    return fresh(moved.booking)


@both
@pytest.mark.parametrize("scope", ["following", "all"])
def test_it_follows_a_later_change(stuck: Booking, member: Person, now: datetime, scope: str) -> None:
    assert local(stuck) == ["09-08 10:00", "09-15 13:00", "09-22 13:00", "09-29 13:00"]
    whom = stuck.dates[1].id
    if scope == "following":  # of the first date that is all
        bookings.book(wish(at(9, 22, 14)), by=member, now=now)
        after = wish(at(9, 15, 14), skip=FREE)
        changed = bookings.change(whom, after, scope=scope, version=stuck.version, by=member, now=now)
        assert local(fresh(changed.booking)) == ["09-15 14:00", "09-22 13:00", "09-29 14:00"]
        (carried,) = left_behind(changed.booking).stays.values()
        assert (carried.interval.start, carried.reason) == (at(9, 22, 14), "taken")
        stuck, whom = changed.booking, changed.id
    later = wish(at(9, 15, 15))
    changed = bookings.change(whom, later, scope="all", version=stuck.version, by=member, now=now)
    booking = fresh(changed.booking)
    assert {each[-5:] for each in local(booking)} == {"15:00"}
    assert says(booking) == by_rule(booking)
    assert not left_behind(booking).stays


@both
def test_where_it_cannot_it_stays_once_more_and_holds_up_nobody(
    stuck: Booking, member: Person, now: datetime
) -> None:
    bookings.book(wish(at(9, 8, 15)), by=member, now=now)
    later = wish(at(9, 15, 15))
    planned = bookings.plan_change(stuck.dates[1].id, later, scope="all", by=member, now=now)
    assert [(each.date.id, each.reason) for each in planned.stays] == [(stuck.dates[0].id, "taken")]
    bookings.change(stuck.dates[1].id, later, scope="all", version=stuck.version, by=member, now=now)
    assert local(fresh(stuck)) == ["09-08 10:00", "09-15 15:00", "09-22 15:00", "09-29 15:00"]
    assert left_behind(stuck).stays[stuck.dates[0].id].interval.start == at(9, 8, 15)
    bookings.book(wish(at(9, 22, 16)), by=member, now=now)
    with pytest.raises(Taken) as taken:  # the others are asked about
        bookings.change(
            stuck.dates[1].id, wish(at(9, 15, 16)), scope="all", version=stuck.version, by=member, now=now
        )
    assert [each.wanted and each.wanted.start for each in taken.value.clashes] == [at(9, 22, 16)]


def test_nor_where_it_is_closed_or_a_rule_is_against_it(
    stuck: Booking, make: Factory, member: Person, now: datetime
) -> None:
    office = make.office()
    db.session.add(
        Closure(
            office_id=office.id,
            starts_at=at(9, 8, 15),
            ends_at=at(9, 8, 17),
            reason="Repairs",
            source="host",
            entered_at=now,
        )
    )
    db.session.commit()
    bookings.change(
        stuck.dates[1].id, wish(at(9, 15, 15)), scope="all", version=stuck.version, by=member, now=now
    )
    assert local(fresh(stuck)) == ["09-08 10:00", "09-15 15:00", "09-22 15:00", "09-29 15:00"]
    assert left_behind(stuck).stays[stuck.dates[0].id].reason == "closed"
    make.rule(may_book=False, starts_at=at(9, 8, 0), ends_at=at(9, 8, 23), reason="Inventory")
    bookings.change(
        stuck.dates[1].id, wish(at(9, 15, 12)), scope="all", version=stuck.version, by=member, now=now
    )
    assert local(fresh(stuck)) == ["09-08 10:00", "09-15 12:00", "09-22 12:00", "09-29 12:00"]


def test_another_room_takes_it_back_to_its_time(stuck: Booking, member: Person, now: datetime) -> None:
    bookings.change(
        stuck.dates[1].id,
        wish(at(9, 15, 13), "granen"),
        scope="all",
        version=stuck.version,
        by=member,
        now=now,
    )
    assert local(fresh(stuck)) == ["09-08 13:00", "09-15 13:00", "09-22 13:00", "09-29 13:00"]
    assert rooms(stuck) == ["granen"] * 4


def test_other_words_leave_it_where_it_is(stuck: Booking, member: Person, now: datetime) -> None:
    words = wish(at(9, 15, 13), title="Annat")
    bookings.change(stuck.dates[1].id, words, scope="all", version=stuck.version, by=member, now=now)
    assert local(fresh(stuck))[0] == "09-08 10:00"
    assert stuck.dates[0].id in left_behind(stuck).stays


def test_who_moved_it_by_itself_keeps_it(stuck: Booking, member: Person, now: datetime) -> None:
    bookings.change(
        stuck.dates[0].id, wish(at(9, 8, 11)), scope="this", version=stuck.version, by=member, now=now
    )
    bookings.change(
        stuck.dates[1].id, wish(at(9, 15, 15)), scope="all", version=fresh(stuck).version, by=member, now=now
    )
    assert local(fresh(stuck)) == ["09-08 11:00", "09-15 15:00", "09-22 15:00", "09-29 15:00"]


def test_a_split_takes_the_reasons_along(stuck: Booking, member: Person, now: datetime) -> None:
    for taken in (at(9, 8, 14), at(9, 29, 14)):
        bookings.book(wish(taken), by=member, now=now)
    bookings.change(
        stuck.dates[1].id,
        wish(at(9, 15, 14), skip=FREE),
        scope="all",
        version=stuck.version,
        by=member,
        now=now,
    )
    stays = {number: each.interval.start for number, each in left_behind(fresh(stuck)).stays.items()}
    last = stuck.dates[3].id
    assert stays == {stuck.dates[0].id: at(9, 8, 14), last: at(9, 29, 14)}
    words = wish(at(9, 15, 14), title="Annat")
    changed = bookings.change(
        stuck.dates[1].id, words, scope="following", version=stuck.version, by=member, now=now
    )
    carried = left_behind(fresh(changed.booking))
    assert {number: each.interval.start for number, each in carried.stays.items()} == {last: at(9, 29, 14)}
    assert carried.stayed_last == frozenset(), "that was told before"
    assert left_behind(fresh(stuck)).stays.keys() == {stuck.dates[0].id}


def test_the_history_tells_the_time_of_those_that_changed(stuck: Booking) -> None:
    line = history_of(stuck)[-1]
    assert history_line(line.action, line.details, STOCKHOLM) == (
        "Changed, 3 dates: Time: 15 Sept 2026 10:00–11:00 → 15 Sept 2026 13:00–14:00; "
        "one date stays as it was"
    )
