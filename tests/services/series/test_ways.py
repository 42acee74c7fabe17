"""A change that meets others: the free dates alone, others moved; its plan; and what counts for all of it."""

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from app.domain.errors import Refused, Taken
from app.domain.interval import Interval
from app.extensions import db
from app.models import Booking, BookingDate, BookingResource, Closure, History, Person, Slot
from app.services import bookings
from app.services.bookings.left_behind import left_behind
from tests.databases import both
from tests.factories import HOUR, TEN, Factory, wish
from tests.services.series.told import at, by_rule, fresh, local, rooms, says, stored

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
FREE = frozenset({"taken"})


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [each.code for each in refused.value.refusals]


@both
@pytest.mark.parametrize("scope", ["following", "all"])
def test_the_free_ones_change_and_the_others_stay(
    series: Booking, member: Person, now: datetime, scope: str
) -> None:
    bookings.book(wish(at(9, 22, 13)), by=member, now=now)
    asked, second = wish(at(9, 15, 13), skip=FREE), series.dates[1].id
    before = stored()
    planned = bookings.plan_change(second, asked, scope=scope, by=member, now=now)
    assert stored() == before, "a plan is written nowhere"
    changed = fresh(bookings.change(second, asked, scope=scope, version=1, by=member, now=now).booking)
    assert local(changed)[-3:] == ["09-15 13:00", "09-22 10:00", "09-29 13:00"]
    assert [each.interval.start for each in planned.dates] == [
        date.starts_at for date in changed.dates if date.starts_at.hour == at(9, 8, 13).hour
    ]
    stays = changed.dates[-2]
    assert [(each.date.id, each.wanted.start, each.reason) for each in planned.stays] == [
        (stays.id, at(9, 22, 13), "taken")
    ]
    assert stays.original_start_at == at(9, 22, 13), "it stays part of its series"
    assert says(changed) == by_rule(changed)
    told = left_behind(changed)
    assert {number: each.interval.start for number, each in told.stays.items()} == {stays.id: at(9, 22, 13)}
    assert (told.moved, told.stayed_last) == ({}, {stays.id})
    later = wish(at(9, 29, 15))
    last = changed.dates[-1].id
    again = bookings.change(last, later, scope="all", version=changed.version, by=member, now=now).booking
    told = left_behind(fresh(again))
    assert (stays.id in told.stays, told.stayed_last) == (False, frozenset()), "it goes along again"


@both
def test_those_still_taken_stay_where_no_other_room_is_free(
    series: Booking, member: Person, now: datetime
) -> None:
    for room in ("tallen", "granen"):
        bookings.book(wish(at(9, 22, 13), room), by=member, now=now)
    bookings.book(wish(at(9, 15, 13)), by=member, now=now)
    asked = wish(at(9, 8, 13), move=True, skip=FREE)
    bookings.change(series.dates[0].id, asked, scope="all", version=1, by=member, now=now)
    assert local(fresh(series)) == ["09-08 13:00", "09-15 13:00", "09-22 10:00", "09-29 13:00"]
    assert rooms(series) == ["tallen", "granen", "tallen", "tallen"]


@both
def test_where_all_are_taken_nothing_is_changed(series: Booking, member: Person, now: datetime) -> None:
    for weeks in range(4):
        bookings.book(wish(TEN + weeks * WEEK + 3 * HOUR), by=member, now=now)
    before = stored()
    with pytest.raises(Taken) as taken:
        bookings.change(
            series.dates[0].id, wish(at(9, 8, 13), skip=FREE), scope="all", version=1, by=member, now=now
        )
    assert len(taken.value.clashes) == 4
    assert stored() == before


@both
def test_a_date_that_stays_is_in_the_way_of_the_series_itself(
    make: Factory, member: Person, now: datetime
) -> None:
    series = bookings.book(wish(recurrence="FREQ=DAILY;COUNT=3"), by=member, now=now)
    bookings.book(wish(TEN + 3 * DAY), by=member, now=now)
    before = stored()
    with pytest.raises(Taken):
        bookings.change(
            series.dates[0].id, wish(TEN + DAY, skip=FREE), scope="all", version=1, by=member, now=now
        )
    assert stored() == before, "the last stays, so the second has nowhere to go, nor the first"
    bookings.change(
        series.dates[0].id, wish(TEN + DAY, move=True), scope="all", version=1, by=member, now=now
    )
    assert rooms(fresh(series)) == ["tallen", "tallen", "granen"]


@both
def test_another_room_where_it_is_free(series: Booking, member: Person, now: datetime) -> None:
    bookings.book(wish(TEN + WEEK, "granen"), by=member, now=now)
    asked = wish(TEN, "granen", skip=FREE)
    bookings.change(series.dates[0].id, asked, scope="all", version=1, by=member, now=now)
    assert rooms(fresh(series)) == ["granen", "tallen", "granen", "granen"]
    assert left_behind(series).stays[series.dates[1].id].interval.start == TEN + WEEK


def test_a_closed_date_stays_if_that_is_allowed(
    series: Booking, make: Factory, member: Person, now: datetime
) -> None:
    columns = {"reason": "Lucia", "source": "file", "entered_at": now}
    db.session.add(
        Closure(office_id=make.office().id, starts_at=at(9, 16, 8), ends_at=at(9, 16, 17), **columns)
    )
    db.session.commit()
    first, asked = series.dates[0].id, wish(TEN + DAY)
    with pytest.raises(Refused) as refused:
        bookings.change(first, asked, scope="all", version=1, by=member, now=now)
    assert codes(refused) == ["closed"]
    asked = wish(TEN + DAY, skip=frozenset({"closed"}))
    planned = bookings.plan_change(first, asked, scope="all", by=member, now=now)
    assert [(each.wanted.start, each.reason) for each in planned.stays] == [(at(9, 16), "closed")]
    bookings.change(first, asked, scope="all", version=1, by=member, now=now)
    assert local(fresh(series)) == ["09-09 10:00", "09-15 10:00", "09-23 10:00", "09-30 10:00"]
    assert series.recurrence == "FREQ=WEEKLY;COUNT=4"


@both
@pytest.mark.parametrize(
    ("start", "new", "expected"),
    [
        (at(3, 22, year=2027), at(3, 22, 13, year=2027), ["03-22 13:00", "03-29 10:00", "04-05 13:00"]),
        (at(10, 25, year=2027), at(10, 25, 13, year=2027), ["10-25 13:00", "11-01 10:00", "11-08 13:00"]),
    ],
)
def test_over_a_change_of_the_clock(
    member: Person, now: datetime, start: datetime, new: datetime, expected: list[str]
) -> None:
    series = bookings.book(wish(start, recurrence="FREQ=WEEKLY;COUNT=3"), by=member, now=now)
    second = series.dates[1].starts_at
    bookings.book(wish(second + 3 * HOUR), by=member, now=now)
    asked = wish(new, skip=FREE)
    bookings.change(series.dates[0].id, asked, scope="all", version=1, by=member, now=now)
    assert local(fresh(series)) == expected
    assert says(series) == by_rule(series)


@both
def test_hours_of_a_month_are_counted_over_the_whole_change(
    series: Booking, make: Factory, member: Person, now: datetime
) -> None:
    last = series.dates[3].id
    bookings.change(last, wish(TEN + 3 * WEEK, "granen"), version=1, by=member, now=now)
    make.rule(organisation_id=make.organisation("granit").id, hours_per_month=6)
    before = stored()
    with pytest.raises(Refused) as refused:
        bookings.change(series.dates[0].id, wish(hours=2), scope="all", version=2, by=member, now=now)
    assert codes(refused) == ["quota_spent"]
    (refusal,) = refused.value.refusals
    assert (refusal.params["asked"], refusal.params["left"]) == (8 * 60, 6 * 60), "of two rooms, as one"
    assert stored() == before
    bookings.change(series.dates[0].id, wish(hours=1.5), scope="all", version=2, by=member, now=now)
    assert {date.ends_at - date.starts_at for date in fresh(series).dates} == {HOUR * 1.5}


@both
def test_what_stays_counts_too(series: Booking, make: Factory, member: Person, now: datetime) -> None:
    bookings.book(wish(TEN + WEEK + HOUR), by=member, now=now)
    make.rule(organisation_id=make.organisation("granit").id, hours_per_month=7)
    asked = wish(TEN, hours=2, skip=FREE)  # three of two hours, one that stays, and what is in its way
    with pytest.raises(Refused) as refused:
        bookings.change(series.dates[0].id, asked, scope="all", version=1, by=member, now=now)
    assert codes(refused) == ["quota_spent"]


@both
def test_one_date_of_several_has_no_words_of_its_own(series: Booking, member: Person, now: datetime) -> None:
    before = stored()
    for other in ({"title": "Nytt"}, {"meeting_url": "https://meet.jit.si/abc"}):
        with pytest.raises(Refused) as refused:
            bookings.change(series.dates[0].id, wish(**other), version=1, by=member, now=now)
        assert codes(refused) == ["words_of_series"]
    assert stored() == before
    single = bookings.book(wish(TEN + DAY), by=member, now=now)
    bookings.change(single.dates[0].id, wish(TEN + DAY, title="Nytt"), version=1, by=member, now=now)
    assert fresh(single).title == "Nytt"


@pytest.mark.parametrize("scope", ["this", "all"])
def test_an_end_before_the_start_is_refused(
    series: Booking, member: Person, now: datetime, scope: str
) -> None:
    with pytest.raises(Refused) as refused:
        bookings.plan_change(series.dates[0].id, wish(hours=-1, title=" "), scope=scope, by=member, now=now)
    assert codes(refused) == ["title_missing", "end_before_start"]


def test_moved_is_what_somebody_moved_by_itself(series: Booking, member: Person, now: datetime) -> None:
    third = series.dates[2].id
    bookings.change(third, wish(at(9, 24, 15)), version=1, by=member, now=now)
    assert left_behind(fresh(series)).moved == {third: at(9, 22)}
    over = TEN + WEEK + 2 * HOUR
    bookings.change(series.dates[3].id, wish(at(9, 29, 14)), scope="all", version=2, by=member, now=over)
    assert left_behind(fresh(series)).moved == {third: at(9, 22)}, "the first two are earlier dates, no more"
    bookings.change(third, wish(at(9, 22, 10)), version=3, by=member, now=over)
    assert left_behind(fresh(series)).moved == {}


@both
def test_what_was_left_out_is_kept_and_goes_along(make: Factory, member: Person, now: datetime) -> None:
    for weeks in (1, 3):
        bookings.book(wish(TEN + weeks * WEEK), by=member, now=now)
    asked = wish(recurrence="FREQ=WEEKLY;COUNT=5", skip=FREE)
    series = bookings.book(asked, by=member, now=now)
    assert [each.interval.start for each in left_behind(series).left_out] == [TEN + WEEK, TEN + 3 * WEEK]
    third = wish(TEN + 2 * WEEK + HOUR)
    new = bookings.change(series.dates[1].id, third, scope="following", version=1, by=member, now=now).booking
    assert [each.interval.start for each in left_behind(fresh(series)).left_out] == [TEN + WEEK]
    assert [each.interval.start for each in left_behind(new).left_out] == [TEN + 3 * WEEK]


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    taken=st.sets(st.integers(0, 5)),
    shift=st.sampled_from([1, 2, 24, 48]),
    move=st.booleans(),
    first=st.integers(0, 5),
)
def test_a_plan_is_what_is_changed(
    make: Factory, member: Person, now: datetime, taken: set[int], shift: int, move: bool, first: int
) -> None:
    """Whatever is taken: each date comes to what it is planned for, or stays where it was."""
    for model in (Slot, History, BookingResource, BookingDate, Booking):
        db.session.execute(delete(model))
    db.session.commit()
    db.session.expire_all()
    series = bookings.book(wish(recurrence="FREQ=DAILY;COUNT=4"), by=member, now=now)
    for day in sorted(taken):
        try:
            bookings.book(wish(TEN + day * DAY + shift % 24 * HOUR), by=member, now=now)
        except (Refused, Taken):
            continue
    date = series.dates[first % 4]
    asked = wish(date.starts_at + shift * HOUR, skip=FREE | {"closed"}, move=move)
    was = {each.id: Interval(each.starts_at, each.ends_at) for each in series.dates}
    try:
        planned = bookings.plan_change(date.id, asked, scope="following", by=member, now=now)
    except Refused:
        return
    expected = {each.date.id: each.planned.interval for each in planned.anew}
    if planned.clashes:
        with pytest.raises(Taken):
            bookings.change(date.id, asked, scope="following", version=1, by=member, now=now)
        expected = {}
    else:
        bookings.change(date.id, asked, scope="following", version=1, by=member, now=now)
    db.session.expire_all()
    dates = [each for of in db.session.query(Booking) for each in of.dates if each.id in was]
    assert {each.id: Interval(each.starts_at, each.ends_at) for each in dates} == was | expected
    assert {each.date.id for each in planned.stays}.isdisjoint(expected)
