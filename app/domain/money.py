"""What a use is worth, and what a company has received beside its cap: whole hundredths, exact.

Money is an int: öre, cent, hundredths of whatever the currency is. A use is added up exactly and rounded
once, half up, for the whole date: so dates add up to companies, and companies to the whole, to the öre.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from app.domain.interval import Interval, clip, subtract
from app.domain.localtime import midnight
from app.domain.period import Period
from app.domain.utilisation.ownership import Piece, cut, owned
from app.domain.utilisation.records import HOUR, MICROSECOND, ResourceFacts, UseRow

ROLLING_YEARS = 3  # Regulation (EU) 2023/2831 of 13 December 2023, Article 3(2): "over any period of 3 years"
WARNED_AT = 80  # per cent of the cap: ours, so that there is time to act
RATE_UNIT = 1_000_000  # exchange rates are kept in millionths
MOST_MONEY = 10**14  # hundredths: a slip of the finger above that
MOST_PER_HOUR = 100_000_00
PER_HOUR = HOUR // MICROSECOND
AMOUNT = re.compile(r"(?P<whole>\d{1,15})(?:\.(?P<rest>\d+))?", re.ASCII)
ALWAYS = datetime.min.replace(tzinfo=UTC)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Since(Generic[T]):
    """What holds from the local day `first` on; None: from ever."""

    first: date | None
    what: T


def standing(known: Iterable[Since[T]], day: date) -> T | None:
    """What holds on the day: of those that do, what began last; of equals, what stands last in `known`."""
    begun = sorted((each for each in known if _begins(each) <= day), key=_begins)
    return begun[-1].what if begun else None


@dataclass(frozen=True, slots=True)
class Held(Generic[T]):
    """What was said, and whether it `holds` today, has `ended`, `begins` later, or is `replaced` altogether

    by what was said later from the same day on. It ends with the day before `until`; None: it goes on.
    """

    said: Since[T]
    until: date | None
    state: str


def history(known: Iterable[Since[T]], today: date) -> list[Held[T]]:
    """All that was said, the latest day first and of one day what was said last; `known` as it was said."""
    found: list[Held[T]] = []
    until = None
    latest = sorted(enumerate(known), key=lambda each: (_begins(each[1]), each[0]), reverse=True)
    for _, each in latest:
        if found and _begins(found[-1].said) == _begins(each):
            found.append(Held(each, None, "replaced"))
            continue
        begins = _begins(each)
        ended = until is not None and until <= today
        state = "begins" if begins > today else "ended" if ended else "holds"
        found.append(Held(each, until, state))
        until = begins
    return found


def _begins(each: Since[T]) -> date:
    return each.first or date.min


@dataclass(frozen=True, slots=True)
class HourlyValue:
    """What an hour of one resource is worth: `values[i]` from the instant `starts[i]` on."""

    starts: Sequence[datetime]
    values: Sequence[int]

    @classmethod
    def of(cls, known: Sequence[Since[int]], timezone: ZoneInfo) -> "HourlyValue":
        """Each holds from the midnight at which its day begins there; before the first, nothing."""
        days = sorted({_begins(each) for each in known})
        return cls(
            [ALWAYS if day == date.min else midnight(day, timezone) for day in days],
            [standing(known, day) or 0 for day in days],
        )

    def at(self, instant: datetime) -> int | None:
        """What an hour is worth then; None before anything was said of it."""
        number = bisect_right(self.starts, instant) - 1
        return self.values[number] if number >= 0 else None

    def any_before(self, instant: datetime) -> bool:
        """Whether an hour was worth anything at any time before."""
        return any(value and start < instant for start, value in zip(self.starts, self.values, strict=True))

    def parts(self, start: datetime, end: datetime) -> Iterator[tuple[timedelta, int | None]]:
        """The time by what an hour of it is worth, as `at` says."""
        cuts = self.starts[bisect_right(self.starts, start) : bisect_left(self.starts, end)]
        for since, until in pairwise((start, *cuts, end)):
            yield until - since, self.at(since)

    def times(self, start: datetime, end: datetime) -> int:
        """Value times time, in hundredths times microseconds: exact, to be rounded when all is added up."""
        return sum((value or 0) * (time // MICROSECOND) for time, value in self.parts(start, end))


@dataclass(slots=True)
class Worth:
    """What one date is worth, over all its resources; `exact` in hundredths times microseconds.

    Of its time `at_zero` is what was said to be worth nothing, and `unvalued` what nobody gave a value.
    """

    row: UseRow
    time: timedelta = timedelta()
    at_zero: timedelta = timedelta()
    unvalued: timedelta = timedelta()
    exact: int = 0

    @property
    def amount(self) -> int:
        return rounded(self.exact, PER_HOUR)

    def add(self, time: timedelta, value: int | None) -> None:
        """Of one resource, a time throughout which an hour was worth as much."""
        self.time += time
        if value:
            self.exact += value * (time // MICROSECOND)
        elif value is None:
            self.unvalued += time
        else:
            self.at_zero += time


def worth_by_date(
    facts: Iterable[ResourceFacts],
    rows: Mapping[str, Sequence[UseRow]],
    values: Mapping[str, HourlyValue],
    within: Interval,
) -> dict[int | str, Worth]:
    """What each date is worth. `rows`, by resource, must all be used ones.

    Its time is what the reports count, in opening hours and outside them: not what a closure took, and where
    imported dates overlap, each moment belongs to one.
    """
    found: dict[int | str, Worth] = {}
    for one in facts:
        for row, start, end in _held(one, rows.get(one.slug, ()), within):
            worth = found.setdefault(row.date_id, Worth(row))
            for time, value in values[one.slug].parts(start, end):
                worth.add(time, value)
    return found


def _held(facts: ResourceFacts, rows: Sequence[UseRow], within: Interval) -> Iterator[Piece]:
    service = clip(within, facts.service) if facts.service else within
    if service is None:
        return iter(())
    lost = subtract(facts.hours, facts.open)
    return cut(owned(rows, service), subtract([service], lost))


def read_amount(text: str, places: int = 2) -> int | None:
    """`1 234,50` or `1234.5` in hundredths, or of as many places; None if it is no such number."""
    plain = "".join(text.split()).replace(",", ".")
    match = AMOUNT.fullmatch(plain)
    if match is None or len(match["rest"] or "") > places:
        return None
    return int(match["whole"] + (match["rest"] or "").ljust(places, "0"))


def rounded(part: int, whole: int) -> int:
    """The quotient as a whole number, half up. Neither is negative."""
    return (2 * part + whole) // (2 * whole)


def converted(amount: int, rate: int) -> int:
    """The amount in the currency of which one unit costs `rate` millionths of its own. ValueError if none."""
    if rate <= 0:
        raise ValueError(f"no rate: {rate}")
    return rounded(amount * RATE_UNIT, rate)


def together(amounts: Iterable[int | None]) -> int | None:
    """Their sum; None where one of them is not known."""
    total = 0
    for each in amounts:
        if each is None:
            return None
        total += each
    return total


def rolling_years(day: date) -> Period:
    """The three years that end with the day. One that would begin on 29 February begins on the 28th."""
    after = day + timedelta(days=1)
    return Period(after - relativedelta(years=ROLLING_YEARS), after)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a company has received, beside what it may receive; in one currency. No cap: nothing is judged."""

    received: int
    cap: int | None

    @property
    def share(self) -> float | None:
        return self.received / self.cap if self.cap else None

    @property
    def left(self) -> int | None:
        return None if self.cap is None else max(0, self.cap - self.received)

    @property
    def level(self) -> str:
        """`over` the cap, `near` it, or `below`; `open` without one. At the cap is not over it."""
        if self.cap is None:
            return "open"
        if self.received > self.cap:
            return "over"
        return "near" if self.received * 100 >= self.cap * WARNED_AT and self.received else "below"
