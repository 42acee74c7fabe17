"""The board: all resources of an office through a day, one resource through a week."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, Self

from sqlalchemy import CompoundSelect, bindparam, literal_column, not_, or_, select, union_all

from app.domain.interval import Interval, clip
from app.models import Booking, BookingDate, Office, Organisation, Resource, Slot
from app.models.booking import LONGEST_USE
from app.services.audience import Audience, Reader
from app.services.columns import read
from app.services.offices import OfficeName
from app.services.opening import OfficeHours

ONE_DAY = timedelta(days=1)


class Place(NamedTuple):
    """A resource, as far as the board shows it."""

    id: int
    slug: str
    name: str
    kind: str
    capacity: int
    equipment: list[str]
    active_from: date | None
    active_to: date | None

    @classmethod
    def of(cls, resource: Resource) -> Self:
        return cls(*(getattr(resource, name) for name in cls._fields))


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

    resource: Place
    items: list[Item]
    open: list[Interval]
    closures: list[tuple[Interval, str]]
    free: list[Interval]


# Put together once: the day board is what people look at most.
_PLACES = (
    select(*(getattr(Resource, name) for name in Place._fields))
    .where(Resource.office_id == bindparam("office"), Resource.retired.is_(False))
    .order_by(Resource.position, Resource.id)
)
_WHEN = (Slot.resource_id, Slot.starts_at, Slot.ends_at, BookingDate.id, BookingDate.status)
_WHAT = (Booking.id, Booking.title, Organisation.name, Booking.organiser_id, Booking.organisation_id)


def _statement(*, of_office: bool, for_public: bool) -> CompoundSelect[*tuple[Any, ...]]:
    """The taken stretches of an office, or of `resources`. For the public only when, not what."""
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
        taken = taken.where(Slot.resource_id.in_(bindparam("resources", expanding=True)))
    return union_all(
        taken.where(Slot.starts_at > bindparam("day_before")),
        # Longer ones may have begun earlier; they are few and have an index of their own.
        taken.where(
            Slot.ends_at - Slot.starts_at > literal_column("86400"),
            Slot.starts_at <= bindparam("day_before"),
            Slot.starts_at > bindparam("earliest"),
        ),
    )


_TAKEN = {
    (of_office, for_public): _statement(of_office=of_office, for_public=for_public)
    for of_office in (True, False)
    for for_public in (True, False)
}


def board(
    office: Office | OfficeName, within: Interval, reader: Reader, resources: Iterable[Resource] | None = None
) -> list[Row]:
    """The rows of an office for a stretch of time; a constant number of queries, whatever lies before it."""
    hours = OfficeHours.load(office, within)
    of: Mapping[str, object]
    if resources is None:
        shown = [Place(*row) for row in read(_PLACES, office=office.id)]
        of = {"office": office.id}
    else:
        shown = [Place.of(resource) for resource in resources]
        of = {"resources": sorted({leaf for place in shown for leaf in hours.leaf_ids(place.id)})}
    items = _items(within, reader, of)
    return [_row(place, items, hours, within) for place in shown]


def _row(place: Place, items: Mapping[int, list[Item]], hours: OfficeHours, within: Interval) -> Row:
    # A date that holds several parts stands once in the row of the whole.
    own = {item.date_id: item for leaf in hours.leaf_ids(place.id) for item in items.get(leaf, ())}
    ordered = sorted(own.values())
    opened = hours.open(place)
    closures = [(clip(closed, within) or closed, reason) for closed, reason in hours.closures(place)]
    return Row(place, ordered, opened, closures, _gaps(opened, ordered))


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


def _items(within: Interval, reader: Reader, places: Mapping[str, object]) -> dict[int, list[Item]]:
    """By resource. `places` says of which: `office` or `resources`, identifiers."""
    for_public = reader.audience is Audience.PUBLIC
    rows = read(
        _TAKEN["office" in places, for_public],
        start=within.start,
        end=within.end,
        day_before=within.start - ONE_DAY,
        earliest=within.start - LONGEST_USE - ONE_DAY,
        **places,
    )
    found: defaultdict[int, list[Item]] = defaultdict(list)
    if for_public:
        for resource_id, start, end, date_id, status in rows:
            found[resource_id].append(Item(start, end, date_id, status))
        return found
    for resource_id, start, end, date_id, status, booking_id, title, name, organiser, organisation in rows:
        if reader.may_read(organiser, organisation):
            item = Item(start, end, date_id, status, booking_id, title, name, reader.owns(organiser))
        else:
            item = Item(start, end, date_id, status)
        found[resource_id].append(item)
    return found
