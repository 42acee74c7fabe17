"""Random offices around the clock changes, against the slow minute counter."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.interval import Interval, subtract
from app.domain.opening import OpeningRow, hours_laid_out
from app.domain.period import Period
from app.domain.utilisation import Measurement, ResourceFacts, UseRow, Utilisation, measure, measure_each
from tests.domain.minute_counter import MINUTE, Room, count
from tests.domain.offices import STOCKHOLM

# Two days each; the clock changes on one of them, or on none.
FIRST_DAYS = [
    date(2026, 3, 28),
    date(2026, 10, 25),
    date(2027, 3, 28),
    date(2027, 10, 30),
    date(2026, 10, 6),
]
# Not within the hour that is missing or comes twice: what that means is a rule, tested in test_opening.
HOURS = st.integers(0, 1440).filter(lambda minute: not 120 < minute < 180)
# Round hours often, so that some dates start together and the identifier decides.
MINUTES = st.integers(-600, 2 * 1440 + 600) | st.integers(-2, 12).map(lambda number: number * 240)
CATEGORIES = ["company", "region", "municipality"]
STATUSES = ["confirmed", "checked_in", "no_show", "cancelled", "requested"]


@dataclass(frozen=True)
class Office:
    period: Interval
    rooms: Sequence[Room]
    rows: Sequence[UseRow]

    def measured(self, period: Interval | None = None) -> Utilisation:
        return measure(
            [self._facts(room) for room in self.rooms],
            self.rows,
            period=period or self.period,
            timezone=STOCKHOLM,
        )

    def measurement(self) -> Measurement:
        return measure_each([self._facts(room) for room in self.rooms], self.rows, period=self.period)

    def _facts(self, room: Room) -> ResourceFacts:
        window: dict[str, Any] = {
            "timezone": STOCKHOLM,
            "start": self.period.start,
            "end": self.period.end,
            "service": room.service,
        }
        hours = hours_laid_out(room.rows, **window)
        return ResourceFacts(
            slug=room.slug,
            kind="room",
            hours=hours,
            open=subtract(hours, room.closures),
            service=room.service,
            capacity=room.capacity,
        )


@st.composite
def spans(draw: st.DrawFn, period: Interval) -> Interval:
    start, end = sorted(draw(st.lists(MINUTES, min_size=2, max_size=2, unique=True)))
    return Interval(period.start + start * MINUTE, period.start + end * MINUTE)


@st.composite
def opening_rows(draw: st.DrawFn, first: date) -> OpeningRow:
    opens, closes = sorted(draw(st.lists(HOURS, min_size=2, max_size=2, unique=True)))
    change = first + timedelta(days=1)
    valid_from, valid_to = draw(st.sampled_from([(None, None), (change, None), (None, change)]))
    weekday = draw(st.sampled_from([first.weekday(), change.weekday()]))
    return OpeningRow(weekday, opens, closes, valid_from, valid_to)


@st.composite
def rooms(draw: st.DrawFn, slug: str, first: date, period: Interval) -> Room:
    return Room(
        slug=slug,
        capacity=draw(st.integers(1, 12)),
        rows=draw(st.lists(opening_rows(first), max_size=4)),
        closures=draw(st.lists(spans(period), max_size=2)),
        service=draw(st.none() | spans(period)),
    )


@st.composite
def dates(draw: st.DrawFn, number: int, period: Interval) -> list[UseRow]:
    """The rows of one date: on one or both rooms, now and then cut in two."""
    span = draw(spans(period))
    whole = UseRow(
        date_id=number,
        key=str(number),
        resource="",
        start=span.start,
        end=span.end,
        date_start=span.start,
        status=draw(st.sampled_from(STATUSES)),
        category=draw(st.sampled_from(CATEGORIES)),
        women=draw(st.none() | st.integers(0, 20)),
    )
    parts = [whole]
    middle = span.start + span.duration // 2 // MINUTE * MINUTE
    if draw(st.booleans()) and span.start < middle:
        parts = [replace(whole, end=middle), replace(whole, start=middle)]
    on = draw(st.sampled_from([("a",), ("b",), ("a", "b")]))
    return [replace(part, resource=slug) for slug in on for part in parts]


@st.composite
def offices(draw: st.DrawFn) -> Office:
    first = draw(st.sampled_from(FIRST_DAYS))
    period = Period(first, first + timedelta(days=2)).interval(STOCKHOLM)
    numbers = range(8, 8 + draw(st.integers(0, 7)))  # over 10: "9" comes before "10"
    found = [row for number in numbers for row in draw(dates(number, period))]
    return Office(period, [draw(rooms(slug, first, period)) for slug in "ab"], draw(st.permutations(found)))


@settings(max_examples=150, deadline=None)
@given(offices())
def test_equals_the_minute_counter(office: Office) -> None:
    figures, expected = office.measured(), count(office.rooms, office.rows, office.period, STOCKHOLM)
    for name in ("available", "booked", "used", "outside", "lost"):
        assert getattr(figures, name) == getattr(expected, name) * MINUTE, name
    assert {group.key: group.used for group in figures.by_category if group.used} == {
        category: minutes * MINUTE for category, minutes in expected.by_category.items() if minutes
    }
    assert {one.resource: (one.available, one.used) for one in figures.by_resource} == {
        slug: (opened * MINUTE, used * MINUTE) for slug, (opened, used) in expected.by_room.items()
    }
    assert figures.bookings == len(expected.used_dates)
    assert figures.no_shows == len(expected.no_shows)
    assert (figures.days_open, figures.days_used) == (expected.days_open, expected.days_used)
    assert figures.attendance.women == expected.women
    assert figures.attendance.counted == expected.visits_counted
    assert figures.attendance.missing == expected.visits_missing
    assert figures.persons_hours == expected.persons_minutes / 60
    assert figures.seats_counted == expected.seat_minutes_used * MINUTE
    assert figures.seats_available == expected.seat_minutes_open * MINUTE


@settings(max_examples=100, deadline=None)
@given(offices())
def test_parts_add_up_to_the_whole(office: Office) -> None:
    figures = office.measured()
    for groups in (figures.by_category, figures.by_activity, figures.by_organisation):
        assert sum((group.used for group in groups), timedelta()) == figures.used
        assert sum(group.bookings for group in groups) == figures.bookings
        assert sum(group.heads for group in groups) == figures.attendance.heads
    for figure in ("available", "booked", "used", "outside", "lost"):
        assert sum((getattr(one, figure) for one in figures.by_resource), timedelta()) == getattr(
            figures, figure
        )
    assert timedelta() <= figures.used <= figures.booked <= figures.available


@settings(max_examples=100, deadline=None)
@given(offices(), st.integers(1, 2 * 1440 - 61))
def test_two_adjacent_periods_add_up_to_both(office: Office, cut: int) -> None:
    between = office.period.start + cut * MINUTE
    first = office.measured(Interval(office.period.start, between))
    second = office.measured(Interval(between, office.period.end))
    whole = office.measured()
    for name in ("available", "booked", "used", "outside", "lost", "persons_hours", "seats_available"):
        assert getattr(first, name) + getattr(second, name) == getattr(whole, name), name
    for category in CATEGORIES:
        parts = (
            group.used for part in (first, second) for group in part.by_category if group.key == category
        )
        wholes = (group.used for group in whole.by_category if group.key == category)
        assert sum(parts, timedelta()) == sum(wholes, timedelta())


@settings(max_examples=50, deadline=None)
@given(offices(), st.randoms())
def test_the_order_of_the_rows_is_of_no_account(office: Office, random: Any) -> None:
    shuffled = list(office.rows)
    random.shuffle(shuffled)
    assert replace(office, rows=shuffled).measured() == office.measured()
