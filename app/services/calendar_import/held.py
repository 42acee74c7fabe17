"""Who has the time that an entry wants: for somebody who may read every booking of the office."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.domain.interval import Interval
from app.extensions import db
from app.models import Booking, BookingDate, Resource, Slot
from app.models.booking import LIVE_SLOT, LONGEST_BLOCK
from app.services.availability import leaves_of
from app.services.bookings.occupied import block_of
from calendars.entries import Entry


@dataclass(frozen=True, slots=True)
class InTheWay:
    """What has the time of an entry: a booking here, or (0) another entry of the file."""

    booking_id: int
    title: str
    start: datetime
    end: datetime
    entry: Entry | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """The live blocks around some entries, by leaf in order of time. None overlaps another."""

    leaves: Sequence[Resource]
    blocks: Mapping[int, Sequence[tuple[datetime, datetime, InTheWay]]]

    @classmethod
    def around(cls, entries: Sequence[Entry], resource: Resource) -> "Held":
        """One look, however many entries."""
        leaves = leaves_of(resource)
        found: defaultdict[int, list[tuple[datetime, datetime, InTheWay]]] = defaultdict(list)
        if not entries:
            return cls(leaves, found)
        span = Interval(min(each.start for each in entries), max(each.end for each in entries))
        for leaf in leaves:
            block = block_of(leaf, span)
            query = (
                select(Slot.blocks_from, Slot.blocks_until, Booking.id, Booking.title)
                .add_columns(BookingDate.starts_at, BookingDate.ends_at)
                .join(BookingDate, BookingDate.id == Slot.date_id)
                .join(Booking, Booking.id == BookingDate.booking_id)
                .where(LIVE_SLOT, Slot.resource_id == leaf.id, Slot.blocks_from < block.end)
                .where(Slot.blocks_from > block.start - LONGEST_BLOCK, Slot.blocks_until > block.start)
                .order_by(Slot.blocks_from)
            )
            for blocks_from, blocks_until, *facts in db.session.execute(query):
                found[leaf.id].append((blocks_from, blocks_until, InTheWay(*facts)))
        return cls(leaves, found)

    def in_the_way(self, entry: Entry) -> InTheWay | None:
        """The first booking that has some of the time, buffers included."""
        for leaf in self.leaves:
            block, blocks = block_of(leaf, Interval(entry.start, entry.end)), self.blocks.get(leaf.id, ())
            place = bisect_right(blocks, block.start, key=lambda each: each[1])
            if place < len(blocks) and blocks[place][0] < block.end:
                return blocks[place][2]
        return None
