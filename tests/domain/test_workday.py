from datetime import date

import pytest

from app.domain.workday import first_working_day


@pytest.mark.parametrize(
    ("year", "month", "holidays", "expected"),
    [
        (2026, 12, set(), date(2026, 12, 1)),  # a Tuesday
        (2026, 11, set(), date(2026, 11, 2)),  # the 1st is a Sunday
        (2027, 1, {date(2027, 1, 1)}, date(2027, 1, 4)),  # New Year's Day on a Friday
        (2026, 5, {date(2026, 5, 1)}, date(2026, 5, 4)),
    ],
)
def test_first_working_day(year: int, month: int, holidays: set[date], expected: date) -> None:
    assert first_working_day(year, month, holidays) == expected


def test_a_month_of_holidays_has_none() -> None:
    with pytest.raises(ValueError, match="2026-02"):
        first_working_day(2026, 2, {date(2026, 2, day) for day in range(1, 29)})
