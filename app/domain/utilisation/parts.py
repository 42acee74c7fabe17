"""Open, booked and used time of many parts at once, where nothing else is asked of them.

Each moment of a resource belongs to one row, a used one before a no-show (see `ownership`). So all that is
booked is the union of the rows, all that is used the union of the used ones, and who owns what need not
be settled.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from app.domain.stretches import Stretch, joined, shared
from app.domain.utilisation.records import OpenTime

AT_END = (2**63, 2**63)  # after all that there is


@dataclass(frozen=True, slots=True)
class ResourceTime:
    """When a leaf was open (sorted, disjoint), used, and held by no-shows (in any order)."""

    kind: str
    open: Sequence[Stretch]
    used: Sequence[Stretch]
    no_shows: Sequence[Stretch]


def time_by_part(resources: Iterable[ResourceTime], parts: Sequence[Stretch]) -> list[OpenTime]:
    """The time of each part (sorted, disjoint), as if measured alone."""
    available, booked, used = ([0] * len(parts) for _ in range(3))
    for each in resources:
        used_time = joined(each.used)
        held = joined([*used_time, *each.no_shows]) if each.no_shows else used_time
        _add(each.open, parts, available)
        _add(shared(held, each.open), parts, booked)
        _add(shared(used_time, each.open), parts, used)
    return [
        OpenTime(available=timedelta(seconds=a), booked=timedelta(seconds=b), used=timedelta(seconds=n))
        for a, b, n in zip(available, booked, used, strict=True)
    ]


def _add(stretches: Iterable[Stretch], parts: Sequence[Stretch], sums: list[int]) -> None:
    """Adds to the sum of each part what of the stretches (sorted, disjoint) lies in it."""
    rest = iter(stretches)
    start, end = next(rest, AT_END)
    for number, (first, last) in enumerate(parts):
        while end <= last:
            if end > first:
                sums[number] += end - (start if start > first else first)
            start, end = next(rest, AT_END)
        if start < last:  # goes on in the next part
            sums[number] += last - (start if start > first else first)
