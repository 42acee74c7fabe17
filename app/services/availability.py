"""What is free: of an office for a wish, of a resource through a day, and instead of what is taken."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select

from app.domain.errors import Alternative
from app.domain.interval import Interval, merge
from app.domain.localtime import day_bounds, local_date, zone
from app.domain.stretches import Stretch, interval_of, shared, stretch_of, without
from app.models import Office, Resource, Slot
from app.models.booking import LIVE_SLOT, LONGEST_BLOCK
from app.services.columns import Prepared
from app.services.composites import in_a_loop
from app.services.composites import leaves_of as leaves_of  # as whoever asks what is free knows it
from app.services.directory import directory
from app.services.opening import OfficeHours
from app.services.outside_times import blocked_outside

STEP = timedelta(minutes=15)
# What is offered of a resource at that time; None: nothing, because it is not allowed.
Judge = Callable[[Resource, Interval], Alternative | None]
ONE_DAY = 24 * 60 * 60  # seconds


_LIVE_BLOCKS = Prepared(
    select(Slot.resource_id, Slot.blocks_from, Slot.blocks_until)
    .join(Resource, Resource.id == Slot.resource_id)
    .where(
        LIVE_SLOT,
        Resource.office_id == bindparam("office"),
        Slot.blocks_from < bindparam("end"),
        Slot.blocks_from > bindparam("earliest"),
        Slot.blocks_until > bindparam("start"),
    )
)


@dataclass(frozen=True, slots=True)
class Free:
    """A resource and when it can be used: open, in service, and no block in the way of its own buffers.

    In whole seconds since 1970: a search looks at thousands of stretches.
    """

    resource: Resource
    seconds: list[Stretch]

    @property
    def stretches(self) -> list[Interval]:
        return [interval_of(stretch) for stretch in self.seconds]

    def fits(self, use: Interval) -> bool:
        start, end = use.start.timestamp(), use.end.timestamp()
        return any(first <= start and end <= last for first, last in self.seconds)

    def from_now(self, start: datetime, now: datetime) -> datetime | None:
        """When a use that began at `start`, a moment ago, can begin: what ended since is not in the way.

        None where it is not free now.
        """
        return next((max(start, each.start) for each in self.stretches if each.start <= now < each.end), None)


def bookable(office: Office) -> Sequence[Resource]:
    """The office's resources in their order, without those that are retired. To be read, never changed."""
    return directory().in_use(office.id)


def free(office: Office, within: Interval, resources: Iterable[Resource] | None = None) -> list[Free]:
    """When each is free, in one query. A composite is free when all its parts are."""
    wanted = list(bookable(office) if resources is None else resources)
    days = _whole_days(within, zone(office.timezone))
    offices = {leaf.office_id: leaf.office for each in wanted for leaf in leaves_of(each)}
    hours = {each.id: OfficeHours.load(each, days) for each in offices.values()}
    blocks = live_blocks(offices, within)
    leaves = (leaf.id for each in wanted for leaf in leaves_of(each))
    for leaf_id, outside in blocked_outside(leaves, _a_day_more(within)).items():
        blocks[leaf_id] = sorted([*blocks.get(leaf_id, ()), *outside])
    return [Free(each, _free_of(each, stretch_of(within), hours, blocks)) for each in wanted]


def open_times(office: Office, within: Interval) -> list[Interval]:
    """When at least one resource of the office is open."""
    hours = OfficeHours.load(office, within)
    return merge(stretch for resource in bookable(office) for stretch in hours.open(resource))


def live_blocks(office_ids: Iterable[int], within: Interval) -> dict[int, list[Stretch]]:
    """By resource of these offices, the blocks of its live slots that reach into an interval, in order."""
    first, last = _a_day_more(within)
    times = {
        "start": first,
        "end": last,
        "earliest": first + ONE_DAY - int(LONGEST_BLOCK.total_seconds()),
    }
    found: defaultdict[int, list[Stretch]] = defaultdict(list)
    for office_id in office_ids:
        for resource_id, start, end in _LIVE_BLOCKS.read(office=office_id, **times):
            found[resource_id].append((start, end))
    for blocks in found.values():
        blocks.sort()
    return found


def alternatives(
    resource: Resource, use: Interval, *, now: datetime, allowed: Judge | None = None
) -> tuple[Alternative, ...]:
    """Up to two: another resource at the same time, and the nearest free time of this one.

    Free, and where it is given, `allowed`.
    """
    judge = allowed or _alternative
    tz = zone(resource.office.timezone)
    day = day_bounds(local_date(use.start, tz), tz)
    itself, *alike = free(resource.office, day, [resource, *others_like(resource)])
    others = (judge(each.resource, use) for each in alike if each.fits(use) and use.start >= now - STEP)
    times = () if resource.retired else _nearest(itself, use, now)
    found = [*islice(filter(None, others), 2)]
    found[1:1] = islice(filter(None, (judge(resource, time) for time in times)), 2)
    return tuple(found[:2])


def other_times(
    members: Sequence[Resource], use: Interval, *, now: datetime
) -> list[tuple[Resource, Interval]]:
    """When a member of a pool is free for as long in the same day, nearest first; each time once."""
    office = members[0].office
    tz = zone(office.timezone)
    day = day_bounds(local_date(use.start, tz), tz)
    found = [
        (each.resource, time) for each in free(office, day, members) for time in _nearest(each, use, now)
    ]
    nearest = sorted(found, key=lambda each: (abs(each[1].start - use.start), each[1].start))
    return [*{time: (member, time) for member, time in reversed(nearest)}.values()][::-1]


def others_like(resource: Resource) -> list[Resource]:
    """The others of its office and kind: those that hold as many first, then the nearest capacity."""
    others = [
        each
        for each in bookable(resource.office)
        if each.kind == resource.kind and each.id != resource.id and not in_a_loop(each)
    ]
    return sorted(
        others,
        key=lambda other: (other.capacity < resource.capacity, abs(other.capacity - resource.capacity)),
    )


def _nearest(of: Free, use: Interval, now: datetime) -> list[Interval]:
    """The same length in the same day, nearest to the wished start first."""
    length = use.duration
    starts: set[datetime] = set()
    for stretch in of.stretches:
        earliest = max(stretch.start, _next_step(now))
        latest = stretch.end - length
        if earliest <= latest:
            starts.add(min(max(use.start, earliest), latest))
    nearest = sorted(starts, key=lambda start: (abs(start - use.start), start))
    return [Interval(start, start + length) for start in nearest]


def _next_step(now: datetime) -> datetime:
    """The next quarter of an hour: nobody books 09:07."""
    return now + (-timedelta(minutes=now.minute, seconds=now.second, microseconds=now.microsecond)) % STEP


def _alternative(resource: Resource, use: Interval) -> Alternative:
    return Alternative(resource.slug, resource.name, use.start, use.end)


def _a_day_more(within: Interval) -> Stretch:
    """On both sides: own buffers reach out."""
    first, last = stretch_of(within)
    return first - ONE_DAY, last + ONE_DAY


def _whole_days(within: Interval, tz: ZoneInfo) -> Interval:
    """From midnight to midnight: of whole days the opening hours are kept, of a present moment never."""
    return Interval(
        day_bounds(local_date(within.start, tz), tz).start, day_bounds(local_date(within.end, tz), tz).end
    )


def _free_of(
    resource: Resource,
    within: Stretch,
    hours: Mapping[int, OfficeHours],
    blocks: Mapping[int, Sequence[Stretch]],
) -> list[Stretch]:
    stretches = [within] if within[0] < within[1] else []
    for leaf in leaves_of(resource):
        before, after = leaf.buffer_before_minutes * 60, leaf.buffer_after_minutes * 60
        # A use is possible where its own block, buffers and all, meets no other block.
        taken = blocks.get(leaf.id, ())
        if before or after:
            taken = [(start - after, end + before) for start, end in taken]
        opened = shared(stretches, hours[leaf.office_id].open_seconds(leaf))
        stretches = without(opened, taken)
    return stretches
