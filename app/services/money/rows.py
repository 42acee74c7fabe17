"""The slots that amounts are worked out from: those asked for, and what lies over them.

Where old bookings that were brought in overlap, a moment may belong to one that was not asked for. All that
could be is looked at as plain numbers; only what does lie over one of those asked for is read.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from itertools import accumulate
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, select, type_coerce

from app.domain.interval import Interval
from app.domain.utilisation.records import USED_STATUSES
from app.extensions import db
from app.models import Booking, BookingDate, Slot
from app.models.booking import LONGEST_USE

_AT_ONCE = 500


class Row(NamedTuple):
    """One slot that was used."""

    slot_id: int
    date_id: int
    booking_id: int
    imported_as: str | None
    resource_id: int
    start: datetime
    end: datetime
    date_start: datetime
    date_end: datetime
    status: str
    category_id: int
    organisation_id: int


def _used(*columns: Any) -> Any:
    return (
        select(*columns)
        .select_from(Slot)
        .join(BookingDate, BookingDate.id == Slot.date_id)
        .join(Booking, Booking.id == BookingDate.booking_id)
        .where(BookingDate.status.in_(sorted(USED_STATUSES)))
    )


_ROWS = _used(
    *(Slot.id, BookingDate.id, Booking.id, Booking.imported_as, Slot.resource_id),
    *(Slot.starts_at, Slot.ends_at, BookingDate.starts_at, BookingDate.ends_at, BookingDate.status),
    *(Booking.category_id, Booking.organisation_id),
)
_TIMES = _used(
    *(
        Slot.id,
        Slot.resource_id,
        type_coerce(Slot.starts_at, BigInteger),
        type_coerce(Slot.ends_at, BigInteger),
    )
)


def rows_of(
    resources: Collection[int], begins: Interval, wanted: Sequence[ColumnElement[bool]] = ()
) -> tuple[list[Row], list[Row]]:
    """The slots of wanted dates that begin in that time, and the others that lie over them."""
    if not resources:
        return [], []
    on = Slot.resource_id.in_(sorted(resources))
    query = _ROWS.where(on, BookingDate.starts_at >= begins.start, BookingDate.starts_at < begins.end)
    own = [Row(*row) for row in db.session.execute(query.where(*wanted))]
    others = [*_lying_over(own, on)]
    return own, [
        Row(*row)
        for number in range(0, len(others), _AT_ONCE)
        for row in db.session.execute(_ROWS.where(Slot.id.in_(others[number : number + _AT_ONCE])))
    ]


def _lying_over(own: Sequence[Row], on: ColumnElement[bool]) -> Iterator[int]:
    """The other slots that share any time with one of these."""
    if not own:
        return
    first, last = min(row.start for row in own), max(row.end for row in own)
    near = Slot.starts_at > first - LONGEST_USE, Slot.starts_at < last, Slot.ends_at > first
    query = _TIMES.where(on, *near)
    if not any(row.imported_as for row in own):  # of two that overlap one was brought in
        query = query.where(Booking.imported_as.is_not(None))
    known, held = {row.slot_id for row in own}, _held(own)
    for slot_id, resource_id, start, end in db.session.execute(query):
        if slot_id in known or resource_id not in held:
            continue
        starts, ends = held[resource_id]
        before = bisect_left(starts, end)
        if before and ends[before - 1] > start:
            yield slot_id


def _held(own: Sequence[Row]) -> dict[int, tuple[list[int], list[int]]]:
    """By resource the starts in order, and beside each the latest end of those up to it; in seconds."""
    spans: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for row in own:
        spans[row.resource_id].append((int(row.start.timestamp()), int(row.end.timestamp())))
    return {
        number: ([start for start, _ in some], [*accumulate((end for _, end in some), max)])
        for number, some in ((number, sorted(each)) for number, each in spans.items())
    }
