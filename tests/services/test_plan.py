"""A plan is what `book` would do: each date with its resources, what is left out, and every clash."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select

from app.domain.errors import Refused, Taken
from app.domain.interval import Interval
from app.extensions import db
from app.models import Booking, BookingDate, BookingResource, History, Person, ResourcePart, Slot
from app.services import bookings
from app.services.audience import PUBLIC
from app.services.availability import free, leaves_of
from app.services.board import board
from app.services.bookings import Plan, Wish
from tests.databases import both
from tests.factories import HOUR, TEN, Factory, wish

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
DAILY = "FREQ=DAILY;COUNT=3"


@pytest.fixture
def member(make: Factory) -> Person:
    make.room("tallen", capacity=10)
    return make.person()


def pool_of(make: Factory, *slugs: str) -> None:
    pool = make.pool("platser")
    for slug in slugs:
        make.room(slug, kind="desk", pool_id=pool.id)


def rooms(planned: Plan) -> list[list[str]]:
    return [[leaf.slug for leaf in each.resources] for each in planned.dates]


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [each.code for each in refused.value.refusals]


def stored() -> list[int]:
    db.session.expire_all()
    models = (Booking, BookingDate, Slot, History)
    return [db.session.scalar(select(func.count()).select_from(model)) or 0 for model in models]


@both
def test_book_carries_out_what_was_planned(make: Factory, member: Person, now: datetime) -> None:
    pool_of(make, "plats-1", "plats-2")
    bookings.book(wish(TEN + DAY, "plats-1"), by=member, now=now)
    asked = wish(TEN, "tallen", "platser", recurrence=DAILY)
    before = stored()
    planned = bookings.plan(asked, by=member, now=now)
    assert stored() == before, "a plan is written nowhere"
    assert rooms(planned) == [["tallen", "plats-2"]] * 3
    assert (planned.clashes, planned.left_out) == ((), ())
    assert (planned.same_member, planned.needs_approval) == (True, False)
    booking = bookings.book(asked, by=member, now=now)
    assert [[slot.resource.slug for slot in date.slots] for date in booking.dates] == rooms(planned)
    assert [(date.starts_at, date.ends_at) for date in booking.dates] == [
        (each.interval.start, each.interval.end) for each in planned.dates
    ]


@both
def test_every_clash_is_listed_with_what_it_is_in_the_way_of(
    make: Factory, member: Person, now: datetime
) -> None:
    make.room("tallen").buffer_after_minutes = 30
    make.room("salen", approval=True)
    db.session.commit()
    for day in range(0, 35, 7):
        bookings.book(wish(TEN + day * DAY), by=member, now=now)
    bookings.book(wish(TEN + DAY, "salen"), by=member, now=now)
    every_day = wish(TEN + HOUR, "tallen", "salen", recurrence="FREQ=WEEKLY;COUNT=30")
    planned = bookings.plan(every_day, by=member, now=now)
    assert len(planned.clashes) == 5
    assert len(planned.dates) == 25, "what is free of it"
    first = planned.clashes[0]
    assert (first.resource, first.start, first.end, first.requested) == ("tallen", TEN, TEN + HOUR, False)
    assert first.blocks == Interval(TEN, TEN + 1.5 * HOUR), "its buffer is what is in the way"
    assert first.wanted == Interval(TEN + HOUR, TEN + 2 * HOUR)
    (asked_for,) = bookings.plan(wish(TEN + DAY, "salen"), by=member, now=now).clashes
    assert asked_for.requested
    with pytest.raises(Taken) as taken:
        bookings.book(every_day, by=member, now=now)
    assert taken.value.clashes == planned.clashes


def test_a_rule_that_one_date_breaks_names_that_date(make: Factory, member: Person, now: datetime) -> None:
    with pytest.raises(Refused) as refused:
        bookings.plan(wish(recurrence="FREQ=DAILY;COUNT=12"), by=member, now=now)
    (weekend,) = refused.value.refusals
    assert (weekend.code, weekend.params["date_on"]) == ("outside_opening_hours", date(2026, 9, 12))
    with pytest.raises(Refused) as refused:
        bookings.plan(wish(TEN + 4 * DAY), by=member, now=now)
    assert "date_on" not in refused.value.refusals[0].params, "of one date nobody has to be told which"


@both
def test_of_a_full_pool_every_member_is_named(make: Factory, member: Person, now: datetime) -> None:
    pool_of(make, "plats-1", "plats-2", "plats-3")
    for desk in ("plats-1", "plats-2", "plats-3"):
        bookings.book(wish(TEN, desk), by=member, now=now)
    bookings.book(wish(TEN + DAY, "plats-1"), by=member, now=now)
    planned = bookings.plan(wish(TEN, "platser", recurrence=DAILY), by=member, now=now)
    assert [clash.resource for clash in planned.clashes] == ["plats-1", "plats-2", "plats-3"]
    assert {clash.wanted for clash in planned.clashes} == {Interval(TEN, TEN + HOUR)}
    assert len(planned.dates) == 2


def test_more_than_twenty_clashes_are_all_listed(make: Factory, member: Person, now: datetime) -> None:
    make.room("tallen").max_days_ahead = 730
    db.session.commit()
    whole_year = wish(recurrence="FREQ=WEEKLY;COUNT=60")
    bookings.book(whole_year, by=member, now=now)
    assert len(bookings.plan(whole_year, by=member, now=now).clashes) == 60


def test_what_is_taken_or_closed_is_left_out_and_told(make: Factory, member: Person, now: datetime) -> None:
    bookings.book(wish(TEN + DAY), by=member, now=now)
    asked = wish(recurrence=DAILY, skip=frozenset({"taken", "closed"}))
    planned = bookings.plan(asked, by=member, now=now)
    assert [(each.interval.start, each.reason) for each in planned.left_out] == [(TEN + DAY, "taken")]
    booking = bookings.book(asked, by=member, now=now)
    assert [date.starts_at for date in booking.dates] == [TEN, TEN + 2 * DAY]
    (line,) = db.session.scalars(select(History).where(History.booking_id == booking.id))
    assert line.details == {
        "status": "confirmed",
        "left_out": {"taken": 1},
        "left_out_dates": [[(TEN + DAY).isoformat(), (TEN + DAY + HOUR).isoformat(), "taken"]],
    }
    again = bookings.plan(wish(recurrence=DAILY, skip=frozenset({"taken"})), by=member, now=now)
    assert (len(again.clashes), again.dates) == (3, ()), "where none is free, all is said to be taken"


@both
def test_a_taken_date_gets_a_room_like_it(make: Factory, member: Person, now: datetime) -> None:
    make.room("stora", capacity=30)
    make.room("nastan", capacity=11)
    make.room("lilla", capacity=9)
    make.room("plats", kind="desk", capacity=10)
    make.room("annanstans", office="umea", capacity=10)
    make.room("gammal", capacity=10, retired=True)
    bookings.book(wish(TEN), by=member, now=now)
    bookings.book(wish(TEN + DAY, "tallen", "nastan"), by=member, now=now)
    bookings.book(wish(TEN + 2 * DAY, "tallen", "nastan", "stora"), by=member, now=now)
    bookings.book(wish(TEN + 3 * DAY, "tallen", "nastan", "stora", "lilla"), by=member, now=now)
    moving = wish(recurrence="FREQ=DAILY;BYDAY=TU,WE,TH,FR,MO;COUNT=5", move=True)
    planned = bookings.plan(moving, by=member, now=now)
    assert rooms(planned) == [["nastan"], ["stora"], ["lilla"], ["tallen"]]
    assert [each.moved for each in planned.dates] == [True, True, True, False]
    assert [clash.wanted and clash.wanted.start for clash in planned.clashes] == [TEN + 3 * DAY]
    booking = bookings.book(
        wish(recurrence=moving.recurrence, move=True, skip=frozenset({"taken"})), by=member, now=now
    )
    (line,) = db.session.scalars(select(History).where(History.booking_id == booking.id))
    assert line.details["left_out"] == {"taken": 1}
    assert line.details["moved"] == [(TEN + day * DAY).isoformat() for day in range(3)]
    assert [each.resource.slug for each in booking.asked_for if each.resource] == ["tallen"]
    assert [[thing.slug for thing in bookings.things_of(date)] for date in booking.dates] == rooms(planned)


def test_a_room_that_the_rules_refuse_is_nothing_to_move_to(
    make: Factory, member: Person, now: datetime
) -> None:
    make.room("kort", capacity=10, max_minutes=30)
    make.room("salen", capacity=40, approval=True)
    bookings.book(wish(TEN), by=member, now=now)
    planned = bookings.plan(wish(recurrence=DAILY, move=True), by=member, now=now)
    assert (rooms(planned), planned.needs_approval) == ([["salen"], ["tallen"], ["tallen"]], True)


def test_of_a_pool_the_member_that_serves_most(make: Factory, member: Person, now: datetime) -> None:
    pool_of(make, "plats-1", "plats-2", "plats-3")
    bookings.book(wish(TEN, "plats-1"), by=member, now=now)
    bookings.book(wish(TEN + DAY, "plats-2", "plats-3"), by=member, now=now)
    bookings.book(wish(TEN + 2 * DAY, "plats-3"), by=member, now=now)
    planned = bookings.plan(wish(TEN, "platser", recurrence=DAILY), by=member, now=now)
    assert (rooms(planned), planned.same_member) == ([["plats-2"], ["plats-1"], ["plats-1"]], False)


def test_a_member_named_beside_its_pool(make: Factory, member: Person, now: datetime) -> None:
    pool_of(make, "plats-1", "plats-2")
    for order in (("plats-1", "platser"), ("platser", "plats-1")):
        assert rooms(bookings.plan(wish(TEN, *order), by=member, now=now)) == [["plats-1", "plats-2"]]
    make.room("plats-2").retired = True
    db.session.commit()
    with pytest.raises(Refused) as refused:
        bookings.book(wish(TEN, "platser", "plats-1"), by=member, now=now)
    assert codes(refused) == ["pool_too_small"]


def test_an_empty_pool_and_names_of_nothing(make: Factory, member: Person, now: datetime) -> None:
    pool_of(make)
    before = stored()
    with pytest.raises(Refused) as refused:
        bookings.book(wish(TEN, "platser", "finns-inte", "inte-heller"), by=member, now=now)
    assert codes(refused) == ["pool_empty", "unknown_resource", "unknown_resource"]
    assert stored() == before


@both
def test_a_composite_in_a_loop_is_refused_and_hurts_nobody(
    make: Factory, member: Person, now: datetime
) -> None:
    rings = [make.room(slug) for slug in ("ett", "tva", "tre")]
    leaf = make.room("blad")
    pairs = [(0, 1), (1, 2), (2, 0)]
    db.session.add_all([ResourcePart(whole_id=rings[a].id, part_id=rings[b].id) for a, b in pairs])
    db.session.add(ResourcePart(whole_id=rings[0].id, part_id=leaf.id))
    db.session.commit()
    db.session.expire_all()
    for slug in ("ett", "tva", "tre"):
        with pytest.raises(Refused) as refused:
            bookings.book(wish(TEN, slug), by=member, now=now)
        assert codes(refused) == ["composite_in_a_loop"]
    day = Interval(TEN - 10 * HOUR, TEN + 14 * HOUR)
    assert {each.resource.slug for each in board(make.office(), day, PUBLIC)} >= {"ett", "tallen"}
    assert free(make.office(), day)
    assert leaves_of(rings[0]) == (leaf,)
    bookings.book(wish(TEN), by=member, now=now)
    moved = bookings.plan(wish(recurrence=DAILY, move=True), by=member, now=now)
    assert rooms(moved)[0] == ["blad"], "what stands in a loop is no way out"
    assert bookings.book(wish(TEN + HOUR, sites=("stockholm",)), by=member, now=now)


def test_an_office_without_hours_is_closed(make: Factory, member: Person, now: datetime) -> None:
    make.office("ljusdal", days=range(0))
    make.room("stugan", office="ljusdal")
    with pytest.raises(Refused) as refused:
        bookings.book(wish(TEN, "stugan", recurrence=DAILY), by=member, now=now)
    assert codes(refused) == ["outside_opening_hours"]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=SECONDLY;COUNT=3", "bad_recurrence"),
        ("FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30", "bad_recurrence"),
        ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=2;COUNT=3", "bad_recurrence"),
        ("FREQ=DAILY;COUNT=1000000", "too_many_dates"),
        ("FREQ=DAILY;UNTIL=20260101", "series_without_first"),
        ("FREQ=MONTHLY;BYMONTHDAY=30;BYDAY=XX;COUNT=2", "bad_recurrence"),
        ("FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31;COUNT=2", "series_without_first"),
        ("FREQ=DAILY;INTERVAL=0;COUNT=3", "bad_recurrence"),
        ("FREQ=WEEKLY;BYDAY=TU;BYDAY=TU;COUNT=3", "bad_recurrence"),
        ("FREQ=DAILY;COUNT=٣", "bad_recurrence"),
        ("FREQ=DAILY;UNTIL=٢٠٢٦1001", "bad_recurrence"),
        ("FREQ=DAILY;INTERVAL=²;COUNT=2", "bad_recurrence"),
        ("", "bad_recurrence"),
        ("FREQ=DAILY;COUNT=3\r\nRRULE:FREQ=DAILY;COUNT=9", "bad_recurrence"),
        ("FREQ=WEEKLY;BYDAY=TU,TU,TU;COUNT=3", None),
    ],
)
def test_rules_from_outside(member: Person, now: datetime, rule: str, expected: str | None) -> None:
    before = stored()
    if expected is None:
        assert len(bookings.plan(wish(recurrence=rule), by=member, now=now).dates) == 3
        return
    with pytest.raises(Refused) as refused:
        bookings.book(wish(recurrence=rule), by=member, now=now)
    assert codes(refused) == [expected]
    assert stored() == before


def test_a_series_that_would_overlap_itself(make: Factory, member: Person, now: datetime) -> None:
    make.office("dygnet", opens=0, closes=24 * 60, days=range(7))
    make.room("alltid", office="dygnet", max_minutes=4 * 24 * 60, buffer_after_minutes=60)
    for hours, expected in ((30, ["series_overlaps_itself"]), (23.5, ["series_overlaps_itself"]), (23, [])):
        asked = Wish(("alltid",), TEN, TEN + hours * HOUR, "Möte", "granit", "meeting", DAILY)
        if expected:
            with pytest.raises(Refused) as refused:
                bookings.book(asked, by=member, now=now)
            assert codes(refused) == expected
        else:
            assert len(bookings.book(asked, by=member, now=now).dates) == 3


times = st.tuples(st.integers(0, 4), st.integers(0, 24), st.integers(1, 6))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(taken=st.lists(times, max_size=8), start=st.integers(0, 24), moves=st.booleans(), skips=st.booleans())
def test_a_plan_without_clash_is_booked_just_so(
    make: Factory,
    member: Person,
    now: datetime,
    taken: list[tuple[int, int, int]],
    start: int,
    moves: bool,
    skips: bool,
) -> None:
    make.room("granen", capacity=12, buffer_before_minutes=15)
    for model in (Slot, History, BookingResource, BookingDate, Booking):
        db.session.execute(delete(model))
    db.session.commit()
    db.session.expire_all()
    for day, quarter, length in taken:
        begin = TEN - 2 * HOUR + day * DAY + quarter * HOUR / 4
        room = "tallen" if (day + quarter) % 2 else "granen"
        other = Wish((room,), begin, begin + length * HOUR / 4, "I vägen", "granit", "meeting")
        try:
            bookings.book(other, by=member, now=now)
        except (Taken, Refused):
            continue
    skip = frozenset({"taken"}) if skips else frozenset()
    asked = wish(TEN - 2 * HOUR + start * HOUR / 4, recurrence=DAILY, move=moves, skip=skip)
    planned = bookings.plan(asked, by=member, now=now)
    told = [*(each.interval for each in planned.dates), *(each.interval for each in planned.left_out)]
    clashing = {clash.wanted for clash in planned.clashes}
    assert len({*told, *clashing}) == len(told) + len(clashing) == 3, "each date is told once"
    if planned.clashes:
        before = stored()
        with pytest.raises(Taken):
            bookings.book(asked, by=member, now=now)
        assert stored() == before
    else:
        made = bookings.book(asked, by=member, now=now)
        held = [[slot.resource.slug for slot in date.slots] for date in made.dates]
        assert held == rooms(planned)
