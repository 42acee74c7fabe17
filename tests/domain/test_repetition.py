"""Repetitions as people say them, and their rules."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.interval import Interval
from app.domain.recurrence import expand, normal_form
from app.domain.repetition import LAST, NTHS, Repetition, is_last_day, nths_of, read

STOCKHOLM = ZoneInfo("Europe/Stockholm")
TUESDAY = date(2026, 11, 24)
DAYS = st.dates(date(2026, 1, 1), date(2036, 12, 31))
ENDS = st.one_of(
    st.fixed_dictionaries({"until": DAYS}), st.fixed_dictionaries({"count": st.integers(1, 366)})
)
SHAPES = st.one_of(
    st.just({"every": "day"}),
    st.builds(
        lambda days: {"every": "week", "weekdays": tuple(sorted(days))},
        st.sets(st.integers(0, 6), min_size=1),
    ),
    st.builds(lambda day: {"every": "month", "day": day}, st.sampled_from([*range(1, 32), LAST])),
    st.builds(
        lambda nth, day: {"every": "month", "nth": nth, "weekdays": (day,)},
        st.sampled_from(NTHS),
        st.integers(0, 6),
    ),
)
REPETITIONS = st.builds(
    lambda shape, interval, end: Repetition(**shape, interval=interval, **end),
    SHAPES,
    st.integers(1, 99),
    ENDS,
)


@given(REPETITIONS, DAYS)
def test_to_a_rule_and_back_is_the_same(repetition: Repetition, first: date) -> None:
    rule = repetition.rule()
    assert normal_form(rule) == rule
    assert read(rule, first) == repetition


@given(SHAPES, DAYS)
def test_the_first_day_fits_the_rule(shape: dict[str, Any], day: date) -> None:
    repetition = Repetition(**shape, count=2)
    first = repetition.first_from(day)
    assert first >= day
    start = datetime(first.year, first.month, first.day, 9, tzinfo=STOCKHOLM).astimezone(UTC)
    use = Interval(start, start + timedelta(hours=1))
    assert expand(repetition.rule(), use, STOCKHOLM)[0] == use


@pytest.mark.parametrize(
    ("rule", "meant"),
    [
        ("FREQ=WEEKLY;COUNT=3", Repetition("week", weekdays=(1,), count=3)),
        ("FREQ=MONTHLY;COUNT=3", Repetition("month", day=24, count=3)),
        ("FREQ=DAILY;COUNT=3;BYDAY=MO,TU", Repetition("week", weekdays=(0, 1), count=3)),
        ("rrule:freq=weekly;byday=th,mo;count=2", Repetition("week", weekdays=(0, 3), count=2)),
        ("FREQ=DAILY;UNTIL=20261215T230000Z", Repetition("day", until=date(2026, 12, 16))),
        ("FREQ=DAILY;UNTIL=20261215T120000", Repetition("day", until=date(2026, 12, 15))),
        ("FREQ=DAILY;UNTIL=99991231T235959Z", Repetition("day", until=date(9999, 12, 31))),
    ],
)
def test_a_rule_that_leaves_something_out(rule: str, meant: Repetition) -> None:
    assert read(rule, TUESDAY, STOCKHOLM) == meant


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=MONTHLY;COUNT=3;BYMONTHDAY=1,15",
        "FREQ=MONTHLY;COUNT=3;BYDAY=1MO,3MO",
        "FREQ=MONTHLY;COUNT=3;BYDAY=-2MO",
        "FREQ=MONTHLY;COUNT=3;BYDAY=1MO;BYMONTHDAY=1",
        "FREQ=DAILY;INTERVAL=2;COUNT=3;BYDAY=MO",
        "FREQ=YEARLY;COUNT=3",
        "FREQ=DAILY;UNTIL=tomorrow",
        "FREQ=MONTHLY;COUNT=3;BYMONTHDAY=x",
        "nonsense",
        "",
    ],
)
def test_rules_without_a_word_for_them(rule: str) -> None:
    assert read(rule, TUESDAY) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"every": "day", "weekdays": (1,), "count": 1},
        {"every": "week", "count": 1},
        {"every": "week", "weekdays": (1, 0), "count": 1},
        {"every": "week", "weekdays": (7,), "count": 1},
        {"every": "month", "count": 1},
        {"every": "month", "day": 32, "count": 1},
        {"every": "month", "nth": 6, "weekdays": (0,), "count": 1},
        {"every": "month", "nth": 1, "weekdays": (0, 1), "count": 1},
        {"every": "day"},
        {"every": "day", "count": 0},
        {"every": "day", "count": 1, "until": TUESDAY},
        {"every": "day", "interval": 0, "count": 1},
    ],
)
def test_what_is_no_repetition(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"no such|ends"):
        Repetition(**wrong)


@pytest.mark.parametrize(
    ("day", "nths"),
    [
        (date(2026, 11, 1), (1,)),
        (date(2026, 11, 24), (4, LAST)),
        (date(2026, 11, 30), (5, LAST)),
        (date(2026, 11, 22), (4,)),
    ],
)
def test_which_weekday_of_its_month_a_day_is(day: date, nths: tuple[int, ...]) -> None:
    assert nths_of(day) == nths
    assert is_last_day(day) == (day.day == 30)
