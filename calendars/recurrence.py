"""Recurrence rules: parse them, expand them within bounds, know which ones Outlook can show.

Only what a booking may use is understood: daily to yearly, no BYHOUR and the like, no BYWEEKNO.
Dates are naive local times; the clock changes are the business of `series`.
"""

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import cast

from dateutil.rrule import rrule, rrulestr

from calendars.lines import utc_text
from calendars.zones import to_utc

MAX_DATES = 1000
HORIZON = timedelta(days=11 * 366)
"""How far from its first date a rule is followed, so that no rule can keep us busy for long."""

_KEYS = ("FREQ", "UNTIL", "COUNT", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST")
_FREQUENCIES = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
_COUNTING = re.compile(r"0{0,3}[1-9][0-9]{0,3}")
_NUMBERS = re.compile(r"[+-]?[0-9]{1,3}(,[+-]?[0-9]{1,3})*")
_DAYS = re.compile(r"([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)(,([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU))*")
_ONE_NTH_DAY = re.compile(r"\+?([1-4]|-1)(MO|TU|WE|TH|FR|SA|SU)")
_PLAIN_DAYS = re.compile(r"(MO|TU|WE|TH|FR|SA|SU)(,(MO|TU|WE|TH|FR|SA|SU))*")
_RANGES = {"BYMONTHDAY": (-31, 31), "BYMONTH": (1, 12), "BYSETPOS": (-366, 366)}
_UNTIL = re.compile(r"(\d{8})(?:T(\d{6})(Z?))?", re.ASCII)
_LONGEST = 1000  # characters
_LAST_FIRST_YEAR = 9987  # from here HORIZON just fits into what datetime can hold
_LAST_SAFE_DAY = 28  # for later days Outlook takes the last of a short month, others skip the month


class RuleError(ValueError):
    """A rule that cannot be read, has no end, or goes on for too long; `args[0]` says why."""


@dataclass(frozen=True)
class Rule:
    """A recurrence rule, its parts in the order in which every reader takes them (FREQ first)."""

    parts: tuple[tuple[str, str], ...]

    @classmethod
    def parse(cls, text: str) -> "Rule":
        """Read `FREQ=WEEKLY;COUNT=4`, with or without `RRULE:` before it. Raises `RuleError`."""
        parts: dict[str, str] = {}
        if len(text) > _LONGEST:
            raise RuleError("too long a recurrence rule")
        for part in text.strip().upper().removeprefix("RRULE:").rstrip(";").split(";"):
            key, _, value = part.partition("=")
            if key not in _KEYS or key in parts or not _is_valid(key, value):
                raise RuleError(f"cannot use “{part}” in a recurrence rule")
            parts[key] = value
        if "FREQ" not in parts:
            raise RuleError("a recurrence rule needs FREQ")
        if "COUNT" in parts and "UNTIL" in parts:
            raise RuleError("a recurrence rule has COUNT or UNTIL, not both")
        if parts["FREQ"] in {"DAILY", "WEEKLY"} and any(c.isdigit() for c in parts.get("BYDAY", "")):
            raise RuleError("a numbered weekday needs a month or a year")
        if parts["FREQ"] == "WEEKLY" and "INTERVAL" in parts:
            parts.setdefault("WKST", "MO")  # the standard's default, but Outlook's is Sunday
        return cls.of(parts)

    @classmethod
    def of(cls, parts: Mapping[str, str]) -> "Rule":
        """The rule with these valid parts."""
        return cls(tuple((key, parts[key]) for key in _KEYS if key in parts))

    def __str__(self) -> str:
        return ";".join(f"{key}={value}" for key, value in self.parts)

    def __getitem__(self, key: str) -> str | None:
        return dict(self.parts).get(key)

    @property
    def is_endless(self) -> bool:
        """Whether neither COUNT nor UNTIL ends it."""
        return not (self["COUNT"] or self["UNTIL"])

    def ending(self, until: datetime) -> "Rule":
        """The same rule with UNTIL at that aware instant instead of its own end."""
        parts = {key: value for key, value in self.parts if key != "COUNT"}
        return Rule.of(parts | {"UNTIL": utc_text(until)})

    def until(self, timezone: str) -> datetime | None:
        """UNTIL as an instant; a date means its last second in the zone, a floating time is local."""
        match = _UNTIL.fullmatch(self["UNTIL"] or "")
        if match is None:
            return None
        day = datetime.strptime(match[1], "%Y%m%d")
        if match[2] is None:
            return to_utc(datetime.combine(day, time(23, 59, 59)), timezone)
        at = datetime.strptime(match[1] + match[2], "%Y%m%d%H%M%S")
        return at.replace(tzinfo=UTC) if match[3] else to_utc(at, timezone)

    def dates(self, first: datetime, timezone: str) -> list[datetime]:
        """Every date as naive local time in the zone, from `first` (naive).

        Raises `RuleError` if the rule has no end, more than `MAX_DATES` dates,
        or goes on beyond `HORIZON`.
        """
        if self.is_endless:
            raise RuleError("a recurrence rule needs COUNT or UNTIL")
        found = list(itertools.islice(self._within(first, timezone), MAX_DATES + 1))
        count = int(self["COUNT"] or 0)
        if len(found) > MAX_DATES:
            raise RuleError(f"more than {MAX_DATES} dates")
        if len(found) < count or _further(self.until(timezone), first):
            raise RuleError("the rule goes on for too long, or never comes to its dates")
        return found

    def _within(self, first: datetime, timezone: str) -> Iterator[datetime]:
        until = self.until(timezone)
        count = int(self["COUNT"] or MAX_DATES + 1)
        for date in itertools.islice(self._endless(first), count):
            if until is not None and to_utc(date, timezone) > until:
                return
            yield date

    def _endless(self, first: datetime) -> Iterator[datetime]:
        """The dates as if nothing ended them, within `HORIZON`.

        dateutil looks for a next date until the year 9999, seconds of work for a rule without any. So
        the search begins whole cycles of 400 years later, in which the calendar is the same.
        """
        later = (_LAST_FIRST_YEAR - first.year) // 400 * 400
        text = ";".join(f"{key}={value}" for key, value in self.parts if key not in ("COUNT", "UNTIL"))
        try:
            start = first.replace(year=first.year + later)
            dates = cast(rrule, rrulestr(text, dtstart=start)).replace(until=start + HORIZON)
        except (ValueError, OverflowError) as error:
            raise RuleError(f"cannot follow {self}: {error}") from error
        return (date.replace(year=date.year - later) for date in dates)


def _is_valid(key: str, value: str) -> bool:
    match key:
        case "FREQ":
            return value in _FREQUENCIES
        case "BYDAY":
            return bool(_DAYS.fullmatch(value))
        case "WKST":
            return value in {"MO", "TU", "WE", "TH", "FR", "SA", "SU"}
        case "COUNT" | "INTERVAL":
            return bool(_COUNTING.fullmatch(value))
        case "UNTIL":
            return _is_until(value)
    if not _NUMBERS.fullmatch(value):
        return False
    lowest, highest = _RANGES[key]
    return all(n != 0 and lowest <= n <= highest for n in map(int, value.split(",")))


def _is_until(value: str) -> bool:
    match = _UNTIL.fullmatch(value)
    if match is None:
        return False
    try:
        datetime.strptime(match[1] + (match[2] or "000000"), "%Y%m%d%H%M%S")
    except ValueError:
        return False
    return match[1] < "9990"  # beyond, a zone's offset may leave the calendar


def _further(until: datetime | None, first: datetime) -> bool:
    return until is not None and until.replace(tzinfo=None) > first + HORIZON


def outlook_can_show(rule: Rule, first: datetime) -> bool:
    """Whether the rule is one of Outlook's own patterns and means the same there.

    `first` is the naive local time of the first date. Outlook moves the 31st to the last day of a
    short month and reads the fifth Monday as the last one, so both count as not.
    """
    by: Mapping[str, str] = {k: v for k, v in rule.parts if k.startswith("BY")}
    if int(rule["INTERVAL"] or 1) > 99 or int(rule["COUNT"] or 1) > 999:
        return False
    match rule["FREQ"]:
        case "DAILY":
            return not by
        case "WEEKLY":
            return set(by) <= {"BYDAY"} and _plain_days(by.get("BYDAY", "MO"))
        case "MONTHLY":
            return _day_of_month(by, first)
    return _day_of_year(by, first)


def _plain_days(value: str) -> bool:
    return bool(_PLAIN_DAYS.fullmatch(value))


def _day_of_year(by: Mapping[str, str], first: datetime) -> bool:
    if not by:
        return (first.month, first.day) != (2, 29)
    day = {key: value for key, value in by.items() if key != "BYMONTH"}
    return by.get("BYMONTH", "").isdigit() and _day_of_month(day, first)


def _day_of_month(by: Mapping[str, str], first: datetime) -> bool:
    match sorted(by):
        case []:
            return first.day <= _LAST_SAFE_DAY
        case ["BYMONTHDAY"]:
            day = by["BYMONTHDAY"]
            return day == "-1" or (day.isdigit() and 1 <= int(day) <= _LAST_SAFE_DAY)
        case ["BYDAY"]:
            return bool(_ONE_NTH_DAY.fullmatch(by["BYDAY"]))
        case ["BYDAY", "BYSETPOS"]:
            return _plain_days(by["BYDAY"]) and by["BYSETPOS"] in {"1", "2", "3", "4", "-1"}
    return False
