"""Report periods: a month, quarter, half-year, year or any range of whole local days."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from app.domain.errors import DomainError
from app.domain.interval import Interval
from app.domain.localtime import day_bounds

FIRST_YEAR, LAST_YEAR = 1970, 2200
LONGEST_YEARS = 30  # a report lays out every day of its period

_CALENDAR = re.compile(r"(?P<year>\d{4})(?:-(?:(?P<month>\d\d)|Q(?P<quarter>\d)|H(?P<half>\d)))?", re.ASCII)
_MONTHS_IN = {"month": 1, "quarter": 3, "half": 6}


class PeriodError(DomainError):
    """Text that is no period.

    `params["text"]` is what was written, `params["reason"]` one of `form` (not one of the forms),
    `month`, `quarter`, `half` or `date` (there is no such), `year` (out of range), `empty` (ends at
    or before its start), `long` (more than LONGEST_YEARS).
    """

    code = "period_invalid"

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(text=text, reason=reason)
        self.text = text
        self.reason = reason


@dataclass(frozen=True, order=True, slots=True)
class Period:
    """Whole local days from `first` until just before `last_exclusive`. ValueError if that is none."""

    first: date
    last_exclusive: date

    def __post_init__(self) -> None:
        if self.last_exclusive <= self.first:
            raise ValueError(f"no day from {self.first} to {self.last_exclusive}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads `2026-10`, `2026-Q4`, `2026-H2`, `2026` or `2015-11-01..2018-12-01`; else PeriodError."""
        text = text.strip()
        first, parted, last = text.partition("..")
        if parted:
            return cls._from_dates(text, first, last)
        match = _CALENDAR.fullmatch(text)
        if not match:
            raise PeriodError(text, "form")
        year = int(match["year"])
        _refuse_far_years(text, year)
        for unit, months in _MONTHS_IN.items():
            if match[unit]:
                number = int(match[unit])
                if not 1 <= number <= 12 // months:
                    raise PeriodError(text, unit)
                return cls._of_months(date(year, (number - 1) * months + 1, 1), months)
        return cls._of_months(date(year, 1, 1), 12)

    @classmethod
    def month_of(cls, day: date) -> Self:
        """The calendar month that the day is in."""
        return cls._of_months(day.replace(day=1), 1)

    @classmethod
    def around(cls, day: date, months: int) -> Self:
        """The month, quarter, half-year or year (1, 3, 6 or 12 months) that the day is in."""
        return cls._of_months(date(day.year, (day.month - 1) // months * months + 1, 1), months)

    @classmethod
    def _of_months(cls, first: date, months: int) -> Self:
        return cls(first, _add_months(first, months))

    @classmethod
    def _from_dates(cls, text: str, first_text: str, last_text: str) -> Self:
        first, last = _read_date(text, first_text), _read_date(text, last_text)
        if last <= first:
            raise PeriodError(text, "empty")
        if last > _add_months(first.replace(day=1), LONGEST_YEARS * 12):
            raise PeriodError(text, "long")
        return cls(first, last)

    def __contains__(self, day: date) -> bool:
        return self.first <= day < self.last_exclusive

    def interval(self, tz: ZoneInfo) -> Interval:
        """The instants of the period in the office's time zone."""
        return Interval(day_bounds(self.first, tz).start, day_bounds(self.last_exclusive, tz).start)

    def previous(self) -> Self:
        """The period of the same length just before: months for whole months, else days."""
        return self._shifted(-1)

    def next(self) -> Self:
        """The period of the same length just after: months for whole months, else days."""
        return self._shifted(1)

    @property
    def last(self) -> date:
        """Its last day."""
        return self.last_exclusive - timedelta(days=1)

    @property
    def is_month(self) -> bool:
        return self._whole_months() == 1

    @property
    def label(self) -> str:
        """The shortest text that `parse` reads as this period."""
        months = self._whole_months()
        year, before = self.first.year, self.first.month - 1  # months of the year before it
        if months == 12 and before == 0:
            return f"{year:04}"
        if months == 6 and before % 6 == 0:
            return f"{year:04}-H{before // 6 + 1}"
        if months == 3 and before % 3 == 0:
            return f"{year:04}-Q{before // 3 + 1}"
        if months == 1:
            return f"{year:04}-{before + 1:02}"
        return f"{self.first}..{self.last_exclusive}"

    def __str__(self) -> str:
        return self.label

    def months(self) -> list[Self]:
        """Its calendar months in order; the first and last only as far as they lie in the period."""
        found: list[Self] = []
        first = self.first
        while first < self.last_exclusive:
            end = min(_add_months(first.replace(day=1), 1), self.last_exclusive)
            found.append(type(self)(first, end))
            first = end
        return found

    def days(self) -> list[date]:
        """Its days in order."""
        return [self.first + timedelta(days=n) for n in range((self.last_exclusive - self.first).days)]

    def _whole_months(self) -> int | None:
        """How many calendar months it is, or None if it begins or ends within one."""
        if self.first.day != 1 or self.last_exclusive.day != 1:
            return None
        years = self.last_exclusive.year - self.first.year
        return years * 12 + self.last_exclusive.month - self.first.month

    def _shifted(self, times: int) -> Self:
        months = self._whole_months()
        if months is None:
            days = (self.last_exclusive - self.first) * times
            return type(self)(self.first + days, self.last_exclusive + days)
        return type(self)(
            _add_months(self.first, months * times), _add_months(self.last_exclusive, months * times)
        )


def _add_months(first_of_month: date, months: int) -> date:
    years, month = divmod(first_of_month.month - 1 + months, 12)
    return first_of_month.replace(year=first_of_month.year + years, month=month + 1)


def _read_date(text: str, part: str) -> date:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", part, re.ASCII):
        raise PeriodError(text, "form")
    try:
        day = date.fromisoformat(part)
    except ValueError as problem:
        raise PeriodError(text, "date") from problem
    _refuse_far_years(text, day.year)
    return day


def _refuse_far_years(text: str, year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise PeriodError(text, "year")
