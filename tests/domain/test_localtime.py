"""The wall clock and UTC, at both changes of three years."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.domain.errors import DomainError
from app.domain.localtime import (
    TimeDoesNotExist,
    TimeIsAmbiguous,
    UnknownTimezone,
    day_bounds,
    local_date,
    to_utc,
    to_utc_shifting,
    zone,
)

STOCKHOLM = zone("Europe/Stockholm")

GAPS = [date(2026, 3, 29), date(2027, 3, 28)]
TWICE = [date(2026, 10, 25), date(2027, 10, 31)]


def local(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute)


def utc(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize("name", ["Europe/Sockholm", "Europe", "", "../etc/passwd", "/etc/passwd", "a\0b"])
def test_unknown_zones_are_named(name: str) -> None:
    with pytest.raises(UnknownTimezone) as caught:
        zone(name)
    assert caught.value.params == {"name": name}
    assert isinstance(caught.value, DomainError)


def test_ordinary_times_follow_summer_and_winter() -> None:
    assert to_utc(datetime(2026, 7, 1, 9), STOCKHOLM) == datetime(2026, 7, 1, 7, tzinfo=UTC)
    assert to_utc(datetime(2026, 12, 1, 9), STOCKHOLM) == datetime(2026, 12, 1, 8, tzinfo=UTC)
    assert to_utc(datetime(2026, 7, 1, 9), STOCKHOLM, fold=1) == datetime(2026, 7, 1, 7, tzinfo=UTC)
    assert to_utc(datetime(2026, 7, 1, 9), STOCKHOLM).tzinfo is UTC


@pytest.mark.parametrize("day", GAPS)
@pytest.mark.parametrize("fold", [None, 0, 1])
def test_a_time_in_the_gap_is_refused(day: date, fold: int | None) -> None:
    for missing in (local(day, 2), local(day, 2, 30), local(day, 2, 59)):
        with pytest.raises(TimeDoesNotExist) as caught:
            to_utc(missing, STOCKHOLM, fold)
        assert caught.value.params == {"local": missing, "timezone": "Europe/Stockholm"}
        assert (caught.value.local, caught.value.tz) == (missing, STOCKHOLM)


@pytest.mark.parametrize("day", GAPS)
def test_the_edges_of_the_gap_exist(day: date) -> None:
    assert to_utc(local(day, 1, 59), STOCKHOLM) == utc(day, 0, 59)
    assert to_utc(local(day, 3), STOCKHOLM) == utc(day, 1)


@pytest.mark.parametrize("day", TWICE)
def test_a_time_that_comes_twice_offers_both(day: date) -> None:
    with pytest.raises(TimeIsAmbiguous) as caught:
        to_utc(local(day, 2, 30), STOCKHOLM)
    assert caught.value.choices == (utc(day, 0, 30), utc(day, 1, 30))
    assert caught.value.params["choices"] == caught.value.choices
    assert (caught.value.local, caught.value.tz) == (local(day, 2, 30), STOCKHOLM)
    for fold, choice in enumerate(caught.value.choices):
        assert to_utc(local(day, 2, 30), STOCKHOLM, fold) == choice


@pytest.mark.parametrize("day", TWICE)
def test_the_edges_of_the_doubled_hour_come_once(day: date) -> None:
    assert to_utc(local(day, 1, 59), STOCKHOLM) == utc(day, 0) - timedelta(minutes=1)
    assert to_utc(local(day, 3), STOCKHOLM) == utc(day, 2)


def test_shifting_goes_forward_by_the_gap_and_takes_the_first_of_two() -> None:
    assert to_utc_shifting(local(GAPS[0], 2, 30), STOCKHOLM) == to_utc(local(GAPS[0], 3, 30), STOCKHOLM)
    assert to_utc_shifting(local(TWICE[0], 2, 30), STOCKHOLM) == utc(TWICE[0], 0, 30)
    assert to_utc_shifting(local(TWICE[0], 12), STOCKHOLM) == utc(TWICE[0], 11)


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 10, 25), 25), (date(2027, 10, 31), 25), (date(2026, 3, 29), 23), (date(2026, 10, 26), 24)],
)
def test_days_are_as_long_as_they_are(day: date, hours: int) -> None:
    assert day_bounds(day, STOCKHOLM).duration == timedelta(hours=hours)


def test_a_day_whose_midnight_is_skipped_begins_when_it_begins() -> None:
    cairo = ZoneInfo("Africa/Cairo")  # 24 April 2026, 00:00 becomes 01:00
    bounds = day_bounds(date(2026, 4, 24), cairo)
    assert bounds.duration == timedelta(hours=23)
    assert local_date(bounds.start, cairo) == date(2026, 4, 24)
    assert local_date(bounds.start - timedelta(minutes=1), cairo) == date(2026, 4, 23)


def test_a_day_that_never_was_is_refused() -> None:
    with pytest.raises(TimeDoesNotExist):
        day_bounds(date(2011, 12, 30), ZoneInfo("Pacific/Apia"))


def test_local_date_turns_at_local_midnight() -> None:
    assert local_date(datetime(2026, 10, 31, 22, 59, tzinfo=UTC), STOCKHOLM) == date(2026, 10, 31)
    assert local_date(datetime(2026, 10, 31, 23, 0, tzinfo=UTC), STOCKHOLM) == date(2026, 11, 1)


def test_an_instant_is_no_local_time() -> None:
    with pytest.raises(ValueError, match="not a local time"):
        to_utc(datetime(2026, 10, 1, 9, tzinfo=UTC), STOCKHOLM)
