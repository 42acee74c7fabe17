"""Opening hours: weekly rows on the wall clock, laid out day by day as UTC intervals.

What is laid out and what is open are kept apart, because booked time that was open by the hours but
lies under a closure is reported as lost.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.domain.interval import Interval, clip, intersect
from app.domain.localtime import local_date, to_utc_shifting

MINUTES_PER_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class OpeningRow:
    """Open on one weekday (Monday is 0) between two local minutes of the day; 1440 is 24:00.

    Holds on dates in `[valid_from, valid_to)`; None leaves that side open.
    """

    weekday: int
    opens_minute: int
    closes_minute: int
    valid_from: date | None = None
    valid_to: date | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.weekday <= 6:
            raise ValueError(f"no weekday: {self.weekday}")
        if not 0 <= self.opens_minute < self.closes_minute <= MINUTES_PER_DAY:
            raise ValueError(f"no opening hours: minute {self.opens_minute} to {self.closes_minute}")

    def holds_on(self, day: date) -> bool:
        return (
            day.weekday() == self.weekday
            and (self.valid_from is None or self.valid_from <= day)
            and (self.valid_to is None or day < self.valid_to)
        )


def service_interval(first: date | None, last_exclusive: date | None, timezone: ZoneInfo) -> Interval | None:
    """The time that a resource is in service, from its local dates; None if it always is."""
    if first is None and last_exclusive is None:
        return None
    start = datetime.min.replace(tzinfo=UTC) if first is None else _at(first, 0, timezone)
    end = datetime.max.replace(tzinfo=UTC) if last_exclusive is None else _at(last_exclusive, 0, timezone)
    return Interval(start, end)


def hours_laid_out(
    rows: Iterable[OpeningRow],
    *,
    timezone: ZoneInfo,
    start: datetime,
    end: datetime,
    service: Interval | None = None,
) -> list[Interval]:
    """The weekly rows as UTC intervals inside `[start, end)` and the service, closures not yet taken off.

    Hours are wall-clock times, so 00 to 06 is 7 hours on 25 October 2026 and 5 on 29 March. Rows that
    overlap count once.
    """
    window = Interval(start, end) if service is None else clip(Interval(start, end), service)
    if window is None:
        return []
    weekly: list[list[OpeningRow]] = [[] for _ in range(7)]
    for row in rows:
        weekly[row.weekday].append(row)
    laid_out = (
        hours for day in _days(window, timezone) for hours in _hours_of(day, weekly[day.weekday()], timezone)
    )
    return intersect(laid_out, [window])


def _days(window: Interval, timezone: ZoneInfo) -> Iterator[date]:
    day = local_date(window.start, timezone)
    last = local_date(window.end, timezone)  # hours of the day on which it ends at 00:00 are clipped away
    while day <= last:
        yield day
        day += timedelta(days=1)


def _hours_of(day: date, rows: Sequence[OpeningRow], timezone: ZoneInfo) -> Iterator[Interval]:
    for row in rows:
        if not row.holds_on(day):
            continue
        opens = _at(day, row.opens_minute, timezone)
        closes = _at(day, row.closes_minute, timezone)
        if opens < closes:  # 02:30 to 03:00 in the gap of spring is no time at all
            yield Interval(opens, closes)


def _at(day: date, minute: int, timezone: ZoneInfo) -> datetime:
    # Added on the wall clock, before the conversion: 08:00 is 08:00 on a day of 25 hours too.
    return to_utc_shifting(datetime.combine(day, time()) + timedelta(minutes=minute), timezone)
