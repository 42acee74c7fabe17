"""One table of a TOML file, read key by key. What is wrong is noted, and reading goes on."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import TypeVar
from zoneinfo import ZoneInfo

from app.domain.localtime import TimeDoesNotExist, TimeIsAmbiguous, to_utc
from app.domain.money import MOST_PER_HOUR
from app.domain.opening import MINUTES_PER_DAY
from app.domain.period import FIRST_YEAR, LAST_YEAR
from app.services.office_file.problems import Problem, suggestion

T = TypeVar("T")

SLUG = re.compile(r"[a-z0-9][a-z0-9-]*")
CLOCK = re.compile(r"(\d\d?):(\d\d)", re.ASCII)
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029]")
LINE_BREAK = re.compile(r"[\t\n]")


@dataclass(slots=True)
class Table:
    """`path` is how problems call the table. A wrong value reads like an absent one."""

    values: dict[str, object]
    path: str
    problems: list[Problem]
    keys: list[str] = field(default_factory=list)

    def refuse(self, key: str, code: str, **params: object) -> None:
        """Notes a problem with one key."""
        self.problems.append(Problem(".".join(filter(None, (self.path, key))), code, params))

    def close(self) -> None:
        """To be called when every key that may be there has been read: what is left is unknown."""
        for key in self.values:
            if key not in self.keys:
                self.refuse(key, "unknown_key", suggestion=suggestion(key, self.keys))

    def text(self, key: str, limit: int, *, lines: bool = False) -> str:
        """Text of at most `limit` characters, on one line unless `lines`; "" if there is none."""
        value = (self._get(key, str, "text") or "").strip()
        if len(value) > limit:
            self.refuse(key, "too_long", limit=limit)
        if CONTROL.search(value) or (not lines and LINE_BREAK.search(value)):
            self.refuse(key, "control_characters")
        return value

    def needed_text(self, key: str, limit: int) -> str:
        value = self.text(key, limit)
        if not value and isinstance(self.values.get(key, ""), str):
            self.refuse(key, "missing")
        return value

    def optional_text(self, key: str, limit: int) -> str | None:
        return self.text(key, limit) or None

    def slug(self, key: str) -> str:
        """A needed slug; "" if it is none."""
        value = self.needed_text(key, 80)
        return self._slug(key, value)

    def optional_slug(self, key: str) -> str | None:
        value = self.text(key, 80)
        return self._slug(key, value) or None

    def choice(self, key: str, options: Sequence[str], default: str | None = None) -> str:
        """One of the options; without a default it is needed."""
        value = self.needed_text(key, 80) if default is None else self.text(key, 80) or default
        if value and value not in options:
            self.refuse(key, "not_one_of", options=tuple(options), suggestion=suggestion(value, options))
        return value

    def words(self, key: str, limit: int = 80) -> tuple[str, ...]:
        """A list of short texts, each once."""
        found = self._get(key, list, "list") or []
        if not all(isinstance(word, str) for word in found):
            self.refuse(key, "wrong_type", expected="texts")
            return ()
        words = [word.strip() for word in found]
        for word in words:
            if not word or len(word) > limit or CONTROL.search(word) or LINE_BREAK.search(word):
                self.refuse(key, "bad_word", limit=limit)
        for word in sorted({word for word in words if words.count(word) > 1}):
            self.refuse(key, "twice", slug=word)
        return tuple(dict.fromkeys(words))

    def choices(self, key: str, options: Sequence[str], default: Sequence[str] = ()) -> tuple[str, ...]:
        """Some of the options, at least one; without a default they are needed."""
        if key not in self.values and default:
            self.keys.append(key)
            return tuple(default)
        found = self.words(key)
        if not found and not (self.values.get(key) or []):
            self.refuse(key, "missing")
        for word in found:
            if word not in options:
                self.refuse(key, "not_one_of", options=tuple(options), suggestion=suggestion(word, options))
        return found

    def flag(self, key: str) -> bool | None:
        return self._get(key, bool, "flag")

    def number(self, key: str, low: int, high: int, default: int | None = None) -> int:
        """A whole number from `low` to `high`; without a default it is needed."""
        value = self._get(key, int, "number")
        if value is None:
            if default is None and key not in self.values:
                self.refuse(key, "missing")
            return low if default is None else default
        if not low <= value <= high:
            self.refuse(key, "out_of_range", low=low, high=high)
            return low
        return value

    def optional_number(self, key: str, low: int, high: int) -> int | None:
        """A whole number from `low` to `high`; None if there is none."""
        value = self._get(key, int, "number")
        if value is None or low <= value <= high:
            return value
        self.refuse(key, "out_of_range", low=low, high=high)
        return None

    def fraction(self, key: str) -> float | None:
        """Any finite number."""
        if isinstance(self.values.get(key), int):
            whole = self._get(key, int, "number")
            return None if whole is None else float(whole)
        value = self._get(key, float, "number")
        if value is not None and not math.isfinite(value):
            self.refuse(key, "wrong_type", expected="number")
            return None
        return value

    def per_hour(self, key: str) -> int:
        """A needed sum of money for an hour in hundredths, with at most two decimals."""
        if key not in self.values:
            self.refuse(key, "missing")
        value = self.fraction(key)
        if value is None:
            return 0
        exact = Decimal(repr(value)) * 100
        if not 0 <= exact <= MOST_PER_HOUR or exact != int(exact):
            self.refuse(key, "bad_amount", value=value, most=MOST_PER_HOUR // 100)
            return 0
        return int(exact)

    def day(self, key: str) -> date | None:
        value = self._get(key, date, "date")
        return value if value and self._in_range(key, value) else None

    def needed_day(self, key: str) -> date | None:
        if key not in self.values:
            self.refuse(key, "missing")
        return self.day(key)

    def days(self, first: str, last_exclusive: str) -> tuple[date | None, date | None]:
        """Two dates, each of which may be absent, in their order."""
        start, end = self.day(first), self.day(last_exclusive)
        if start and end and end <= start:
            self.refuse(last_exclusive, "not_after", other=first)
        return start, end

    def clock(self, key: str) -> int | None:
        """A needed time of day, "08:00" to "24:00", in minutes."""
        given = self.values.get(key)
        if type(given) is time:
            self.keys.append(key)
            value = given.strftime("%H:%M" if given == given.replace(second=0, microsecond=0) else "%H:%M:%S")
        else:
            value = self.needed_text(key, 8)
        if not value:
            return None
        match = CLOCK.fullmatch(value)
        minute = int(match[1]) * 60 + int(match[2]) if match and int(match[2]) < 60 else None
        if minute is None or minute > MINUTES_PER_DAY:
            self.refuse(key, "bad_clock", value=value)
            return None
        return minute

    def instant(self, key: str, timezone: ZoneInfo) -> datetime | None:
        """A date and time in UTC; one without an offset is read in the zone, a bare date is its midnight."""
        value = self._date_and_time(key)
        if value is None or not self._in_range(key, value):
            return None
        if value.tzinfo:
            return value.astimezone(UTC).replace(microsecond=0)
        try:
            return to_utc(value.replace(microsecond=0), timezone)
        except (TimeDoesNotExist, TimeIsAmbiguous) as unclear:
            self.refuse(key, unclear.code, **unclear.params)
            return None

    def needed_instant(self, key: str, timezone: ZoneInfo) -> datetime | None:
        if key not in self.values:
            self.refuse(key, "missing")
        return self.instant(key, timezone)

    def table(self, key: str) -> "Table":
        """The table under a key; an empty one if there is none."""
        return Table(self._get(key, dict, "table") or {}, key, self.problems)

    def tables(self, key: str) -> list["Table"]:
        """The tables under `[[key]]`; problems call each by its slug or else its number, from 1."""
        found = self._get(key, list, "tables") or []
        if not all(isinstance(each, dict) for each in found):
            self.refuse(key, "wrong_type", expected="tables")
            return []
        return [Table(each, f"{key}[{_name(each, i)}]", self.problems) for i, each in enumerate(found, 1)]

    def _date_and_time(self, key: str) -> datetime | None:
        value = self.values.get(key)
        if type(value) is date:
            self.keys.append(key)
            return datetime.combine(value, time())
        return self._get(key, datetime, "instant")

    def _get(self, key: str, kind: type[T], expected: str) -> T | None:
        self.keys.append(key)
        value = self.values.get(key)
        # The exact type: a flag is no number, an instant no date.
        if type(value) is kind:
            return value
        if value is not None:
            self.refuse(key, "wrong_type", expected=expected)
        return None

    def _slug(self, key: str, value: str) -> str:
        if not value or SLUG.fullmatch(value):
            return value
        self.refuse(key, "not_a_slug", value=value)
        return ""

    def _in_range(self, key: str, value: date) -> bool:
        if FIRST_YEAR <= value.year <= LAST_YEAR:
            return True
        self.refuse(key, "year_out_of_range", low=FIRST_YEAR, high=LAST_YEAR)
        return False


def _name(values: dict[str, object], number: int) -> str:
    slug = values.get("slug")
    return slug if isinstance(slug, str) and SLUG.fullmatch(slug) else str(number)
