"""Who holds which time: looked up once per resource, however many dates are asked about."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import bindparam, select

from app.domain.errors import Clash
from app.domain.interval import Interval
from app.extensions import db
from app.models import BookingDate, Resource, Slot
from app.models.booking import LIVE_SLOT, LONGEST_BLOCK
from app.services.columns import Prepared, seconds

Held = tuple[Resource, Interval]
MOST_AT_ONCE = 500

# All of it is in the index `ix_slot_live`.
_BLOCKS = Prepared(
    select(Slot.blocks_from, Slot.blocks_until, Slot.id)
    .where(
        LIVE_SLOT,
        Slot.resource_id == bindparam("resource"),
        Slot.blocks_from < bindparam("end"),
        Slot.blocks_from > bindparam("earliest"),
        Slot.blocks_until > bindparam("start"),
    )
    .order_by(Slot.blocks_from)
)


def block_of(resource: Resource, use: Interval) -> Interval:
    """The use with the resource's buffers around it."""
    before, after = resource.buffer_before_minutes, resource.buffer_after_minutes
    if not before and not after:
        return use
    return Interval(use.start - timedelta(minutes=before), use.end + timedelta(minutes=after))


@dataclass(frozen=True, slots=True)
class _Blocks:
    """The live blocks of one resource, in seconds. None overlaps another, so both columns rise."""

    starts: Sequence[int]
    ends: Sequence[int]
    slots: Sequence[int]

    def within(self, start: int, end: int) -> slice:
        return slice(bisect_right(self.ends, start), bisect_left(self.starts, end))


class Occupied:
    """What is held around some dates, as the transaction sees it. Slots of `but_dates` do not count."""

    def __init__(self, dates: Iterable[Interval], *, but_dates: Collection[int] = ()) -> None:
        known = list(dates)
        self.span = Interval(min(each.start for each in known), max(each.end for each in known))
        self.own = _slots_of(but_dates)
        self.known: dict[int, _Blocks] = {}

    def is_free(self, leaf: Resource, use: Interval) -> bool:
        """Whether nothing is in the way, buffers included."""
        blocks, block = self._of(leaf), block_of(leaf, use)
        found = blocks.within(seconds(block.start), seconds(block.end))
        return bool(found.start >= found.stop)

    def in_the_way(self, leaf: Resource, use: Interval) -> Sequence[int]:
        """The slots in the way, by number."""
        blocks, block = self._of(leaf), block_of(leaf, use)
        return blocks.slots[blocks.within(seconds(block.start), seconds(block.end))]

    def clashes(self, held: Iterable[Held]) -> list[Clash]:
        """Everything in the way of these uses, in order of time; for each use it is named anew."""
        wanted: dict[int, dict[Interval, None]] = {}
        for leaf, use in held:
            for slot in self.in_the_way(leaf, use):
                wanted.setdefault(slot, {})[use] = None
        found = [
            Clash(slug, name, used.start, used.end, use, blocked, status == "requested")
            for slot, slug, name, used, blocked, status in _facts(sorted(wanted))
            for use in wanted[slot]
        ]
        return sorted(found, key=lambda clash: (clash.wanted or self.span, clash.start, clash.resource))

    def _of(self, leaf: Resource) -> _Blocks:
        if leaf.id not in self.known:
            span = block_of(leaf, self.span)
            rows = _BLOCKS.read(
                resource=leaf.id,
                start=seconds(span.start),
                end=seconds(span.end),
                earliest=seconds(span.start - LONGEST_BLOCK),
            )
            others = [row for row in rows if row[2] not in self.own] if self.own else rows
            starts, ends, slots = zip(*others, strict=True) if others else ((), (), ())
            self.known[leaf.id] = _Blocks(starts, ends, slots)
        return self.known[leaf.id]


def _slots_of(dates: Collection[int]) -> frozenset[int]:
    if not dates:
        return frozenset()
    return frozenset(db.session.scalars(select(Slot.id).where(Slot.date_id.in_(dates))))


def _facts(slots: Sequence[int]) -> Iterator[tuple[int, str, str, Interval, Interval, str]]:
    """Of each slot its resource, use, block and status."""
    query = (
        select(Slot.id, Resource.slug, Resource.name, Slot.starts_at, Slot.ends_at)
        .add_columns(Slot.blocks_from, Slot.blocks_until, BookingDate.status)
        .join(Resource, Resource.id == Slot.resource_id)
        .join(BookingDate, BookingDate.id == Slot.date_id)
    )
    for first in range(0, len(slots), MOST_AT_ONCE):
        chosen = query.where(Slot.id.in_(slots[first : first + MOST_AT_ONCE]))
        for slot, slug, name, start, end, blocks_from, blocks_until, status in db.session.execute(chosen):
            yield slot, slug, name, Interval(start, end), Interval(blocks_from, blocks_until), status
