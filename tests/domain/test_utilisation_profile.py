"""When in the week, how long ahead, what no-shows held: parts that add up to the figures."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given, settings

from app.domain.interval import Interval
from app.domain.opening import OpeningRow
from app.domain.period import Period
from app.domain.utilisation import (
    Measurement,
    ResourceFacts,
    UseRow,
    hours_of_week,
    lead_times,
    measure_each,
    no_show_time,
    used_by,
)
from tests.domain.offices import STOCKHOLM, between, local, resource, use
from tests.domain.test_utilisation_properties import Office, offices

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
OCTOBER = Period.parse("2026-10").interval(STOCKHOLM)
SUNDAY = [OpeningRow(6, 0, 6 * 60)]


def measured(*rows: UseRow, facts: ResourceFacts | None = None, period: Interval = OCTOBER) -> Measurement:
    return measure_each([facts or resource("a", period)], rows, period=period)


# When in the week


def test_hours_of_the_week_hold_what_was_open_and_used_in_them() -> None:
    found = {
        (each.weekday, each.hour): each
        for each in hours_of_week(measured(use("1", "a", "2026-10-01 08:30", "2026-10-01 10:15")), STOCKHOLM)
    }
    assert len(found) == 5 * 9
    thursday = [found[3, hour] for hour in (8, 9, 10, 11)]
    assert [each.used / MINUTE for each in thursday] == [30, 60, 15, 0]
    assert {each.available / HOUR for each in thursday} == {5}  # five Thursdays
    assert found[3, 8].utilisation == 0.5 / 5


def test_an_hour_that_comes_twice_is_counted_twice_where_it_stands() -> None:
    period = Period.parse("2026-10-25..2026-10-26").interval(STOCKHOLM)
    found = hours_of_week(measured(facts=resource("b", period, rows=SUNDAY), period=period), STOCKHOLM)
    assert [(each.weekday, each.hour, each.available / HOUR) for each in found] == [
        (6, hour, 2 if hour == 2 else 1) for hour in range(6)
    ]


@settings(max_examples=40, deadline=None)
@given(offices())
def test_hours_of_the_week_are_those_of_a_count_by_the_minute(office: Office) -> None:
    measurement = office.measurement()
    slow: Counter[tuple[int, int]] = Counter()
    for one in measurement.counted:
        for time in one.open:
            minute = time.start
            while minute < time.end:
                there = minute.astimezone(STOCKHOLM)
                slow[there.weekday(), there.hour] += 1
                minute += MINUTE
    found = hours_of_week(measurement, STOCKHOLM)
    assert {(each.weekday, each.hour): each.available / MINUTE for each in found} == slow
    whole = office.measured()
    assert sum((each.used for each in found), timedelta()) == whole.used
    assert sum((each.booked for each in found), timedelta()) == whole.booked


# No-shows


def test_what_a_no_show_held_is_empty_or_was_used_by_somebody_else() -> None:
    found = no_show_time(
        measured(
            use("1", "a", "2026-10-06 09:00", "2026-10-06 12:00", status="no_show"),
            use("2", "a", "2026-10-06 10:00", "2026-10-06 11:00"),
            use("3", "a", "2026-10-07 16:00", "2026-10-07 19:00", status="no_show"),  # an hour is open
        )
    )
    assert (found.held, found.empty, found.rebooked) == (4 * HOUR, 3 * HOUR, HOUR)


# How long ahead


@pytest.mark.parametrize(
    ("ahead", "name"),
    [
        (None, "unknown"),
        (-MINUTE, "after_start"),
        (timedelta(), "within_a_day"),
        (timedelta(hours=23), "within_a_day"),
        (timedelta(days=1), "one_to_seven_days"),
        (timedelta(days=8) - MINUTE, "one_to_seven_days"),
        (timedelta(days=8), "eight_to_thirty_days"),
        (timedelta(days=31), "over_thirty_days"),
    ],
)
def test_how_long_ahead(ahead: timedelta | None, name: str) -> None:
    created = None if ahead is None else local("2026-10-06 09:00") - ahead
    one = use("1", "a", "2026-10-06 09:00", "2026-10-06 10:00", created_at=created)
    gone = use("2", "a", "2026-10-07 09:00", "2026-10-07 10:00", status="no_show")
    assert {name: n for name, n in lead_times(measured(one, gone).dates()).items() if n} == {name: 1}


def test_who_used_time() -> None:
    rows = [
        use("1", "a", "2026-10-06 09:00", "2026-10-06 10:00", organisation="granit"),
        use("2", "a", "2026-10-07 09:00", "2026-10-07 10:00", organisation="granit"),
        use("3", "a", "2026-10-08 09:00", "2026-10-08 10:00", organisation="berg", status="no_show"),
    ]
    assert used_by(measured(*rows).dates(), lambda row: row.organisation) == {"granit"}


def test_without_open_time_there_is_nothing() -> None:
    closed = resource("a", OCTOBER, closures=[between("2026-10-01 00:00", "2026-11-01 00:00")])
    measurement = measured(
        use("1", "a", "2026-10-06 09:00", "2026-10-06 10:00", status="no_show"), facts=closed
    )
    assert hours_of_week(measurement, STOCKHOLM) == ()
    assert no_show_time(measurement).held == timedelta()
