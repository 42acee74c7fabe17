"""Half-open intervals `[start, end)` of UTC instants: the start belongs to it, the end does not.

Two intervals that only touch do not overlap. A list of intervals is read as a set of time: it may
come in any order and overlap itself; what is returned is sorted, disjoint and without seams.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import attrgetter


@dataclass(frozen=True, order=True, slots=True)
class Interval:
    """The time from `start` until just before `end`. ValueError if empty, backwards or not in UTC."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        # Wall clocks of one zone compare and subtract without their offsets, so only UTC is let in.
        for instant in (self.start, self.end):
            if instant.tzinfo is not UTC and instant.utcoffset() != timedelta(0):
                raise ValueError(f"not an instant in UTC: {instant}")
        if self.end <= self.start:
            raise ValueError(f"ends at or before its start: {self.start} to {self.end}")

    @property
    def duration(self) -> timedelta:
        return self.end - self.start

    def holds(self, instant: datetime) -> bool:
        """Is the instant inside? The start is, the end is not."""
        return self.start <= instant < self.end


def overlaps(a: Interval, b: Interval) -> bool:
    """Do they share any time? Touching is not sharing."""
    return a.start < b.end and b.start < a.end


def clip(interval: Interval, to: Interval) -> Interval | None:
    """What of the interval lies inside `to`."""
    if to.start <= interval.start and interval.end <= to.end:
        return interval
    start, end = max(interval.start, to.start), min(interval.end, to.end)
    return Interval(start, end) if start < end else None


def merge(intervals: Iterable[Interval]) -> list[Interval]:
    """The union: sorted and disjoint, neighbours that touch made one."""
    merged: list[Interval] = []
    for interval in sorted(intervals, key=attrgetter("start")):
        if not merged or interval.start > merged[-1].end:
            merged.append(interval)
        elif interval.end > merged[-1].end:
            merged[-1] = Interval(merged[-1].start, interval.end)
    return merged


def intersect(a: Iterable[Interval], b: Iterable[Interval]) -> list[Interval]:
    """The time that is in both."""
    left, right = merge(a), merge(b)
    shared: list[Interval] = []
    i = j = 0
    while i < len(left) and j < len(right):
        piece = clip(left[i], right[j])
        if piece:
            shared.append(piece)
        if left[i].end < right[j].end:
            i += 1
        else:
            j += 1
    return shared


def subtract(intervals: Iterable[Interval], holes: Iterable[Interval]) -> list[Interval]:
    """The time of `intervals` that is in none of `holes`."""
    cut = merge(holes)
    left: list[Interval] = []
    first = 0
    for interval in merge(intervals):
        while first < len(cut) and cut[first].end <= interval.start:
            first += 1
        start, i = interval.start, first
        while i < len(cut) and cut[i].start < interval.end:
            if start < cut[i].start:
                left.append(Interval(start, cut[i].start))
            start, i = cut[i].end, i + 1
        if start < interval.end:
            left.append(Interval(start, interval.end))
    return left


def total(intervals: Iterable[Interval]) -> timedelta:
    """How long they are together; time that is in several counts once."""
    return sum((interval.duration for interval in merge(intervals)), timedelta())
