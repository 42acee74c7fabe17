"""Months by the clock of an office: none of the time is lost or counted twice."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from app.domain.interval import Interval
from app.domain.localtime import day_bounds
from app.services.rules.quotas import Held, month_around, months_of, time_in

STOCKHOLM = ZoneInfo("Europe/Stockholm")
HOUR = timedelta(hours=1)


@given(st.lists(st.tuples(st.integers(0, 365 * 24), st.integers(1, 31 * 24)), min_size=1, max_size=6))
def test_months_share_time_without_losing_any(taken: list[tuple[int, int]]) -> None:
    """All of 2027, with its month of 743 hours and its month of 745."""
    first = day_bounds(date(2027, 1, 1), STOCKHOLM).start
    uses = [Interval(first + start * HOUR, first + (start + length) * HOUR) for start, length in taken]
    months = list(months_of(uses, STOCKHOLM))
    held = [Held(number, use, True) for number, use in enumerate(uses)]
    by_month = [time_in(held, month_around(month, STOCKHOLM)) for month in months]
    assert sum(by_month, timedelta()) == sum((use.duration for use in uses), timedelta())
    assert all(by_month)


def test_months_are_as_long_as_their_clocks() -> None:
    lengths = {month: month_around(date(2027, month, 15), STOCKHOLM).duration / HOUR for month in (2, 3, 10)}
    assert lengths == {2: 28 * 24, 3: 31 * 24 - 1, 10: 31 * 24 + 1}
