"""Who holds which time: looked up once per resource, however many dates are asked about."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import bindparam, select

from app.domain.errors import BookingInTheWay, Clash
from app.domain.interval import Interval, overlaps
from app.domain.stretches import interval_of, joined
from app.extensions import db
from app.models import Booking, BookingDate, Person, Resource, Slot
from app.models.booking import LIVE_SLOT, LONGEST_BLOCK
from app.services.audience import Reader, reader_of
from app.services.columns import Prepared, seconds
from app.services.directory import directory
from app.services.outside_times import Busy, busy_outside

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


def use_of(held: BookingDate | Slot) -> Interval:
    """When a date is, or what it has of one resource."""
    return Interval(held.starts_at, held.ends_at)


def held_on(date: BookingDate) -> list[Held]:
    """What a date has, or had when it was cancelled."""
    return [(slot.resource, use_of(slot)) for slot in date.slots]


def block_of(resource: Resource, use: Interval) -> Interval:
    """The use with the resource's buffers around it."""
    before, after = resource.buffer_before_minutes, resource.buffer_after_minutes
    if not before and not after:
        return use
    return Interval(use.start - timedelta(minutes=before), use.end + timedelta(minutes=after))


@dataclass(frozen=True, slots=True)
class _Blocks:
    """The live blocks of one resource, in seconds. None overlaps another, so both columns rise.

    `outside` is when calendars kept elsewhere have it, `busy` what they have, in order.
    """

    starts: Sequence[int]
    ends: Sequence[int]
    slots: Sequence[int]
    outside: "_Blocks | None" = None
    busy: Sequence[Busy] = ()

    def within(self, start: int, end: int) -> slice:
        return slice(bisect_right(self.ends, start), bisect_left(self.starts, end))

    def free(self, start: int, end: int) -> bool:
        found = self.within(start, end)
        return bool(found.start >= found.stop)


class Given(NamedTuple):
    """What a change gives one of its dates, before it is written."""

    leaf: Resource
    use: Interval
    date: BookingDate


def too_near(leaf: Resource, use: Interval, other: Interval) -> bool:
    """Whether a use of something comes into the time of another, buffers included."""
    return overlaps(block_of(leaf, use), block_of(leaf, other))


class Occupied:
    """What is held around some dates, as the transaction sees it. Slots of `but_dates` do not count.

    What the same change has `given` to others of its dates does. Calendars kept elsewhere, which have no
    time of ours, do where `heeds_outside` says so.
    """

    def __init__(
        self,
        dates: Iterable[Interval],
        *,
        but_dates: Collection[int] = (),
        given: Iterable[Given] = (),
        heeds_outside: bool = False,
    ) -> None:
        known = list(dates)
        self.given: defaultdict[int, list[Given]] = defaultdict(list)
        for each in given:
            self.given[each.leaf.id].append(each)
        self.heeds_outside = heeds_outside
        self.past: frozenset[int] = frozenset()
        self.span = Interval(min(each.start for each in known), max(each.end for each in known))
        self.own = _slots_of(but_dates)
        self.known: dict[int, _Blocks] = {}

    def is_free(self, leaf: Resource, use: Interval) -> bool:
        """Whether nothing is in the way, buffers included."""
        blocks, block = self._of(leaf), block_of(leaf, use)
        start, end = seconds(block.start), seconds(block.end)
        if not blocks.free(start, end) or self._given_near(leaf, use):
            return False
        return blocks.outside is None or leaf.office_id in self.past or blocks.outside.free(start, end)

    def past_outside_of(self, office_ids: Collection[int]) -> "Occupied":
        """The same, where the hosts of these offices book past the calendars that are about their things."""
        other = copy(self)
        other.past = frozenset(office_ids)
        return other

    def outside(self, leaf: Resource, use: Interval) -> list[Busy]:
        """What calendars kept elsewhere have of the time of a use, buffers included."""
        block = block_of(leaf, use)
        start, end = seconds(block.start), seconds(block.end)
        return [each for each in self._of(leaf).busy if each.start < end and start < each.end]

    def in_the_way(self, leaf: Resource, use: Interval) -> Sequence[int]:
        """The slots in the way, by number."""
        blocks, block = self._of(leaf), block_of(leaf, use)
        return blocks.slots[blocks.within(seconds(block.start), seconds(block.end))]

    def clashes(self, held: Iterable[Held], *, by: Person | None = None) -> list[Clash]:
        """Everything in the way of these uses, in order of time; for each use it is named anew.

        As `by` may know it: whose it is, and what it is called.
        """
        wanted: dict[int, dict[Interval, None]] = {}
        held = list(held)
        for leaf, use in held:
            for slot in self.in_the_way(leaf, use):
                wanted.setdefault(slot, {})[use] = None
        found = [
            replace(clash, wanted=use) for slot, clash in _facts(sorted(wanted), by) for use in wanted[slot]
        ]
        return sorted(
            [*found, *self._clashes_given(held, by), *self._clashes_outside(held)],
            key=lambda clash: (clash.wanted or self.span, clash.start, clash.resource),
        )

    def _given_near(self, leaf: Resource, use: Interval) -> list[Given]:
        return [each for each in self.given.get(leaf.id, ()) if too_near(leaf, use, each.use)]

    def _clashes_given(self, held: Iterable[Held], by: Person | None) -> Iterator[Clash]:
        for leaf, use in held:
            for each in self._given_near(leaf, use):
                booking, own = each.date.booking, by is not None and each.date.organiser_id == by.id
                known = BookingInTheWay(booking.id, each.date.id, booking.title)
                times = (each.use.start, each.use.end, use, block_of(leaf, each.use))
                yield Clash(leaf.slug, leaf.name, *times, yours=own, booking=known)

    def _clashes_outside(self, held: Iterable[Held]) -> Iterator[Clash]:
        for leaf, use in held:
            for each in () if leaf.office_id in self.past else self.outside(leaf, use):
                time = interval_of((each.start, each.end))
                calendar = each.calendar.name
                yield Clash(leaf.slug, leaf.name, time.start, time.end, use, time, calendar=calendar)

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
            self.known[leaf.id] = _Blocks(starts, ends, slots, *self._outside_of(leaf, span))
        return self.known[leaf.id]

    def _outside_of(self, leaf: Resource, span: Interval) -> tuple[_Blocks | None, Sequence[Busy]]:
        if not self.heeds_outside:
            return None, ()
        within = seconds(span.start), seconds(span.end)
        busy = busy_outside([leaf.id], within, blocking=True).get(leaf.id, ())
        if not busy:
            return None, ()
        starts, ends = zip(*joined((each.start, each.end) for each in busy), strict=True)
        return _Blocks(starts, ends, ()), busy


def _slots_of(dates: Collection[int]) -> frozenset[int]:
    if not dates:
        return frozenset()
    return frozenset(db.session.scalars(select(Slot.id).where(Slot.date_id.in_(dates))))


def _facts(slots: Sequence[int], by: Person | None) -> Iterator[tuple[int, Clash]]:
    """Each slot with what it is to this person."""
    query = (
        select(Slot.id, Slot.date_id, Slot.resource_id, Slot.starts_at, Slot.ends_at)
        .add_columns(Slot.blocks_from, Slot.blocks_until, BookingDate.status)
        .add_columns(Booking.id.label("booking_id"), Booking.title)
        .add_columns(Booking.organiser_id, Booking.organisation_id)
        .join(BookingDate, BookingDate.id == Slot.date_id)
        .join(Booking, Booking.id == BookingDate.booking_id)
    )
    known = directory()
    readers: dict[int, Reader] = {}
    for first in range(0, len(slots), MOST_AT_ONCE):
        chosen = query.where(Slot.id.in_(slots[first : first + MOST_AT_ONCE]))
        for slot in db.session.execute(chosen):
            resource = known.of_id(Resource, slot.resource_id)
            if resource.office_id not in readers:
                readers[resource.office_id] = reader_of(resource.office, by)
            reader = readers[resource.office_id]
            reads = reader.may_read(slot.organiser_id, slot.organisation_id)
            yield (
                slot.id,
                Clash(
                    resource.slug,
                    resource.name,
                    slot.starts_at,
                    slot.ends_at,
                    blocks=Interval(slot.blocks_from, slot.blocks_until),
                    requested=slot.status == "requested",
                    yours=reader.owns(slot.organiser_id),
                    booking=BookingInTheWay(slot.booking_id, slot.date_id, slot.title) if reads else None,
                ),
            )
