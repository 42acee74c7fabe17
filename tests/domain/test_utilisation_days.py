"""Days put together: the same figures as a period measured at once, over clock changes and midnights."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.interval import Interval
from app.domain.localtime import local_date, midnight
from app.domain.period import Period
from app.domain.utilisation import (
    DayFigures,
    DaySums,
    Measurement,
    PeriodFigures,
    ResourceFacts,
    Summary,
    UseRow,
    day_figures,
    figures,
    first_uses,
    measure_each,
)
from tests.domain.offices import STOCKHOLM, between, resource, use
from tests.domain.test_utilisation_properties import CATEGORIES, Office, offices

OF_KIND = {"a": "room", "b": "video"}
NAMES = (
    *("available", "booked", "used", "bookings", "no_shows", "days_open", "days_used", "attendance"),
    *("persons_hours", "seats_counted", "seats_available"),
)
SHARES = ("utilisation", "booked_share", "no_show_rate", "day_frequency", "occupancy", "seat_fill")


def by_day(facts: list[ResourceFacts], rows: list[UseRow], period: Period) -> list[DayFigures]:
    found = []
    for day in period.days():
        within = Interval(midnight(day, STOCKHOLM), midnight(day + timedelta(days=1), STOCKHOLM))
        touching = [row for row in rows if row.start < within.end and row.end > within.start]
        found.append(day_figures(measure_each(facts, touching, period=within), day, STOCKHOLM))
    return found


def put_together(days: list[DayFigures], first: date, kinds: list[str] | None = None) -> Summary:
    sums = DaySums(kinds=kinds)
    for each in days:
        sums.add(each)
    return sums.summary(first)


def assert_same(found: PeriodFigures, expected: PeriodFigures) -> None:
    for name in (*NAMES, *SHARES):
        assert getattr(found, name) == getattr(expected, name), name
    for category in CATEGORIES:
        assert found.share_of(category) == expected.share_of(category), category


def of_kinds(office: Office) -> list[ResourceFacts]:
    measured = office.measurement().measured
    return [replace(one.facts, kind=OF_KIND[one.facts.slug]) for one in measured]


def measured(facts: list[ResourceFacts], rows: list[UseRow], period: Period, kinds: object) -> Measurement:
    within = period.interval(STOCKHOLM)
    touching = [row for row in rows if row.start < within.end and row.end > within.start]
    return measure_each(facts, touching, period=within, kinds=kinds)


@settings(max_examples=200)
@given(offices(), st.sampled_from([None, ["room"], ["video"], ["room", "video"]]), st.integers(0, 2))
def test_days_put_together_are_the_period(office: Office, kinds: list[str] | None, which: int) -> None:
    first = local_date(office.period.start, STOCKHOLM)
    whole = Period(first, first + timedelta(days=2))
    period = [whole, *(Period(day, day + timedelta(days=1)) for day in whole.days())][which]
    facts, rows = of_kinds(office), list(office.rows)
    found = put_together(by_day(facts, rows, period), period.first, kinds)
    measurement = measured(facts, rows, period, kinds)
    assert_same(found, figures(measurement, STOCKHOLM))
    firsts: dict[str, date] = {}
    for tally in measurement.dates():
        if tally.used and tally.row.category == "company":
            firsts["acme"] = min(firsts.get("acme", date.max), local_date(tally.row.date_start, STOCKHOLM))
    named = by_day(facts, [replace(row, organisation="acme") for row in rows], period)
    assert first_uses(named, "company", kinds) == firsts


def test_a_night_is_one_booking_however_many_days_it_is_on() -> None:
    period = Period(date(2026, 10, 23), date(2026, 10, 27))
    room = resource("a", period.interval(STOCKHOLM), rows=[])
    always = between("2026-10-23 00:00", "2026-10-27 00:00")
    room = replace(room, hours=[always], open=[always])
    rows = [use("1", "a", "2026-10-24 20:00", "2026-10-25 05:00", women=2)]
    days = by_day([room], rows, period)
    assert [len(each.long) for each in days] == [0, 1, 1, 0]
    both = put_together(days[1:3], date(2026, 10, 24))
    assert (both.bookings, both.used, both.attendance.women) == (1, timedelta(hours=10), 2)
    second = put_together(days[2:3], date(2026, 10, 25))
    assert (second.bookings, second.used, second.attendance.women) == (1, timedelta(hours=6), 0)


def test_a_date_in_two_rows_that_meet_at_midnight_is_one_booking() -> None:
    period = Period(date(2026, 10, 24), date(2026, 10, 26))
    room = resource("a", period.interval(STOCKHOLM), rows=[])
    always = period.interval(STOCKHOLM)
    room = replace(room, hours=[always], open=[always])
    first = use("1", "a", "2026-10-24 20:00", "2026-10-25 00:00", women=2)
    second = replace(use("1", "a", "2026-10-25 00:00", "2026-10-25 05:00", women=2), date_start=first.start)
    both = put_together(by_day([room], [first, second], period), period.first)
    assert (both.bookings, both.used, both.attendance.women) == (1, timedelta(hours=10), 2)


@pytest.mark.parametrize("name", ["dates", "shares", "persons", "long"])
def test_nothing_is_kept_of_a_day_without_use(name: str) -> None:
    period = Period(date(2026, 10, 6), date(2026, 10, 7))
    (day,) = by_day([resource("a", period.interval(STOCKHOLM))], [], period)
    assert not getattr(day, name)
    assert day.resources["a"].available == 9 * 3600
