"""Working days."""

from calendar import monthrange
from collections.abc import Container
from datetime import date


def first_working_day(year: int, month: int, holidays: Container[date]) -> date:
    """The first day of the month from Monday to Friday that is no holiday. ValueError if there is none."""
    for number in range(1, monthrange(year, month)[1] + 1):
        day = date(year, month, number)
        if day.weekday() < 5 and day not in holidays:
            return day
    raise ValueError(f"no working day in {year}-{month:02}")
