"""The arithmetic of intervals on plain whole seconds since 1970, for answers that take thousands of them.

A stretch is a pair `(start, end)`, half-open as an `Interval` is; what `interval.py` says, this says too.
Lists of stretches come sorted and disjoint and leave so, unless it is said that they may not.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from app.domain.interval import Interval

Stretch = tuple[int, int]


def stretch_of(interval: Interval) -> Stretch:
    """The whole seconds that lie inside the interval."""
    return -int(-interval.start.timestamp() // 1), int(interval.end.timestamp() // 1)


def interval_of(stretch: Stretch) -> Interval:
    """The stretch with its ends as instants."""
    return Interval(datetime.fromtimestamp(stretch[0], UTC), datetime.fromtimestamp(stretch[1], UTC))


def clipped(stretches: Iterable[Stretch], within: Stretch) -> list[Stretch]:
    """What of them lies inside `within`."""
    first, last = within
    return [
        (start if start > first else first, end if end < last else last)
        for start, end in stretches
        if start < last and end > first and first < last
    ]


def joined(stretches: Iterable[Stretch]) -> list[Stretch]:
    """The union of what comes in any order: neighbours that touch made one."""
    found: list[Stretch] = []
    reached: int | None = None
    for start, end in sorted(stretches):
        if reached is None or start > reached:
            found.append((start, end))
        elif end > reached:
            found[-1] = (found[-1][0], end)
        else:
            continue
        reached = end
    return found


def shared(one: Sequence[Stretch], other: Sequence[Stretch]) -> list[Stretch]:
    """The time that is in both."""
    found: list[Stretch] = []
    i = j = 0
    while i < len(one) and j < len(other):
        (a, b), (c, d) = one[i], other[j]
        if a < d and c < b:
            found.append((a if a > c else c, b if b < d else d))
        if b < d:
            i += 1
        else:
            j += 1
    return found


def without(stretches: Iterable[Stretch], holes: Sequence[Stretch]) -> list[Stretch]:
    """The time that is in none of the holes, which are sorted by their start."""
    left: list[Stretch] = []
    first, count = 0, len(holes)
    for start, end in stretches:
        # Behind us, whole: a hole that overlaps the one before it may still reach on.
        while first < count and holes[first][1] <= start:
            first += 1
        at, i = start, first
        while i < count:
            hole_start, hole_end = holes[i]
            if hole_start >= end:
                break
            if hole_end > at:
                if hole_start > at:
                    left.append((at, hole_start))
                at = hole_end
            i += 1
        if at < end:
            left.append((at, end))
    return left
