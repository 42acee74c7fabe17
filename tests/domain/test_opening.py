"""Opening hours laid out, over clock changes, closures, service and changes of the hours."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.domain.interval import Interval, subtract, total
from app.domain.localtime import day_bounds, to_utc, to_utc_shifting, zone
from app.domain.opening import OpeningRow, hours_laid_out, service_interval

STOCKHOLM = zone("Europe/Stockholm")
WEEKDAYS = [OpeningRow(weekday, 8 * 60, 17 * 60) for weekday in range(5)]


def between(start: datetime, end: datetime) -> Interval:
    return Interval(to_utc(start, STOCKHOLM), to_utc(end, STOCKHOLM))


def laid_out(rows: list[OpeningRow], first: date, last_exclusive: date, **more: Interval) -> list[Interval]:
    start, end = day_bounds(first, STOCKHOLM).start, day_bounds(last_exclusive, STOCKHOLM).start
    return hours_laid_out(rows, timezone=STOCKHOLM, start=start, end=end, **more)


def test_a_week_of_office_hours() -> None:
    week = laid_out(WEEKDAYS, date(2026, 10, 5), date(2026, 10, 12))
    assert week[0] == between(datetime(2026, 10, 5, 8), datetime(2026, 10, 5, 17))
    assert len(week) == 5
    assert total(week) == timedelta(hours=45)


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        (date(2026, 10, 25), 7),
        (date(2026, 3, 29), 5),
        (date(2027, 10, 31), 7),
        (date(2027, 3, 28), 5),
        (date(2026, 10, 18), 6),
    ],
)
def test_midnight_to_six_is_as_long_as_the_night(day: date, hours: int) -> None:
    night = laid_out([OpeningRow(6, 0, 6 * 60)], day, day + timedelta(days=1))
    assert total(night) == timedelta(hours=hours)


def test_hours_beginning_in_the_gap_or_the_doubled_hour() -> None:
    from_half_past_two = [OpeningRow(6, 150, 240)]
    (spring,) = laid_out(from_half_past_two, date(2026, 3, 29), date(2026, 3, 30))
    assert spring == between(datetime(2026, 3, 29, 3, 30), datetime(2026, 3, 29, 4))
    (autumn,) = laid_out(from_half_past_two, date(2026, 10, 25), date(2026, 10, 26))
    assert autumn.duration == timedelta(hours=2, minutes=30)
    assert autumn.start == to_utc_shifting(datetime(2026, 10, 25, 2, 30), STOCKHOLM)


def test_hours_that_the_gap_turns_round_are_no_time() -> None:
    assert laid_out([OpeningRow(6, 150, 180)], date(2026, 3, 29), date(2026, 3, 30)) == []


def test_round_the_clock_is_one_interval() -> None:
    always = [OpeningRow(weekday, 0, 1440) for weekday in range(7)]
    (whole,) = laid_out(always, date(2026, 10, 1), date(2026, 11, 1))
    assert whole.duration == timedelta(days=31, hours=1)


def test_rows_that_overlap_count_once() -> None:
    rows = [OpeningRow(0, 480, 720), OpeningRow(0, 600, 1020), OpeningRow(0, 540, 600)]
    assert laid_out(rows, date(2026, 10, 5), date(2026, 10, 6)) == [
        between(datetime(2026, 10, 5, 8), datetime(2026, 10, 5, 17))
    ]


def test_rows_hold_from_their_first_day_until_before_their_last() -> None:
    old = OpeningRow(0, 480, 960, valid_to=date(2026, 10, 12))
    new = OpeningRow(0, 540, 960, valid_from=date(2026, 10, 12), valid_to=date(2026, 10, 26))
    mondays = laid_out([old, new], date(2026, 10, 1), date(2026, 11, 1))
    assert [time.start.astimezone(STOCKHOLM).strftime("%d %H") for time in mondays] == [
        "05 08",
        "12 09",
        "19 09",
    ]


def test_clips_to_instants_within_a_day() -> None:
    start, end = datetime(2026, 10, 5, 8, 30, tzinfo=UTC), datetime(2026, 10, 6, 7, 0, tzinfo=UTC)
    assert hours_laid_out(WEEKDAYS, timezone=STOCKHOLM, start=start, end=end) == [
        Interval(start, datetime(2026, 10, 5, 15, 0, tzinfo=UTC)),
        Interval(datetime(2026, 10, 6, 6, 0, tzinfo=UTC), end),
    ]


def test_out_of_service_is_not_open() -> None:
    service = service_interval(date(2026, 10, 19), date(2026, 10, 21), STOCKHOLM)
    assert service is not None
    assert total(laid_out(WEEKDAYS, date(2026, 10, 1), date(2026, 11, 1), service=service)) == timedelta(
        hours=18
    )
    assert laid_out(WEEKDAYS, date(2026, 9, 1), date(2026, 10, 1), service=service) == []


def test_service_may_be_without_bounds() -> None:
    assert service_interval(None, None, STOCKHOLM) is None
    since = service_interval(date(2026, 10, 19), None, STOCKHOLM)
    until = service_interval(None, date(2026, 10, 19), STOCKHOLM)
    assert since is not None
    assert until is not None
    assert since.start == until.end == day_bounds(date(2026, 10, 19), STOCKHOLM).start
    assert len(laid_out(WEEKDAYS, date(2026, 10, 1), date(2026, 11, 1), service=until)) == 12


def test_closures_are_taken_off_what_is_open_alone() -> None:
    start, end = (day_bounds(date(2026, 10, day), STOCKHOLM).start for day in (5, 7))
    closures = [
        between(datetime(2026, 10, 5, 12), datetime(2026, 10, 5, 13)),
        between(datetime(2026, 10, 5, 16), datetime(2026, 10, 6, 18)),
    ]
    hours = hours_laid_out(WEEKDAYS, timezone=STOCKHOLM, start=start, end=end)
    assert subtract(hours, closures) == [
        between(datetime(2026, 10, 5, 8), datetime(2026, 10, 5, 12)),
        between(datetime(2026, 10, 5, 13), datetime(2026, 10, 5, 16)),
    ]
    assert total(hours) == timedelta(hours=18)


@pytest.mark.parametrize(
    "row", [(7, 0, 60), (-1, 0, 60), (0, 60, 60), (0, 90, 60), (0, -1, 60), (0, 0, 1441)]
)
def test_impossible_rows_are_refused(row: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="no "):
        OpeningRow(*row)
