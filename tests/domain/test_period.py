"""Report periods: reading, writing, neighbours, months and instants."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import DomainError
from app.domain.localtime import zone
from app.domain.period import Period, PeriodError

STOCKHOLM = zone("Europe/Stockholm")

periods = st.builds(
    lambda first, days: Period(first, first + timedelta(days=days)),
    st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    st.integers(1, 3000),
)


@pytest.mark.parametrize(
    ("text", "first", "last_exclusive"),
    [
        ("2026-10", date(2026, 10, 1), date(2026, 11, 1)),
        ("2026-12", date(2026, 12, 1), date(2027, 1, 1)),
        ("2026-Q1", date(2026, 1, 1), date(2026, 4, 1)),
        ("2026-Q4", date(2026, 10, 1), date(2027, 1, 1)),
        ("2026-H1", date(2026, 1, 1), date(2026, 7, 1)),
        ("2026-H2", date(2026, 7, 1), date(2027, 1, 1)),
        ("2026", date(2026, 1, 1), date(2027, 1, 1)),
        ("2015-11-01..2018-12-01", date(2015, 11, 1), date(2018, 12, 1)),
        ("2026-10-05..2026-10-06", date(2026, 10, 5), date(2026, 10, 6)),
    ],
)
def test_reads_and_writes(text: str, first: date, last_exclusive: date) -> None:
    period = Period.parse(f" {text} ")
    assert (period.first, period.last_exclusive) == (first, last_exclusive)
    assert period.label == str(period) == text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "form"),
        ("oktober", "form"),
        ("2026-1", "form"),
        ("2026-10-01", "form"),
        ("2026-10-01..", "form"),
        ("2026-10..2026-12", "form"),
        ("2026-10-01..2026-11-01..2026-12-01", "form"),
        ("20261001..20261101", "form"),
        ("٢٠٢٦", "form"),
        ("2026-13", "month"),
        ("2026-00", "month"),
        ("2026-Q5", "quarter"),
        ("2026-H3", "half"),
        ("2026-02-30..2026-04-01", "date"),
        ("2026-10-01..2026-10-01", "empty"),
        ("2026-11-01..2026-10-01", "empty"),
        ("0001", "year"),
        ("9999-12", "year"),
        ("2026-01-01..9999-12-31", "year"),
        ("1970-01-01..2200-01-01", "long"),
    ],
)
def test_says_what_is_wrong(text: str, reason: str) -> None:
    with pytest.raises(PeriodError) as caught:
        Period.parse(text)
    assert caught.value.params == {"text": text, "reason": reason}
    assert (caught.value.text, caught.value.reason) == (text, reason)
    assert isinstance(caught.value, DomainError)


def test_refuses_a_period_without_a_day() -> None:
    with pytest.raises(ValueError, match="no day"):
        Period(date(2026, 10, 1), date(2026, 10, 1))


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        ("2026-01", "2025-12", "2026-02"),
        ("2026-Q1", "2025-Q4", "2026-Q2"),
        ("2026-H1", "2025-H2", "2026-H2"),
        ("2026", "2025", "2027"),
        ("2015-11-01..2018-12-01", "2012-10-01..2015-11-01", "2018-12-01..2022-01-01"),
        ("2026-03-02..2026-03-09", "2026-02-23..2026-03-02", "2026-03-09..2026-03-16"),
    ],
)
def test_neighbours(text: str, before: str, after: str) -> None:
    assert Period.parse(text).previous().label == before
    assert Period.parse(text).next().label == after


@given(periods)
def test_neighbours_touch_and_the_label_reads_back(period: Period) -> None:
    assert period.previous().last_exclusive == period.first
    assert period.next().first == period.last_exclusive
    assert Period.parse(period.label) == period


@given(periods)
def test_months_tile_the_period(period: Period) -> None:
    months = period.months()
    assert months[0].first == period.first
    assert months[-1].last_exclusive == period.last_exclusive
    assert all(a.last_exclusive == b.first for a, b in pairwise(months))
    assert all(month.is_month for month in months[1:-1])
    assert all((month.last_exclusive - timedelta(days=1)).month == month.first.month for month in months)


def test_the_project_has_37_months() -> None:
    months = Period.parse("2015-11-01..2018-12-01").months()
    assert len(months) == 37
    assert [months[0].label, months[-1].label] == ["2015-11", "2018-11"]


def test_is_month() -> None:
    assert Period.parse("2026-10-01..2026-11-01").is_month
    assert not Period.parse("2026-10-02..2026-11-02").is_month
    assert not Period.parse("2026-Q4").is_month
    assert Period.month_of(date(2026, 10, 25)).label == "2026-10"


def test_interval_is_local_days_in_utc() -> None:
    october = Period.parse("2026-10").interval(STOCKHOLM)
    assert october.start == datetime(2026, 9, 30, 22, tzinfo=UTC)
    assert october.end == datetime(2026, 10, 31, 23, tzinfo=UTC)
    assert october.duration == timedelta(days=31, hours=1)


def test_holds_its_first_day_and_not_its_last() -> None:
    october = Period.parse("2026-10")
    assert date(2026, 10, 1) in october
    assert date(2026, 11, 1) not in october
