"""The events of a feed as bytes, and putting others in the place of those that changed."""

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import NamedTuple, Self

COLUMNS = 5
Column = array  # of whole numbers, eight bytes each
NUMBERS = "q"


class Piece(NamedTuple):
    """What stands in a feed for one date, or for a series at the place of its first."""

    starts_at: int
    """Seconds since 1970; feeds are in this order, then in that of `date_id`."""
    date_id: int
    booking_id: int
    zones: tuple[str, ...]
    """The zone of the event, then those that its bytes use."""
    written: bytes


def _columns() -> "list[Column[int]]":
    return [array(NUMBERS) for _ in range(COLUMNS)]


@dataclass(slots=True)
class Pieces:
    """So many pieces in their order: numbers in columns, the bytes in one row.

    The columns: when each starts, its date, its booking, its length in bytes, its number among `zones`.
    """

    zones: list[tuple[str, ...]] = field(default_factory=list)
    columns: "list[Column[int]]" = field(default_factory=_columns)
    written: list[bytes | memoryview] = field(default_factory=list)

    @classmethod
    def of(cls, pieces: Iterable[Piece]) -> Self:
        """These, as they come."""
        found = cls()
        for piece in pieces:
            found._add(piece)
        found.written = [b"".join(found.written)]
        return found

    def __len__(self) -> int:
        return len(self.columns[0])

    def zones_of(self) -> Iterator[tuple[str, ...]]:
        """Each combination of zones that occurs."""
        return (self.zones[number] for number in sorted(set(self.columns[4])))

    def mended(self, booking_ids: Container[int], others: Sequence[Piece]) -> "Pieces":
        """The same without what stands for these bookings, and with `others`, which are in order."""
        starts, dates, bookings, lengths, _ = self.columns
        ends = list(accumulate(lengths, initial=0))
        gone = {at for at, booking_id in enumerate(bookings) if booking_id in booking_ids}
        come: defaultdict[int, list[Piece]] = defaultdict(list)
        for piece in others:
            key = (piece.starts_at, piece.date_id)
            come[bisect_left(range(len(self)), key, key=lambda at: (starts[at], dates[at]))].append(piece)
        whole = memoryview(self.written[0] if len(self.written) == 1 else b"".join(self.written))
        found, done = Pieces(zones=list(self.zones)), 0
        for at in sorted(gone | come.keys()):
            found._take(self.columns, done, at, whole[ends[done] : ends[at]])
            for piece in come[at]:
                found._add(piece)
            done = at + (at in gone)
        found._take(self.columns, done, len(self), whole[ends[done] :])
        return found

    def _take(self, columns: "list[Column[int]]", first: int, end: int, written: memoryview) -> None:
        for own, other in zip(self.columns, columns, strict=True):
            own.extend(other[first:end])
        self.written.append(written)

    def _add(self, piece: Piece) -> None:
        if piece.zones not in self.zones:
            self.zones.append(piece.zones)
        numbers = (
            piece.starts_at,
            piece.date_id,
            piece.booking_id,
            len(piece.written),
            self.zones.index(piece.zones),
        )
        for column, number in zip(self.columns, numbers, strict=True):
            column.append(number)
        self.written.append(piece.written)
