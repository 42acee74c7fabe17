"""Who owns which time of one resource.

New bookings never overlap, imported ones may, and a no-show's time may have been booked again. Each
moment is given to exactly one row, so that parts always add up to the whole: to a used row before a
no-show, then to the date that started first, then to the lower identifier.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from heapq import heappop, heappush
from itertools import groupby
from operator import attrgetter
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
    clipped = (Piece(row, max(row.start, within.start), min(row.end, within.end)) for row in rows)
    for knot in _knots(piece for piece in clipped if piece.start < piece.end):
        yield from knot if len(knot) == 1 else _untied(knot)


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


def left(pieces: Iterable[Piece], windows: Sequence[Interval]) -> Iterator[Piece]:
    """What of the pieces lies in none of the windows; both sorted and disjoint."""
    i = 0
    for row, start, end in pieces:
        while i < len(windows) and windows[i].end <= start:
            i += 1
        k, now = i, start
        while k < len(windows) and windows[k].start < end:
            if now < windows[k].start:
                yield Piece(row, now, windows[k].start)
            now = windows[k].end
            k += 1
        if now < end:
            yield Piece(row, now, end)


def overlapping(rows: Iterable[UseRow]) -> Iterator[UseRow]:
    """Of the rows of one resource those that share time with another one, both of them."""
    pieces = (Piece(row, row.start, row.end) for row in rows if row.start < row.end)
    for knot in _knots(pieces):
        if len(knot) > 1:  # each shares time with the one that ends last of those before it
            yield from (piece.row for piece in knot)


def _knots(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    """The pieces by start, those that overlap one another kept together."""
    knot: list[Piece] = []
    knot_ends: datetime | None = None
    for piece in sorted(pieces, key=attrgetter("start")):
        if knot_ends is None or piece.start < knot_ends:
            knot_ends = max(piece.end, knot_ends or piece.end)
        else:
            yield knot
            knot, knot_ends = [], piece.end
        knot.append(piece)
    if knot:
        yield knot


def _untied(knot: Sequence[Piece]) -> Iterator[Piece]:
    """Gives each moment of pieces that overlap to the first in rank of those that hold it then."""
    ranks = {id(piece): rank for rank, piece in enumerate(_by_rank(knot))}
    live: list[tuple[int, datetime, UseRow]] = []  # a heap; ranks differ, so rows are never compared
    i, now = 0, knot[0].start
    while i < len(knot) or live:
        while i < len(knot) and knot[i].start <= now:
            heappush(live, (ranks[id(knot[i])], knot[i].end, knot[i].row))
            i += 1
        _, end, row = live[0]
        if end <= now:
            heappop(live)
            continue
        until = min(end, knot[i].start) if i < len(knot) else end
        yield Piece(row, now, until)
        now = until


def _by_rank(knot: Sequence[Piece]) -> Iterator[Piece]:
    for _, tied in groupby(sorted(knot, key=_precedence), key=_precedence):
        yield from _by_identifier(list(tied))


def _precedence(piece: Piece) -> tuple[bool, datetime]:
    return (not piece.row.is_used, piece.row.date_start)


def _by_identifier(tied: list[Piece]) -> list[Piece]:
    # "10" comes after "9", but only if none of them is "9b".
    if all(piece.row.key.isascii() and piece.row.key.isdigit() for piece in tied):
        return sorted(tied, key=lambda piece: (int(piece.row.key), piece.row.key))
    return sorted(tied, key=lambda piece: piece.row.key)
