"""The board: all resources of an office through a day, one resource through a week."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import NamedTuple

from sqlalchemy import bindparam, literal_column, not_, or_, select, union_all

from app.domain.interval import Interval, clip
from app.models import Booking, BookingDate, Office, Organisation, Resource, Slot
from app.models.booking import LONGEST_USE
from app.services.audience import Audience, Reader
from app.services.columns import Prepared, instant, seconds
from app.services.directory import directory
from app.services.opening import OfficeHours

ONE_DAY = 24 * 60 * 60  # seconds


class Item(NamedTuple):
    """A taken stretch, as one reader may see it: what is not for them is None."""

    start: datetime
    end: datetime
    date_id: int
    status: str
    booking_id: int | None = None
    title: str | None = None
    organisation: str | None = None
    own: bool = False


class Row(NamedTuple):
    """One resource: its items in order, when it is open, closures, and what is free to book."""

    resource: Resource
    items: list[Item]
    open: list[Interval]
    closures: list[tuple[Interval, str]]
    free: list[Interval]


# Put together once: the day board is what people look at most.
_WHEN = (Slot.resource_id, Slot.starts_at, Slot.ends_at, BookingDate.id, BookingDate.status)
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
        everything = directory().resources.values()
        shown = [each for each in everything if each.office_id == office.id and not each.retired]
        items = _items(within, reader, office=[office.id])
    else:
        shown = list(resources)
        held = {leaf for each in shown for leaf in hours.leaf_ids(each.id)}
        items = _items(within, reader, resource=sorted(held))
    return [_row(each, items, hours, within) for each in shown]


def _row(resource: Resource, items: Mapping[int, list[Item]], hours: OfficeHours, within: Interval) -> Row:
    # A date that holds several parts stands once in the row of the whole.
    own = {item.date_id: item for leaf in hours.leaf_ids(resource.id) for item in items.get(leaf, ())}
    ordered = sorted(own.values())
    opened = hours.open(resource)
    closures = [(clip(closed, within) or closed, reason) for closed, reason in hours.closures(resource)]
    return Row(resource, ordered, opened, closures, _gaps(opened, ordered))


def _gaps(opened: Iterable[Interval], items: Sequence[Item]) -> list[Interval]:
    """What is open and not taken; both in order of time. A no-show's time is free again."""
    gaps = []
    for stretch in opened:
        start, end = stretch.start, stretch.end
        for item in items:
            if item.end <= start or item.status == "no_show":
                continue
            if item.start >= end:
                break
            if item.start > start:
                gaps.append(Interval(start, item.start))
            start = item.end
        if start < end:
            gaps.append(Interval(start, end))
    return gaps


def _items(within: Interval, reader: Reader, **of: Sequence[int]) -> dict[int, list[Item]]:
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
    found: defaultdict[int, list[Item]] = defaultdict(list)
    for row in chain.from_iterable(statement.read(**times, **{thing: each}) for each in identifiers):
        resource_id, starts_at, ends_at, date_id, status, *what = row
        if status == "no_show" and not reader.sees_no_show(what[3] if what else None):
            continue
        item = Item(instant(starts_at), instant(ends_at), date_id, status)
        if what:
            booking_id, title, name, organiser, organisation = what
            if reader.may_read(organiser, organisation):
                item = Item(*item[:4], booking_id, title, name, reader.owns(organiser))
        found[resource_id].append(item)
    return found
