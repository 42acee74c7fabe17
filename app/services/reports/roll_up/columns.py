"""All bookings of years as columns of numbers, counted in one go: what each category used of each resource.

The figures are those of `app.domain.utilisation`, which says what they mean; where dates overlap, it is
asked.
This is for the nightly comparison, which holds every day against the bookings. It alone needs numpy, which
takes 25 MB of memory, so it is not to be imported by what web servers load.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain, islice, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import BigInteger, Select, case, select, type_coerce

from app.domain.interval import Interval
from app.domain.stretches import Stretch
from app.domain.utilisation import NO_SHOW, UseRow
from app.domain.utilisation.ownership import owned
from app.extensions import db
from app.models import Booking, BookingDate, Slot
from app.services.reports.material import reaching_into

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
AT_ONCE = 50_000  # rows read together
AFTER_ALL = 2**31 - 1  # sorts after every id
TANGLED_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Uses:
    """What held one resource, by start. `category` is a place in the list of ids; no-shows come after all."""

    start: Ints
    end: Ints
    category: Ints
    date_start: Ints
    slot: Ints


@dataclass(frozen=True, slots=True)
class Columns:
    """What held each of the resources, and the categories of it, by their ids."""

    resources: Sequence[int]
    categories: Sequence[int]
    uses: Sequence[Uses]


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
    """Reads what counts and has any time in it. `categories` are sorted."""
    instants = (Slot.starts_at, Slot.ends_at, BookingDate.starts_at)
    start, end, date_start = (type_coerce(each, BigInteger).label(f"{each}") for each in instants)
    category = case((BookingDate.status == NO_SHOW, AFTER_ALL), else_=Booking.category_id)
    query = (
        select(Slot.resource_id, start, end, category, date_start, Slot.id)
        .join(BookingDate, BookingDate.id == Slot.date_id)
        .join(Booking, Booking.id == BookingDate.booking_id)
        .order_by(Slot.resource_id, Slot.starts_at)
        .execution_options(yield_per=AT_ONCE)
    )
    resource, *columns = _columns_of(query, resources, within)
    order = np.lexsort((columns[0], resource))
    for column in (resource, *columns):
        column[:] = column[order]
    columns[2] = np.searchsorted(np.asarray(categories), columns[2])
    known = sorted(resources)
    bounds = np.searchsorted(resource, [*known, known[-1] + 1] if known else [])
    uses = [Uses(*(column[first:last] for column in columns)) for first, last in pairwise(bounds)]
    return Columns(known, categories, uses)


def _columns_of(query: Select[*tuple[Any, ...]], resources: Sequence[int], within: Interval) -> list[Ints]:
    width = len(query.selected_columns)
    rows = reaching_into(within, query, resources)
    parts: list[Ints] = []
    while some := list(islice(rows, AT_ONCE)):
        numbers = np.fromiter(chain.from_iterable(some), np.int64, count=width * len(some))
        parts.append(np.ascontiguousarray(numbers.reshape(-1, width).T))
    empty = np.empty(0, np.int64)
    return [np.concatenate([empty, *(part[at] for part in parts)]) for at in range(width)]


@dataclass(frozen=True, slots=True)
class Hours:
    """When something is open; how long until an instant takes one look: `min(instant + since, most)`."""

    opens: Ints
    since: Ints
    most: Ints

    @classmethod
    def of(cls, opened: Sequence[Stretch]) -> "Hours":
        opens, closes = np.asarray(opened, np.int64).reshape(-1, 2).T
        until = np.cumsum(closes - opens)
        before = np.concatenate(([0], until - closes))  # what was open until it closes, less that instant
        return cls(opens, before, np.concatenate(([0], until)))

    def until(self, instants: Ints) -> Ints:
        """How long it has been open before each of the instants, which are sorted."""
        last = np.repeat(np.arange(len(self.most)), _between(instants, self.opens))
        found: Ints = np.minimum(instants + self.since[last], self.most[last])
        return found


def hours_of(opened: Mapping[int, Sequence[Stretch]]) -> dict[int, Hours]:
    """The hours of each resource; those that share them share the columns."""
    made = {id(each): Hours.of(each) for each in opened.values()}
    return {resource_id: made[id(each)] for resource_id, each in opened.items()}


def count_cells(columns: Columns, hours: Mapping[int, Hours], edges: Sequence[int]) -> Cells:
    """Counts the parts from each edge to the next. `hours`: by id, when each resource is open."""
    bounds, categories = np.asarray(edges, np.int64), len(columns.categories) + 1
    shape = (len(edges) - 1, categories, len(columns.resources))
    held, available = np.zeros(shape, np.int64), np.zeros((shape[0], shape[2]), np.int64)
    for place, (resource_id, uses) in enumerate(zip(columns.resources, columns.uses, strict=True)):
        opened = hours[resource_id]
        if not len(opened.opens):
            continue
        available[:, place] = np.diff(opened.until(bounds))
        for some in _owned(uses, columns.categories, bounds):
            part, start, end, category = _in_parts(some, bounds)
            seconds = opened.until(end) - opened.until(start)
            # Sums of whole numbers below 2**53 are exact in floating point too.
            added = np.bincount(part * categories + category, seconds, shape[0] * categories)
            held[:, :, place] += added.astype(np.int64).reshape(shape[:2])
    return Cells(used=held[:, :-1], booked=held.sum(axis=1), available=available)


def _between(sorted_ones: Ints, marks: Ints) -> Ints:
    """How many are before the first mark, from there before the second, and so on."""
    # To look the marks up among them is far less work than to look each of them up among the marks.
    bounds = np.empty(len(marks) + 2, np.int64)
    bounds[0], bounds[-1] = 0, len(sorted_ones)
    bounds[1:-1] = np.searchsorted(sorted_ones, marks)
    return bounds[1:] - bounds[:-1]


def _in_parts(uses: Uses, edges: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Each use cut at the edges: of every piece the part, its start and end, and its category."""
    start, end, category = uses.start, uses.end, uses.category
    first = np.repeat(np.arange(len(edges) + 1), _between(start, edges)) - 1
    if len(first) and first[0] >= 0 and (end <= np.append(edges, edges[-1])[first + 1]).all():
        return first, start, end, category
    start, end = np.maximum(start, edges[0]), np.minimum(end, edges[-1])
    first = np.searchsorted(edges, start, "right") - 1
    pieces = np.where(start < end, np.searchsorted(edges, end, "left") - first, 0)
    row = np.repeat(np.arange(len(start)), pieces)
    number = np.arange(len(row)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    part = first[row] + number
    return part, np.maximum(start[row], edges[part]), np.minimum(end[row], edges[part + 1]), category[row]


def _owned(uses: Uses, categories: Sequence[int], edges: Ints) -> Iterator[Uses]:
    """Of one resource: each moment given to one of those that hold it, by start and by end."""
    overlaps = uses.start[1:] < np.maximum.accumulate(uses.end)[:-1]
    if not overlaps.any():
        yield uses
        return
    # What overlaps anything before it, and the one before the first of them.
    later, earlier = np.concatenate(([False], overlaps)), np.concatenate((overlaps, [False]))
    # Two that overlap each other and nobody else, one of which comes first: no need to ask further.
    first = np.flatnonzero(earlier & ~later & ~np.concatenate((overlaps[1:], [False, False])))
    absent = uses.category == len(categories)
    ahead = np.sign(uses.date_start[first] - uses.date_start[first + 1])
    ahead = np.where(absent[first] == absent[first + 1], ahead, absent[first] * 2 - 1)
    first, ahead = first[ahead != 0], ahead[ahead != 0]
    rest = later | earlier
    rest[first] = rest[first + 1] = False
    parted, more = _of_pairs(uses, owner=first + (ahead > 0), other=first + (ahead < 0))
    yield _taken(parted, ~rest) if rest.any() else parted
    if len(more.start):
        yield more
    if rest.any():
        yield _untangled(uses.slot[rest], categories, edges)


def _of_pairs(uses: Uses, owner: Ints, other: Ints) -> tuple[Uses, Uses]:
    """All uses, of each other one what its owner leaves; where that is on both sides, the second apart."""
    start, end = uses.start.copy(), uses.end.copy()
    opens, closes = start[owner], end[owner]
    before = start[other] < opens
    both = np.flatnonzero(before & (end[other] > closes))
    second = replace(_taken(uses, other[both]), start=closes[both])
    start[other] = np.where(before, start[other], closes)
    end[other] = np.where(before, np.minimum(end[other], opens), np.maximum(end[other], closes))
    return replace(uses, start=start, end=end), second


def _taken(uses: Uses, which: Ints | Flags) -> Uses:
    columns = (uses.start, uses.end, uses.category, uses.date_start, uses.slot)
    return Uses(*(column[which] for column in columns))


def _untangled(slots: Ints, categories: Sequence[int], edges: Ints) -> Uses:
    """Slots of one resource that overlap in other ways, as the pieces that each of them owns."""
    within = Interval(*(datetime.fromtimestamp(int(each), UTC) for each in (edges[0], edges[-1])))
    places = {str(each): at for at, each in enumerate(categories)}
    pieces = [
        (start.timestamp(), end.timestamp(), places[row.category] if row.is_used else len(places), 0, 0)
        for row, start, end in owned(_use_rows(slots), within)
    ]
    return Uses(*np.asarray(pieces, np.int64).reshape(-1, 5).T)


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
