"""The board: all resources of an office through a day, one resource through a week."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, select

from app.domain.interval import Interval, clip, subtract
from app.extensions import db
from app.models import Booking, BookingDate, Office, Organisation, Resource, Slot
from app.models.booking import LONGEST_USE
from app.services.audience import Reader
from app.services.availability import bookable, leaves_of
from app.services.opening import OfficeHours

ONE_DAY = timedelta(days=1)
SHOWN_STATUSES = ("requested", "confirmed", "checked_in", "no_show")


@dataclass(frozen=True, slots=True)
class Item:
    """A taken stretch, as one reader may see it; title and organisation are None where it is not for them."""

    date_id: int
    booking_id: int
    start: datetime
    end: datetime
    status: str
    title: str | None
    organisation: str | None
    own: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One resource: its items in order, when it is open, closures, and what is free to book."""

    resource: Resource
    items: list[Item]
    open: list[Interval]
    closures: list[tuple[Interval, str]]
    free: list[Interval]


def board(
    office: Office, within: Interval, reader: Reader, resources: Iterable[Resource] | None = None
) -> list[Row]:
    """The rows of an office for a stretch of time; a constant number of queries, whatever lies before it."""
    shown = list(bookable(office) if resources is None else resources)
    leaves = {resource.id: leaves_of(resource) for resource in shown}
    items = _items({leaf.id for each in leaves.values() for leaf in each}, within, reader)
    hours = OfficeHours.load(office, within)
    return [_row(resource, leaves[resource.id], items, hours, within) for resource in shown]


def _row(
    resource: Resource,
    leaves: Sequence[Resource],
    items: dict[int, list[Item]],
    hours: OfficeHours,
    within: Interval,
) -> Row:
    own = {item.date_id: item for leaf in leaves for item in items.get(leaf.id, [])}
    ordered = sorted(own.values(), key=lambda item: (item.start, item.date_id))
    opened = hours.open(resource)
    taken = [Interval(item.start, item.end) for item in ordered if item.status != "no_show"]
    closures = [
        (clip(each, within) or each, reason) for leaf in leaves for each, reason in hours.closures(leaf)
    ]
    return Row(resource, ordered, opened, closures, subtract(opened, taken))


def _items(resource_ids: set[int], within: Interval, reader: Reader) -> dict[int, list[Item]]:
    found: dict[int, list[Item]] = {}
    for query in (
        _query(resource_ids, within).where(Slot.starts_at > within.start - ONE_DAY),
        # Longer ones may have begun earlier; they are few and have an index of their own.
        _query(resource_ids, within).where(
            Slot.ends_at - Slot.starts_at > 86400,
            Slot.starts_at <= within.start - ONE_DAY,
            Slot.starts_at > within.start - LONGEST_USE - ONE_DAY,
        ),
    ):
        for (
            slot_resource,
            start,
            end,
            date_id,
            status,
            booking_id,
            title,
            organiser,
            organisation,
            name,
        ) in db.session.execute(query):
            readable = reader.may_read(organiser, organisation)
            item = Item(
                date_id=date_id,
                booking_id=booking_id,
                start=start,
                end=end,
                status=status,
                title=title if readable else None,
                organisation=name if readable else None,
                own=reader.owns(organiser),
            )
            found.setdefault(slot_resource, []).append(item)
    return found


def _query(resource_ids: set[int], within: Interval) -> Select[int, datetime, datetime, int, str, int, str, int | None, int, str]:
    return (
        select(
            Slot.resource_id,
            Slot.starts_at,
            Slot.ends_at,
            BookingDate.id,
            BookingDate.status,
            Booking.id,
            Booking.title,
            Booking.organiser_id,
            Booking.organisation_id,
            Organisation.name,
        )
        .join(BookingDate, BookingDate.id == Slot.date_id)
        .join(Booking, Booking.id == BookingDate.booking_id)
        .join(Organisation, Organisation.id == Booking.organisation_id)
        .where(
            Slot.resource_id.in_(sorted(resource_ids)),
            Slot.starts_at < within.end,
            Slot.ends_at > within.start,
            BookingDate.status.in_(SHOWN_STATUSES),
        )
    )
