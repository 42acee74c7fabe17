"""What else a measurement tells: when in the week, how long ahead, what no-shows held."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from app.domain.interval import Interval, intersect, total
from app.domain.utilisation.dates import DateTally
from app.domain.utilisation.measure import Measurement
from app.domain.utilisation.ownership import Piece
from app.domain.utilisation.records import NO_SHOW, OpenTime, UseRow

DAY = 86400
HOUR = 3600
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_WEEKDAY = 3  # 1 January 1970 was a Thursday
# What was booked so long ahead, up to and without the next limit.
LEADS = (
    ("after_start", None),
    ("within_a_day", timedelta()),
    ("one_to_seven_days", timedelta(days=1)),
    ("eight_to_thirty_days", timedelta(days=8)),
    ("over_thirty_days", timedelta(days=31)),
)

Cell = tuple[int, int]  # weekday, Monday 0, and hour on the clock of the place


@dataclass(frozen=True, slots=True, kw_only=True)
class HourOfWeek(OpenTime):
    """All the period's hours from `hour` to the next on one weekday (Monday is 0)."""

    weekday: int
    hour: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NoShowTime:
    """Open time that no-shows held. `rebooked` of it was used by others, `empty` by nobody."""

    held: timedelta
    empty: timedelta

    @property
    def rebooked(self) -> timedelta:
        return self.held - self.empty


def hours_of_week(measurement: Measurement, timezone: ZoneInfo) -> tuple[HourOfWeek, ...]:
    """Open, booked and used time by weekday and hour of the local clock, of hours with any open time.

    They add up to the whole. An hour that comes twice is counted twice, where it stands on the clock.
    """
    split = _Splitter(timezone)
    counted = measurement.counted
    available = split(time for one in counted for time in one.open)
    booked = split(time for one in counted for time in one.booked)
    used = split(time for one in counted for time in one.used)
    return tuple(
        HourOfWeek(
            weekday=weekday,
            hour=hour,
            available=timedelta(seconds=available[weekday, hour]),
            booked=timedelta(seconds=booked[weekday, hour]),
            used=timedelta(seconds=used[weekday, hour]),
        )
        for weekday, hour in sorted(available)
    )


def no_show_time(measurement: Measurement) -> NoShowTime:
    """The open time that no-shows held, whether or not somebody else used it afterwards."""
    held = empty = timedelta()
    for one in measurement.counted:
        spans = [
            Interval(row.start, row.end)
            for row in measurement.held[one.facts.slug]
            if row.status == NO_SHOW and row.start < row.end
        ]
        held += total(intersect(spans, one.open))
        empty += one.figures.booked - one.figures.used
    return NoShowTime(held=held, empty=empty)


def lead_times(tallies: Iterable[DateTally]) -> dict[str, int]:
    """How many used dates were booked how long ahead, by the names of LEADS; `unknown` where nobody knows."""
    found = {name: 0 for name, _ in LEADS} | {"unknown": 0}
    for tally in tallies:
        if tally.used:
            found[_lead(tally.row)] += 1
    return found


def used_by(tallies: Iterable[DateTally], key: Callable[[UseRow], str | None]) -> set[str | None]:
    """The different values of `key` among dates with used time."""
    return {key(tally.row) for tally in tallies if tally.used}


def _lead(row: UseRow) -> str:
    if row.created_at is None:
        return "unknown"
    ahead = row.date_start - row.created_at
    found = LEADS[0][0]
    for name, least in LEADS[1:]:
        if least is not None and ahead >= least:
            found = name
    return found


class _Splitter:
    """Cuts spans at the hours of a local clock. Spans of one shape are cut once, however many there are."""

    def __init__(self, timezone: ZoneInfo) -> None:
        self.timezone = timezone
        self.offsets: dict[int, int | None] = {}  # by day since the epoch; None: the clocks change

    def __call__(self, spans: Iterable[Interval | Piece]) -> defaultdict[Cell, int]:
        shapes: Counter[Cell] = Counter()  # seconds from the start of a local week, from and to
        for span in spans:
            start, end = (_seconds(instant) for instant in (span.start, span.end))
            for since, until, offset in self._of_one_offset(start, end):
                local = since + offset + EPOCH_WEEKDAY * DAY
                in_week = local % (7 * DAY)
                shapes[in_week, in_week + until - since] += 1
        found: defaultdict[Cell, int] = defaultdict(int)
        for (since, until), times in shapes.items():
            for cell, seconds in _by_hour(since, until):
                found[cell] += times * seconds
        return found

    def _of_one_offset(self, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        """The span in parts through each of which the clock shows one offset."""
        while start < end:
            day = start // DAY
            if day not in self.offsets:
                first, last = self._offset(day * DAY), self._offset((day + 1) * DAY)
                self.offsets[day] = first if first == last else None
            offset = self.offsets[day]
            # On the day of a change, a quarter of an hour at a time: no change lies within one.
            until = min(end, (day + 1) * DAY if offset is not None else (start // 900 + 1) * 900)
            yield start, until, self._offset(start) if offset is None else offset
            start = until

    def _offset(self, seconds: int) -> int:
        there = (EPOCH + timedelta(seconds=seconds)).astimezone(self.timezone)
        offset = there.utcoffset()
        return int(offset.total_seconds()) if offset is not None else 0


def _seconds(instant: datetime) -> int:
    return int(instant.timestamp())


def _by_hour(start: int, end: int) -> Iterator[tuple[Cell, int]]:
    while start < end:
        until = min(end, (start // HOUR + 1) * HOUR)
        yield (start // DAY % 7, start % DAY // HOUR), until - start
        start = until
