"""What is free: of an office for a wish, of a resource through a day, and instead of what is taken."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.domain.errors import Alternative
from app.domain.interval import Interval, intersect, merge, subtract
from app.domain.localtime import day_bounds, local_date, zone
from app.extensions import db
from app.models import Office, Resource, Slot
from app.models.booking import LIVE_SLOT, LONGEST_BLOCK
from app.services.opening import OfficeHours

STEP = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Free:
    """A resource and when it can be used: open, in service, and no block in the way of its own buffers."""

    resource: Resource
    stretches: list[Interval]

    def fits(self, use: Interval) -> bool:
        return any(stretch.start <= use.start and use.end <= stretch.end for stretch in self.stretches)


def bookable(office: Office) -> Sequence[Resource]:
    """The office's resources in their order, without those that are retired."""
    query = select(Resource).filter_by(office_id=office.id, retired=False)
    with_parts = query.options(selectinload(Resource.parts))
    return db.session.scalars(with_parts.order_by(Resource.position, Resource.id)).all()


def free(office: Office, within: Interval, resources: Iterable[Resource] | None = None) -> list[Free]:
    """When each is free, in a constant number of queries. A composite is free when all its parts are."""
    wanted = list(bookable(office) if resources is None else resources)
    leaves = {leaf.id: leaf for resource in wanted for leaf in leaves_of(resource)}
    hours = OfficeHours.load(office, within)
    blocks = live_blocks(leaves, within)
    return [Free(resource, _free_of(resource, within, hours, blocks)) for resource in wanted]


def open_times(office: Office, within: Interval) -> list[Interval]:
    """When at least one resource of the office is open."""
    hours = OfficeHours.load(office, within)
    return merge(stretch for resource in bookable(office) for stretch in hours.open(resource))


def live_blocks(resource_ids: Iterable[int], within: Interval) -> dict[int, list[Interval]]:
    """By resource, the blocks of its live slots that reach into an interval."""
    rows = db.session.execute(
        select(Slot.resource_id, Slot.blocks_from, Slot.blocks_until).where(
            LIVE_SLOT,
            Slot.resource_id.in_(list(resource_ids)),
            Slot.blocks_from < within.end + timedelta(days=1),  # a day more: own buffers reach out
            Slot.blocks_from > within.start - LONGEST_BLOCK,
            Slot.blocks_until > within.start - timedelta(days=1),
        )
    )
    found: dict[int, list[Interval]] = {}
    for resource_id, start, end in rows:
        found.setdefault(resource_id, []).append(Interval(start, end))
    return found


def leaves_of(resource: Resource) -> tuple[Resource, ...]:
    """The resources that booking this one takes: its parts, down to the last; itself if it has none."""
    if not resource.parts:
        return (resource,)
    found = {leaf.id: leaf for part in resource.parts for leaf in leaves_of(part)}
    return tuple(found[each] for each in sorted(found))


def alternatives(resource: Resource, use: Interval, *, now: datetime) -> tuple[Alternative, ...]:
    """Up to two: another resource at the same time, and the nearest free time of this one."""
    tz = zone(resource.office.timezone)
    day = day_bounds(local_date(use.start, tz), tz)
    alike = [each for each in bookable(resource.office) if each.kind == resource.kind]
    frees = {each.resource.id: each for each in free(resource.office, day, alike)}
    others = [
        each.resource
        for each in frees.values()
        if each.resource.id != resource.id and each.fits(use) and use.start >= now - STEP
    ]
    others.sort(
        key=lambda other: (other.capacity < resource.capacity, abs(other.capacity - resource.capacity))
    )
    at_other_times = _nearest(frees[resource.id], use, now) if resource.id in frees else []
    found = [_alternative(other, use) for other in others[:2]]
    found[1:1] = [_alternative(resource, time) for time in at_other_times]
    return tuple(found[:2])


def _nearest(of: Free, use: Interval, now: datetime) -> list[Interval]:
    """The same length in the same day, nearest to the wished start; at most two."""
    length = use.duration
    starts: set[datetime] = set()
    for stretch in of.stretches:
        earliest = max(stretch.start, _next_step(now))
        latest = stretch.end - length
        if earliest <= latest:
            starts.add(min(max(use.start, earliest), latest))
    nearest = sorted(starts, key=lambda start: (abs(start - use.start), start))
    return [Interval(start, start + length) for start in nearest[:2]]


def _next_step(now: datetime) -> datetime:
    """The next quarter of an hour: nobody books 09:07."""
    return now + (-timedelta(minutes=now.minute, seconds=now.second, microseconds=now.microsecond)) % STEP


def _alternative(resource: Resource, use: Interval) -> Alternative:
    return Alternative(resource.slug, resource.name, use.start, use.end)


def _free_of(
    resource: Resource, within: Interval, hours: OfficeHours, blocks: Mapping[int, list[Interval]]
) -> list[Interval]:
    stretches = [within]
    for leaf in leaves_of(resource):
        before = timedelta(minutes=leaf.buffer_before_minutes)
        after = timedelta(minutes=leaf.buffer_after_minutes)
        # A use is possible where its own block, buffers and all, meets no other block.
        taken = [Interval(block.start - after, block.end + before) for block in blocks.get(leaf.id, [])]
        stretches = intersect(stretches, subtract(hours.open(leaf), taken))
    return stretches
