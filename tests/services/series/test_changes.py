"""Changing this date, this and following, or all of a series: where the dates go, and the rule kept true."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from app.domain.errors import Refused
from app.extensions import db
from app.models import Booking, History, Person
from app.services import bookings, presence
from tests.databases import both
from tests.factories import HOUR, TEN, Factory, wish
from tests.services.series.told import asked, at, by_rule, fresh, local, rooms, says, stored

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)


@both
def test_all_of_a_series_moves_by_day_and_hour(series: Booking, member: Person, now: datetime) -> None:
    changed = bookings.change(
        series.dates[1].id,
        wish(at(9, 17, 14), hours=2),
        scope="all",
        version=series.version,
        by=member,
        now=now,
    )
    assert changed.booking is series
    assert local(fresh(series)) == ["09-10 14:00", "09-17 14:00", "09-24 14:00", "10-01 14:00"]
    assert {date.ends_at - date.starts_at for date in series.dates} == {2 * HOUR}
    assert says(series) == by_rule(series) == [date.starts_at for date in series.dates]
    assert {(date.sequence, date.changed_at) for date in series.dates} == {(1, now)}
    assert series.version == 2
    bookings.book(wish(recurrence="FREQ=WEEKLY;COUNT=4"), by=member, now=now)  # the old times are free


@both
def test_following_goes_on_as_another_booking(series: Booking, member: Person, now: datetime) -> None:
    ids = [date.id for date in series.dates]
    moved = bookings.change(
        ids[2],
        wish(at(9, 23, 13), "granen", title="Ny titel"),
        scope="following",
        version=series.version,
        by=member,
        now=now,
    )
    new = fresh(moved.booking)
    assert (new.id != series.id, new.continues_id, new.title, series.title) == (
        True,
        series.id,
        "Ny titel",
        "Möte",
    )
    assert local(series) == ["09-08 10:00", "09-15 10:00"]
    assert local(new) == ["09-23 13:00", "09-30 13:00"]
    assert [[date.id for date in each.dates] for each in (series, new)] == [ids[:2], ids[2:]]
    assert (rooms(series), rooms(new)) == (["tallen"] * 2, ["granen"] * 2)
    assert (asked(series), asked(new)) == (["tallen"], ["granen"])
    assert (series.recurrence, new.recurrence) == ("FREQ=WEEKLY;COUNT=2", "FREQ=WEEKLY;COUNT=2")
    assert says(series) == by_rule(series)
    assert says(new) == by_rule(new)
    assert new.created_at == series.created_at
    assert new.organiser_id == member.id
    actions = select(History.booking_id, History.action).order_by(History.id)
    assert [tuple(row) for row in db.session.execute(actions)] == [
        (series.id, "booked"),
        (series.id, "split"),
        (new.id, "continued"),
    ]
    assert (series.version, new.uid != series.uid) == (2, True)


@both
def test_following_from_the_first_date_is_all(series: Booking, member: Person, now: datetime) -> None:
    first = series.dates[0].id
    bookings.change(first, wish(at(9, 8, 11)), scope="following", version=1, by=member, now=now)
    assert db.session.scalar(select(func.count()).select_from(Booking)) == 1
    assert local(fresh(series)) == ["09-08 11:00", "09-15 11:00", "09-22 11:00", "09-29 11:00"]


@pytest.mark.parametrize("scope", ["following", "all"])
def test_dates_moved_on_their_own_keep_time_and_room(
    series: Booking, member: Person, now: datetime, scope: str
) -> None:
    third = series.dates[2].id
    bookings.change(third, wish(at(9, 24, 15), "granen"), version=1, by=member, now=now)
    fourth = series.dates[3].id
    bookings.change(fourth, wish(at(9, 29), "granen"), version=series.version, by=member, now=now)
    date = bookings.change(
        series.dates[1].id, wish(at(9, 15, 8)), scope=scope, version=series.version, by=member, now=now
    )
    of = fresh(date.booking)
    expected = ["09-15 08:00", "09-24 15:00", "09-29 08:00"]
    assert local(of)[-3:] == expected, "a room of its own is kept, an hour of its own too"
    assert rooms(of)[-3:] == ["tallen", "granen", "granen"]
    moved = next(each for each in of.dates if each.id == third)
    assert moved.original_start_at == at(9, 22, 8), "it stays part of its series"
    assert says(of) == by_rule(of)


def test_what_is_over_running_or_cancelled_stays(series: Booking, member: Person) -> None:
    bookings.cancel(series.id, by=member, now=TEN - HOUR, dates=[series.dates[2].id])
    moment = TEN + WEEK + HOUR / 2  # the second is going on
    bookings.change(
        series.dates[3].id, wish(at(9, 29, 14)), scope="all", version=series.version, by=member, now=moment
    )
    assert local(fresh(series)) == ["09-08 10:00", "09-15 10:00", "09-22 10:00", "09-29 14:00"]
    assert [date.status for date in series.dates] == ["confirmed", "confirmed", "cancelled", "confirmed"]
    assert says(series) == by_rule(series)
    bookings.restore(series.dates[2].id, by=member, now=moment)
    with pytest.raises(Refused) as refused:
        bookings.change(
            series.dates[1].id, wish(), scope="following", version=series.version, by=member, now=moment
        )
    assert refused.value.refusals[0].code == "has_started"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        # 10:00 stays 10:00 over 28 March and 31 October 2027
        (at(3, 23, year=2027), at(3, 24, 9, 30, year=2027), ["03-24 09:30", "03-31 09:30", "04-07 09:30"]),
        (at(10, 26, year=2027), at(10, 25, 16, year=2027), ["10-25 16:00", "11-01 16:00", "11-08 16:00"]),
    ],
)
@both
def test_the_new_time_stands_on_the_wall_clock(
    member: Person, now: datetime, before: datetime, after: datetime, expected: list[str]
) -> None:
    series = bookings.book(wish(before, recurrence="FREQ=WEEKLY;COUNT=3"), by=member, now=now)
    bookings.change(series.dates[0].id, wish(after), scope="all", version=1, by=member, now=now)
    assert local(fresh(series)) == expected
    assert says(series) == by_rule(series)


@pytest.mark.parametrize(
    ("rule", "days", "expected"),
    [
        ("FREQ=DAILY;COUNT=3", 1, "FREQ=DAILY;COUNT=3"),
        ("FREQ=WEEKLY;BYDAY=TU,TH;COUNT=4", 1, "FREQ=WEEKLY;COUNT=4;BYDAY=WE,FR"),
        (
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;COUNT=4",
            -1,
            "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=MO,WE;WKST=SU",
        ),
        ("FREQ=WEEKLY;UNTIL=20261001", 1, "FREQ=WEEKLY;UNTIL=20260930"),
        ("FREQ=WEEKLY;UNTIL=20260922T080000Z", 0, "FREQ=WEEKLY;UNTIL=20260922"),
        ("FREQ=MONTHLY;BYMONTHDAY=8;COUNT=2", 1, "FREQ=MONTHLY;COUNT=2;BYMONTHDAY=9"),
        ("FREQ=MONTHLY;COUNT=2", 1, "FREQ=MONTHLY;COUNT=2"),
    ],
)
def test_the_rule_is_turned_along(
    make: Factory, member: Person, now: datetime, rule: str, days: int, expected: str
) -> None:
    series = bookings.book(wish(recurrence=rule), by=member, now=now)
    later = wish(TEN + days * DAY + HOUR)
    bookings.change(series.dates[0].id, later, scope="all", version=1, by=member, now=now)
    assert fresh(series).recurrence == expected
    assert says(series) == by_rule(series) == [date.starts_at for date in series.dates]


def test_a_day_of_the_month_by_weekday_is_not_shifted(member: Person, now: datetime) -> None:
    series = bookings.book(wish(recurrence="FREQ=MONTHLY;BYDAY=2TU;COUNT=3"), by=member, now=now)
    before = stored()
    with pytest.raises(Refused) as refused:
        bookings.change(series.dates[0].id, wish(TEN + DAY), scope="all", version=1, by=member, now=now)
    assert [each.code for each in refused.value.refusals] == ["cannot_shift_series"]
    assert stored() == before
    bookings.change(series.dates[0].id, wish(TEN + HOUR), scope="all", version=1, by=member, now=now)
    assert local(fresh(series)) == ["09-08 11:00", "10-13 11:00", "11-10 11:00"]


@both
def test_a_count_with_dates_left_out_is_cut_by_the_rule(make: Factory, member: Person, now: datetime) -> None:
    for weeks in (0, 2):
        bookings.book(wish(TEN + weeks * WEEK, title="I vägen"), by=member, now=now)
    series = bookings.book(
        wish(recurrence="FREQ=WEEKLY;COUNT=5", skip=frozenset({"taken"})), by=member, now=now
    )
    assert local(series) == ["09-15 10:00", "09-29 10:00", "10-06 10:00"]
    assert series.recurrence == "FREQ=WEEKLY;COUNT=4", "counted from the first that is booked"
    date = bookings.change(
        series.dates[1].id, wish(at(9, 29, 13)), scope="following", version=1, by=member, now=now
    )
    new = fresh(date.booking)
    assert (series.recurrence, new.recurrence) == ("FREQ=WEEKLY;COUNT=2", "FREQ=WEEKLY;COUNT=2")
    assert (local(series), local(new)) == (["09-15 10:00"], ["09-29 13:00", "10-06 13:00"])


def test_a_series_may_move_over_its_own_times(series: Booking, member: Person, now: datetime) -> None:
    bookings.change(series.dates[0].id, wish(TEN + HOUR / 2), scope="all", version=1, by=member, now=now)
    assert local(fresh(series))[0] == "09-08 10:30"
    bookings.change(
        series.dates[0].id, wish(TEN + WEEK + HOUR / 2), scope="all", version=2, by=member, now=now
    )
    assert local(fresh(series)) == ["09-15 10:30", "09-22 10:30", "09-29 10:30", "10-06 10:30"]


def test_a_pool_keeps_giving_a_member(make: Factory, member: Person, now: datetime) -> None:
    pool = make.pool("platser")
    for number in (1, 2):
        make.room(f"plats-{number}", kind="desk", pool_id=pool.id)
    series = bookings.book(wish(TEN, "platser", recurrence="FREQ=DAILY;COUNT=3"), by=member, now=now)
    bookings.book(wish(TEN + DAY + HOUR, "plats-1"), by=member, now=now)
    later = wish(TEN + HOUR, "platser")
    bookings.change(series.dates[0].id, later, scope="all", version=1, by=member, now=now)
    assert rooms(fresh(series)) == ["plats-2"] * 3
    assert asked(series) == ["platser"]


def test_what_follows_is_told_by_the_series_not_by_the_clock(
    series: Booking, member: Person, now: datetime
) -> None:
    ids = [date.id for date in series.dates]
    bookings.change(ids[1], wish(at(10, 1)), version=1, by=member, now=now)
    fresh(series)
    assert bookings.dates_in_scope(series, ids[2], "following") == ids[2:]
    assert bookings.dates_in_scope(series, ids[1], "following") == ids[1:]
    assert bookings.dates_in_scope(series, ids[1], "this") == [ids[1]]
    assert sorted(bookings.dates_in_scope(series, ids[3], "all")) == ids


def test_a_no_show_and_a_head_count_go_along_with_their_date(
    series: Booking, make: Factory, member: Person
) -> None:
    first, second = (date.id for date in series.dates[:2])
    presence.mark_no_show(second, by=make.host(), now=TEN + WEEK + HOUR / 2)
    later = TEN + WEEK + 2 * HOUR
    third = series.dates[2].id
    with pytest.raises(Refused):
        bookings.change(second, wish(), scope="following", version=series.version, by=member, now=later)
    moved = bookings.change(
        third, wish(at(9, 22, 9)), scope="following", version=series.version, by=member, now=later
    )
    assert [date.id for date in fresh(series).dates] == [first, second]
    assert local(fresh(moved.booking)) == ["09-22 09:00", "09-29 09:00"]
