"""Who owns which time of one resource.

New bookings never overlap, imported ones may, and a no-show's time may have been booked again. Each
moment is given to exactly one row, so that parts always add up to the whole: to a used row before a
no-show, then to the date that started first, then to the lower identifier.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from heapq import heappop, heappush
from itertools import groupby
from typing import NamedTuple

from app.domain.interval import Interval
from app.domain.utilisation.records import UseRow


class Piece(NamedTuple):
    """Time from `start` to `end` that belongs to the row."""

    row: UseRow
    start: datetime
    end: datetime


def owned(rows: Iterable[UseRow], within: Interval) -> Iterator[Piece]:
    """The union of the rows inside `within`, as sorted, disjoint pieces with their owners."""
    waiting = _clipped(rows, within)
    live: list[tuple[int, datetime, UseRow]] = []
    i, now = 0, within.start
    while i < len(waiting) or live:
        if not live:
            now = max(now, waiting[i][0])
        while i < len(waiting) and waiting[i][0] <= now:
            _, rank, end, row = waiting[i]
            heappush(live, (rank, end, row))
            i += 1
        _, end, row = live[0]
        if end <= now:
            heappop(live)
            continue
        until = min(end, waiting[i][0]) if i < len(waiting) else end
        yield Piece(row, now, until)
        now = until


def cut(pieces: Iterable[Piece], windows: Sequence[Interval]) -> Iterator[Piece]:
    """What of the pieces lies in the windows; both sorted and disjoint."""
    i = 0
    for row, start, end in pieces:
        while i < len(windows) and windows[i].end <= start:
            i += 1
        k = i
        while k < len(windows) and windows[k].start < end:
            yield Piece(row, max(start, windows[k].start), min(end, windows[k].end))
            k += 1


def _clipped(rows: Iterable[UseRow], within: Interval) -> list[tuple[datetime, int, datetime, UseRow]]:
    """Start, rank, end and row of what lies inside, by start. Ranks differ, so rows are never compared."""
    clipped = (
        (max(row.start, within.start), rank, min(row.end, within.end), row)
        for rank, row in enumerate(_by_rank(rows))
    )
    return sorted(found for found in clipped if found[0] < found[2])


def _by_rank(rows: Iterable[UseRow]) -> Iterator[UseRow]:
    for _, tied in groupby(sorted(rows, key=_precedence), key=_precedence):
        yield from _by_identifier(list(tied))


def _precedence(row: UseRow) -> tuple[bool, datetime]:
    return (not row.is_used, row.date_start)


def _by_identifier(tied: list[UseRow]) -> list[UseRow]:
    if len(tied) == 1:
        return tied
    # "10" comes after "9", but only if none of them is "9b".
    if all(row.key.isascii() and row.key.isdigit() for row in tied):
        return sorted(tied, key=lambda row: (int(row.key), row.key))
    return sorted(tied, key=lambda row: row.key)
