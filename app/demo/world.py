"""What the schedule is made for. Plain records: no database, no clock.

Times are whole minutes since 1970, UTC: a schedule has tens of thousands of them.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from app.domain.interval import Interval


class Span(NamedTuple):
    """Open from `start` until just before `end`; the wall clock shows `local` minutes at the start."""

    start: int
    end: int
    local: int

    @property
    def minutes(self) -> int:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Place:
    """A resource that is booked by itself. `rest`: minutes between two bookings of it."""

    id: int
    slug: str
    office: str
    kind: str
    capacity: int
    approval: bool
    rest: int
    open: Mapping[date, Sequence[Span]]


@dataclass(frozen=True, slots=True)
class Party:
    """An organisation with the people who book for it."""

    id: int
    slug: str
    category: str
    category_id: int
    people: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class World:
    """`reception` is who books for organisations without a person of their own."""

    timezone: str
    places: Sequence[Place]
    parties: Sequence[Party]
    activities: Mapping[str, int]
    reception: int


def by_day(intervals: Iterable[Interval], timezone: ZoneInfo) -> dict[date, list[Span]]:
    """Open time by local day. An interval that crosses midnight stays with the day it begins on."""
    days: defaultdict[date, list[Span]] = defaultdict(list)
    for interval in intervals:
        begins = interval.start.astimezone(timezone)
        span = Span(minute(interval.start), minute(interval.end), begins.hour * 60 + begins.minute)
        days[begins.date()].append(span)
    return dict(days)


def minute(instant: datetime) -> int:
    return int(instant.timestamp()) // 60


def instant(minutes: int) -> datetime:
    return datetime.fromtimestamp(minutes * 60, UTC)
