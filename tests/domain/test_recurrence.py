"""Series keep their local time, end, and refuse what calendars would not show right."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import Refused
from app.domain.interval import Interval
from app.domain.recurrence import MOST_DATES, expand, normal_form

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def at(*local: int, minutes: int = 60) -> Interval:
    start = datetime(*local, tzinfo=STOCKHOLM).astimezone(UTC)
    return Interval(start, start + timedelta(minutes=minutes))


def local_starts(rule: str, first: Interval) -> list[str]:
    return [
        each.start.astimezone(STOCKHOLM).strftime("%m-%d %H:%M") for each in expand(rule, first, STOCKHOLM)
    ]


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        (at(2026, 3, 20, 9), ["03-20 09:00", "03-27 09:00", "04-03 09:00"]),
        (at(2026, 10, 20, 9), ["10-20 09:00", "10-27 09:00", "11-03 09:00"]),
        (at(2027, 3, 25, 9), ["03-25 09:00", "04-01 09:00", "04-08 09:00"]),
        (at(2027, 10, 28, 9), ["10-28 09:00", "11-04 09:00", "11-11 09:00"]),
    ],
)
def test_weekly_keeps_local_time_over_clock_changes(first: Interval, expected: list[str]) -> None:
    assert local_starts("FREQ=WEEKLY;COUNT=3", first) == expected


def test_a_time_in_the_gap_shifts_forward_for_that_date_alone() -> None:
    dates = local_starts("FREQ=DAILY;COUNT=3", at(2026, 3, 28, 2, 30))
    assert dates == ["03-28 02:30", "03-29 03:30", "03-30 02:30"]


def test_a_time_that_comes_twice_means_the_first() -> None:
    dates = expand("FREQ=DAILY;COUNT=2", at(2026, 10, 24, 2, 30), STOCKHOLM)
    assert dates[1].start == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_every_date_is_as_long_as_the_first_in_exact_time() -> None:
    first = at(2026, 10, 24, 1, minutes=180)
    assert {each.duration for each in expand("FREQ=DAILY;COUNT=3", first, STOCKHOLM)} == {timedelta(hours=3)}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=WEEKLY;BYDAY=MO,WE;COUNT=3", ["09-07 09:00", "09-09 09:00", "09-14 09:00"]),
        ("FREQ=WEEKLY;INTERVAL=2;COUNT=2", ["09-07 09:00", "09-21 09:00"]),
        ("FREQ=MONTHLY;BYDAY=1MO;COUNT=2", ["09-07 09:00", "10-05 09:00"]),
        ("FREQ=MONTHLY;BYMONTHDAY=7;COUNT=2", ["09-07 09:00", "10-07 09:00"]),
        ("FREQ=DAILY;UNTIL=20260908", ["09-07 09:00", "09-08 09:00"]),
        ("FREQ=DAILY;UNTIL=20260908T065900Z", ["09-07 09:00"]),
        ("rrule:freq=daily;count=1", ["09-07 09:00"]),
    ],
)
def test_rules(rule: str, expected: list[str]) -> None:
    assert local_starts(rule, at(2026, 9, 7, 9)) == expected


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("", "bad_recurrence"),
        ("FREQ=SECONDLY;COUNT=2", "bad_recurrence"),
        ("FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30", "bad_recurrence"),
        ("FREQ=YEARLY;COUNT=2", "bad_recurrence"),
        ("FREQ=DAILY", "bad_recurrence"),
        ("FREQ=DAILY;COUNT=2;UNTIL=20270101", "bad_recurrence"),
        ("FREQ=DAILY;COUNT=2;COUNT=3", "bad_recurrence"),
        ("FREQ=DAILY;COUNT=0", "bad_recurrence"),
        ("FREQ=DAILY;COUNT=-1", "bad_recurrence"),
        ("FREQ=DAILY;COUNT=²", "bad_recurrence"),
        ("FREQ=DAILY;INTERVAL=0;COUNT=2", "bad_recurrence"),
        ("FREQ=WEEKLY;BYDAY=XX;COUNT=2", "bad_recurrence"),
        ("FREQ=MONTHLY;BYMONTHDAY=2;BYHOUR=3;COUNT=2", "bad_recurrence"),
        ("FREQ=DAILY;UNTIL=yesterday", "bad_recurrence"),
        ("FREQ=WEEKLY;BYDAY=2MO;COUNT=2", "bad_recurrence"),
        ("FREQ=DAILY;INTERVAL=7;BYDAY=TU;COUNT=2", "series_without_first"),
        ("FREQ=MONTHLY;BYMONTHDAY=32;COUNT=2", "series_without_first"),
        ("FREQ=MONTHLY;BYMONTHDAY=31;INTERVAL=12;COUNT=2", "series_without_first"),
        ("FREQ=DAILY;COUNT=1000000", "too_many_dates"),
        ("FREQ=DAILY;UNTIL=20280101", "too_many_dates"),
        ("FREQ=WEEKLY;COUNT=106", "series_too_long"),
        ("FREQ=WEEKLY;UNTIL=20350101", "series_too_long"),
        ("FREQ=MONTHLY;INTERVAL=3;COUNT=10;BYDAY=1MO", "series_too_long"),
        ("FREQ=MONTHLY;INTERVAL=99;UNTIL=20990101", "series_too_long"),
        ("FREQ=DAILY;UNTIL=20260901", "series_without_first"),
        ("FREQ=MONTHLY;BYMONTHDAY=31;BYDAY=MO;COUNT=300", "series_without_first"),
        ("FREQ=WEEKLY;BYDAY=FR;COUNT=3", "series_without_first"),
    ],
)
def test_refuses_what_it_cannot_hold(rule: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        expand(rule, at(2026, 9, 7, 9), STOCKHOLM)
    assert [refusal.code for refusal in refused.value.refusals] == [code]


@given(st.text(max_size=60))
def test_any_text_is_a_rule_or_refused(text: str) -> None:
    try:
        dates = expand(text, at(2026, 9, 7, 9), STOCKHOLM)
    except Refused:
        return
    assert 1 <= len(dates) <= MOST_DATES


def test_normal_form_is_the_same_for_equal_rules() -> None:
    assert (
        normal_form("rrule:count=3;freq=weekly")
        == normal_form("FREQ=WEEKLY;COUNT=3")
        == "FREQ=WEEKLY;COUNT=3"
    )
