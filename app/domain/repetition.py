"""How people say that something repeats, and the rule (RRULE) that says the same."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, timedelta, tzinfo
from typing import Literal

from app.domain.errors import Refused
from app.domain.recurrence import WEEKDAYS, normal_form, until_of

Every = Literal["day", "week", "month"]

LAST = -1
FREQUENCIES: dict[str, Every] = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month"}
RULES = {every: rule for rule, every in FREQUENCIES.items()}
NTHS = (1, 2, 3, 4, 5, LAST)


@dataclass(frozen=True, slots=True)
class Repetition:
    """Every day, week or month, or every nth; until a date (that day too) or so many times.

    Of a week: on `weekdays` (Monday is 0, in order). Of a month: on the `day` (LAST: its last), or on the
    `nth` (LAST: the last) of the one weekday. ValueError for any other mixture.
    """

    every: Every
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    day: int | None = None
    nth: int | None = None
    until: date | None = None
    count: int | None = None

    def __post_init__(self) -> None:
        shapes = {
            "day": not self.weekdays and self.day is None and self.nth is None,
            "week": bool(self.weekdays) and self.day is None and self.nth is None,
            "month": self._is_month_by_day() or self._is_month_by_weekday(),
        }
        if not shapes[self.every] or not 1 <= self.interval <= 99:
            raise ValueError("no such repetition")
        if [*self.weekdays] != sorted({*self.weekdays} & {*range(7)}):
            raise ValueError("no such weekdays")
        if (self.until is None) == (self.count is None) or (self.count is not None and self.count < 1):
            raise ValueError("a repetition ends: on a date, or after so many times")

    def _is_month_by_day(self) -> bool:
        known = self.day is not None and (self.day == LAST or 1 <= self.day <= 31)
        return known and self.nth is None and not self.weekdays

    def _is_month_by_weekday(self) -> bool:
        return self.day is None and self.nth in NTHS and len(self.weekdays) == 1

    def rule(self) -> str:
        """As an RRULE in the normal form of `app.domain.recurrence`."""
        parts = [f"FREQ={RULES[self.every]}"]
        if self.interval > 1:
            parts.append(f"INTERVAL={self.interval}")
        parts.append(f"COUNT={self.count}" if self.until is None else f"UNTIL={self.until:%Y%m%d}")
        if self.weekdays:
            nth = "" if self.nth is None else str(self.nth)
            parts.append("BYDAY=" + ",".join(f"{nth}{WEEKDAYS[each]}" for each in self.weekdays))
        if self.day is not None:
            parts.append(f"BYMONTHDAY={self.day}")
        return ";".join(parts)

    def first_from(self, day: date) -> date:
        """The first day it can begin on, that day or later: what comes before would not fit the rule."""
        fitting = (each for each in _days(day) if self._fits(each))
        return next(fitting, day)

    def _fits(self, day: date) -> bool:
        if self.day is not None:
            return day.day == self.day or (self.day == LAST and is_last_day(day))
        if self.nth is not None:
            return day.weekday() in self.weekdays and self.nth in nths_of(day)
        return not self.weekdays or day.weekday() in self.weekdays


def read(rule: str, first: date, tz: tzinfo = UTC) -> Repetition | None:
    """The repetition that a rule means for a series from `first` on; None where we have no word for it.

    `tz` is the clock by which an UNTIL in UTC is read as a date.
    """
    try:
        parts = dict(part.split("=") for part in normal_form(rule).split(";"))
        every = FREQUENCIES[parts["FREQ"]]
        nths, weekdays = _weekdays(parts.get("BYDAY", ""))
        days = [int(each) for each in parts.get("BYMONTHDAY", "").split(",") if each]
        if every == "day" and weekdays and parts.get("INTERVAL", "1") == "1":
            every = "week"  # every day that is a Monday or a Tuesday
        if every == "week" and not weekdays:
            weekdays = (first.weekday(),)
        if every == "month" and not weekdays and not days:
            days = [first.day]
        if len(days) > 1 or len(nths) > 1:
            return None
        return Repetition(
            every,
            interval=int(parts.get("INTERVAL", "1")),
            weekdays=weekdays,
            day=days[0] if days else None,
            nth=nths[0] if nths else None,
            until=until_of(parts["UNTIL"], tz).date() if "UNTIL" in parts else None,
            count=int(parts["COUNT"]) if "COUNT" in parts else None,
        )
    except (Refused, ValueError, KeyError):
        return None


def nths_of(day: date) -> tuple[int, ...]:
    """Which of its weekday in its month a day is: (4,), (4, LAST), (5, LAST)."""
    nth = (day.day - 1) // 7 + 1
    return (nth, LAST) if (day + timedelta(days=7)).month != day.month else (nth,)


def is_last_day(day: date) -> bool:
    """Whether its month ends with this day."""
    return (day + timedelta(days=1)).month != day.month


def _days(day: date) -> Iterator[date]:
    """Far enough for the 31st, or a fifth Monday."""
    return (day + timedelta(days=number) for number in range(190))


def _weekdays(text: str) -> tuple[list[int], tuple[int, ...]]:
    """The numbers that stand before weekdays, each once, and the weekdays in order."""
    pieces = [piece for piece in text.split(",") if piece]
    nths = {piece[:-2] for piece in pieces} if any(piece[:-2] for piece in pieces) else set()
    return [int(nth) for nth in nths], tuple(sorted({WEEKDAYS.index(piece[-2:]) for piece in pieces}))
