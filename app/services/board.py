"""The board: all resources of an office through a day, one resource through a week.

Its times are whole seconds since 1970, as the columns keep them: a day has a hundred of them and more.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from sqlalchemy import bindparam, literal_column, not_, or_, select, union_all

from app.domain.interval import Interval, clip
from app.domain.stretches import Stretch, stretch_of, without
from app.models import Booking, BookingDate, Office, Organisation, Resource, Slot
from app.models.booking import LONGEST_USE
from app.services.audience import Audience, Reader
from app.services.availability import leaves_of
from app.services.columns import Prepared, seconds
from app.services.directory import directory
from app.services.opening import OfficeHours
from app.services.outside_times import busy_outside

ONE_DAY = 24 * 60 * 60  # seconds


class Item(NamedTuple):
    """A taken stretch, as one reader may see it: what is not for them is None."""

    start: int
    end: int
    date_id: int
    status: str
    booking_id: int | None = None
    title: str | None = None
    organisation: str | None = None
    own: bool = False


class Taken(NamedTuple):
    """Of one resource: what is shown, and the blocks, buffers and all, that keep others out."""

    items: list[Item]
    blocks: list[Stretch]


class Beside(NamedTuple):
    """What a calendar kept elsewhere has; its name and title are for those who are signed in alone."""

    start: int
    end: int
    blocks: bool
    calendar: str | None
    title: str | None


class Row(NamedTuple):
    """One resource: its items in order, when it is open, closures, what is free to book, what is beside."""

    resource: Resource
    items: list[Item]
    open: list[Stretch]
    closures: list[tuple[Stretch, str]]
    free: list[Stretch]
    beside: Sequence[Beside] = ()


# Put together once: the day board is what people look at most.
_WHEN = (
    Slot.resource_id,
    Slot.starts_at,
    Slot.ends_at,
    Slot.blocks_from,
    Slot.blocks_until,
    BookingDate.id,
    BookingDate.status,
)
_WHAT = (Booking.id, Booking.title, Organisation.name, Booking.organiser_id, Booking.organisation_id)


def _statement(*, of_office: bool, for_public: bool) -> Prepared:
    """The taken stretches of an `office`, or of a `resource`. For the public only when, not what."""
    taken = select(*_WHEN) if for_public else select(*_WHEN, *_WHAT)
    taken = taken.join(BookingDate, BookingDate.id == Slot.date_id).where(
        Slot.starts_at < bindparam("end"),
        Slot.ends_at > bindparam("start"),
        not_(or_(BookingDate.status == "cancelled", BookingDate.status == "declined")),
    )
    if not for_public:
        taken = taken.join(Booking, Booking.id == BookingDate.booking_id)
        taken = taken.join(Organisation, Organisation.id == Booking.organisation_id)
    if of_office:
        taken = taken.join(Resource, Resource.id == Slot.resource_id)
        taken = taken.where(Resource.office_id == bindparam("office"))
    else:
        taken = taken.where(Slot.resource_id == bindparam("resource"))
    return Prepared(
        union_all(
            taken.where(Slot.starts_at > bindparam("day_before")),
            # Longer ones may have begun earlier; they are few and have an index of their own.
            taken.where(
                Slot.ends_at - Slot.starts_at > literal_column("86400"),
                Slot.starts_at <= bindparam("day_before"),
                Slot.starts_at > bindparam("earliest"),
            ),
        )
    )


_TAKEN = {
    (of_office, for_public): _statement(of_office=of_office, for_public=for_public)
    for of_office in (True, False)
    for for_public in (True, False)
}


def board(
    office: Office, within: Interval, reader: Reader, resources: Iterable[Resource] | None = None
) -> list[Row]:
    """The rows of an office for a stretch of time, or of some of its resources.

    One query for the office, or one for each resource held, whatever lies before that time.
    """
    hours = OfficeHours.load(office, within)
    if resources is None:
        shown = directory().in_use(office.id)
        items = _items(within, reader, office=[office.id])
    else:
        shown = list(resources)
        held = {leaf for each in shown for leaf in hours.leaf_ids(each.id)}
        items = _items(within, reader, resource=sorted(held))
    beside = _beside(shown, within, reader)
    return [_row(each, items, beside, hours, within) for each in shown]


def _row(
    resource: Resource,
    taken: Mapping[int, Taken],
    outside: Mapping[int, Sequence[Beside]],
    hours: OfficeHours,
    within: Interval,
) -> Row:
    leaves = leaves_of(resource)
    held = [(leaf, taken[leaf.id]) for leaf in leaves if leaf.id in taken]
    # A date that holds several parts stands once in the row of the whole.
    own = {item.date_id: item for _, of_leaf in held for item in of_leaf.items}
    opened = hours.open_seconds(resource)
    closures = [
        (stretch_of(clip(closed, within) or closed), reason) for closed, reason in hours.closures(resource)
    ]
    holes = [hole for leaf, of_leaf in held for hole in _holes(leaf, of_leaf.blocks)]
    beside: dict[Beside, None] = {}
    for leaf in leaves if outside else ():
        busy = outside.get(leaf.id, ())
        holes += _holes(leaf, [(each.start, each.end) for each in busy if each.blocks])
        beside |= dict.fromkeys(busy)
    return Row(resource, sorted(own.values()), opened, closures, without(opened, sorted(holes)), list(beside))


def _holes(leaf: Resource, blocks: Sequence[Stretch]) -> list[Stretch]:
    """Where no use can be, as `availability.free` says it: its own buffers would lie on a block."""
    before, after = leaf.buffer_before_minutes * 60, leaf.buffer_after_minutes * 60
    return [(start - after, end + before) for start, end in blocks]


def _beside(
    resources: Iterable[Resource], within: Interval, reader: Reader
) -> Mapping[int, Sequence[Beside]]:
    """By leaf, what calendars kept elsewhere have, as this reader may see it."""
    signed_in = reader.audience is not Audience.PUBLIC
    busy = busy_outside((leaf.id for each in resources for leaf in leaves_of(each)), stretch_of(within))
    return {
        leaf_id: [
            Beside(
                each.start,
                each.end,
                each.calendar.blocks,
                each.calendar.name if signed_in else None,
                each.title if signed_in else None,
            )
            for each in found
        ]
        for leaf_id, found in busy.items()
    }


def _items(within: Interval, reader: Reader, **of: Sequence[int]) -> dict[int, Taken]:
    """By resource. Of which is said by identifiers: `office` or `resource`."""
    ((thing, identifiers),) = of.items()
    for_public = reader.audience is Audience.PUBLIC
    statement = _TAKEN[thing == "office", for_public]
    start = seconds(within.start)
    times = {
        "start": start,
        "end": seconds(within.end),
        "day_before": start - ONE_DAY,
        "earliest": start - ONE_DAY - int(LONGEST_USE.total_seconds()),
    }
    found: defaultdict[int, Taken] = defaultdict(lambda: Taken([], []))
    for row in chain.from_iterable(statement.read(**times, **{thing: each}) for each in identifiers):
        resource_id, starts_at, ends_at, blocks_from, blocks_until, date_id, status, *what = row
        if status != "no_show":  # the time of a no-show is free again
            found[resource_id].blocks.append((blocks_from, blocks_until))
        if status == "no_show" and not reader.sees_no_show(what[3] if what else None):
            continue
        if what and reader.may_read(*what[3:]):
            booking_id, title, name, organiser, _ = what
            item = Item(starts_at, ends_at, date_id, status, booking_id, title, name, reader.owns(organiser))
        else:
            item = Item(starts_at, ends_at, date_id, status)
        found[resource_id].items.append(item)
    return found
