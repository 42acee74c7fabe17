"""All bookings of years as columns of numbers, counted in one go: what each category used of each resource.

The figures are those of `app.domain.utilisation`, which says what they mean; where dates overlap, it is
asked.
This is for the nightly comparison, which holds every day against the bookings. It alone needs numpy, which
takes 25 MB of memory, so it is not to be imported by what web servers load.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import BigInteger, Integer, Select, cast, select, type_coerce

from app.domain.interval import Interval
from app.domain.stretches import Stretch
from app.domain.utilisation import NO_SHOW, UseRow
from app.domain.utilisation.ownership import owned
from app.extensions import db
from app.models import Booking, BookingDate, Slot
from app.services.reports.material import reaching_into

Ints = NDArray[np.int64]
AT_ONCE = 50_000  # rows read together
TANGLED_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Columns:
    """What held resources, sorted by resource and start; these and categories by their place in the lists."""

    resources: Sequence[int]
    categories: Sequence[int]
    resource: Ints
    start: Ints
    end: Ints
    category: Ints
    no_show: Ints
    slot: Ints

    def of_resource(self, place: int) -> "Columns":
        """Those of one resource."""
        part = slice(*np.searchsorted(self.resource, (place, place + 1)))
        return self._taken(part)

    def _taken(self, which: slice | Ints | NDArray[np.bool_]) -> "Columns":
        return replace(
            self,
            resource=self.resource[which],
            start=self.start[which],
            end=self.end[which],
            category=self.category[which],
            no_show=self.no_show[which],
            slot=self.slot[which],
        )

    def apart(self) -> tuple["Columns", Ints]:
        """Of one resource: those that overlap no other, and the slots of those that do."""
        overlaps = self.start[1:] < np.maximum.accumulate(self.end)[:-1]
        if not overlaps.any():
            return self, self.slot[:0]
        # What overlaps anything before it, and the one before the first of them.
        tangled = np.concatenate((overlaps, [False])) | np.concatenate(([False], overlaps))
        return self._taken(~tangled), self.slot[tangled]


@dataclass(frozen=True, slots=True)
class Cells:
    """Seconds: `used` by part, category and resource, `booked` and `available` by part and resource."""

    used: Ints
    booked: Ints
    available: Ints

    def lines(self, columns: Columns, first: int) -> set[tuple[int, ...]]:
        """As rows of the roll-up: (part, resource, available, booked) and (part, resource, category, used).

        `first` is the number of the first part. Where nothing was open there is no row.
        """
        part, place = self.available.nonzero()
        times = (first + part, _of(columns.resources, place), self.available[part, place])
        booked = self.booked[part, place]
        used_part, category, used_place = self.used.nonzero()
        shares = (first + used_part, _of(columns.resources, used_place), _of(columns.categories, category))
        used = self.used[used_part, category, used_place]
        return {
            *zip(*(each.tolist() for each in (*times, booked)), strict=True),
            *zip(*(each.tolist() for each in (*shares, used)), strict=True),
        }


def _of(ids: Sequence[int], places: Ints) -> Ints:
    return np.asarray(ids, np.int64)[places]


def load_columns(resources: Sequence[int], categories: Sequence[int], within: Interval) -> Columns:
    """Reads what counts and has any time in it."""
    seconds = (type_coerce(each, BigInteger) for each in (Slot.starts_at, Slot.ends_at))
    no_show = cast(BookingDate.status == NO_SHOW, Integer)
    query = (
        select(Slot.resource_id, *seconds, Booking.category_id, no_show, Slot.id)
        .join(BookingDate, BookingDate.id == Slot.date_id)
        .join(Booking, Booking.id == BookingDate.booking_id)
        .order_by(Slot.resource_id, Slot.starts_at)
        .execution_options(yield_per=AT_ONCE)
    )
    table = _as_table(query, resources, within)
    resource, category = (_places(table[at], ids) for at, ids in ((0, resources), (3, categories)))
    found = Columns(
        resources, categories, resource, table[1], table[2], category, no_show=table[4], slot=table[5]
    )
    return found._taken(np.lexsort((found.start, found.resource)))


def _as_table(query: Select[*tuple[object, ...]], resources: Sequence[int], within: Interval) -> Ints:
    rows = reaching_into(within, query, resources)
    parts = [np.empty((0, 6), np.int64)]
    while some := [row for row, _ in zip(rows, range(AT_ONCE), strict=False)]:
        numbers = np.fromiter(chain.from_iterable(some), np.int64, count=6 * len(some))
        parts.append(numbers.reshape(-1, 6))
    return np.ascontiguousarray(np.concatenate(parts).T)


def _places(ids: Ints, known: Sequence[int]) -> Ints:
    order = np.argsort(known)
    return order[np.searchsorted(np.asarray(known), ids, sorter=order)]


def count_cells(columns: Columns, opened: Mapping[int, Sequence[Stretch]], edges: Sequence[int]) -> Cells:
    """Counts the parts from each edge to the next. `opened`: by id, when each resource is open."""
    bounds, whole = np.asarray(edges, np.int64), (len(edges) - 1) * len(columns.categories)
    used = np.zeros((len(edges) - 1, len(columns.categories), len(columns.resources)), np.int64)
    booked, available = np.zeros((2, len(edges) - 1, len(columns.resources)), np.int64)
    for place, resource_id in enumerate(columns.resources):
        hours = np.asarray(opened[resource_id], np.int64).reshape(-1, 2)
        if not len(hours):
            continue
        available[:, place] = np.diff(_open_until(bounds, hours))
        free, tangled = columns.of_resource(place).apart()
        for some in (free, _untangled(columns, place, tangled, bounds)) if len(tangled) else (free,):
            part, row, start, end = _in_parts(some.start, some.end, bounds)
            seconds = _open_until(end, hours) - _open_until(start, hours)
            cell = part * len(columns.categories) + some.category[row]
            came = seconds * (1 - some.no_show[row])
            used[:, :, place] += _added_up(cell, came, whole).reshape(used.shape[:2])
            booked[:, place] += _added_up(part, seconds, len(booked))
    return Cells(used, booked, available)


def _added_up(places: Ints, seconds: Ints, length: int) -> Ints:
    # Sums of whole numbers below 2**53 are exact in floating point too.
    return np.bincount(places, weights=seconds, minlength=length).astype(np.int64)


def _in_parts(start: Ints, end: Ints, edges: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Each time cut at the edges: of every piece the part, the row that it is of, its start and end."""
    start, end = np.maximum(start, edges[0]), np.minimum(end, edges[-1])
    first = np.searchsorted(edges, start, "right") - 1
    pieces = np.searchsorted(edges, end, "left") - first
    row = np.arange(len(start))
    if not (pieces == 1).all():
        pieces = np.where(start < end, pieces, 0)
        row = np.repeat(row, pieces)
        number = np.arange(len(row)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
        first = first[row] + number
        start, end = np.maximum(start[row], edges[first]), np.minimum(end[row], edges[first + 1])
    return first, row, start, end


def _open_until(instants: Ints, hours: Ints) -> Ints:
    """How long it has been open before each instant."""
    lengths = hours[:, 1] - hours[:, 0]
    before = np.concatenate(([0], np.cumsum(lengths)))
    number = np.searchsorted(hours[:, 0], instants, "right")
    last = np.maximum(number - 1, 0)
    since: Ints = np.clip(instants - hours[last, 0], 0, lengths[last])
    return before[last] + since


def _untangled(columns: Columns, place: int, slots: Ints, edges: Ints) -> Columns:
    """Slots of one resource that overlap, as the pieces that each of them owns."""
    within = Interval(*(datetime.fromtimestamp(int(each), UTC) for each in (edges[0], edges[-1])))
    places = {str(each): at for at, each in enumerate(columns.categories)}
    pieces = [
        (place, start.timestamp(), end.timestamp(), places[row.category], not row.is_used)
        for row, start, end in owned(_use_rows(slots), within)
    ]
    table = np.asarray(pieces, np.int64).reshape(-1, 5).T
    return replace(
        columns,
        resource=table[0],
        start=table[1],
        end=table[2],
        category=table[3],
        no_show=table[4],
        slot=table[0],
    )


def _use_rows(slots: Ints) -> Iterator[UseRow]:
    """As much of the rows as says who owns their time; the category by its id."""
    query = (
        select(
            *(BookingDate.id, Booking.imported_as, Slot.resource_id, Slot.starts_at, Slot.ends_at),
            *(BookingDate.starts_at, BookingDate.status, Booking.category_id),
        )
        .join(BookingDate, BookingDate.id == Slot.date_id)
        .join(Booking, Booking.id == BookingDate.booking_id)
    )
    for at in range(0, len(slots), TANGLED_AT_ONCE):
        some = slots[at : at + TANGLED_AT_ONCE].tolist()
        for row in db.session.execute(query.where(Slot.id.in_(some))):
            date_id, imported_as, resource_id, start, end, date_start, status, category_id = row
            yield UseRow(
                date_id=date_id,
                key=imported_as or str(date_id),
                resource=str(resource_id),
                start=start,
                end=end,
                date_start=date_start,
                status=status,
                category=str(category_id),
            )
