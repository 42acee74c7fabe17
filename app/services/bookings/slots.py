"""Holding time on resources: the rows the database guards."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import TypeVar

from sqlalchemy import insert
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.util import identity_key

from app.domain.errors import Clash, Taken
from app.domain.interval import Interval
from app.extensions import db
from app.models import Base, Booking, BookingDate, BookingResource, Resource, Slot
from app.models.booking import LIVE_STATUSES
from app.services.bookings.occupied import Held, Occupied, block_of, held_on, use_of

__all__ = [
    "add_booking",
    "add_dates",
    "add_slots",
    "block_of",
    "clashes",
    "is_free",
    "refuse_if_taken",
    "set_status",
    "set_statuses",
]

Written = TypeVar("Written", Booking, BookingResource, BookingDate, Slot)
# In one statement, which tells them in any order: asked for them in order, SQLite would write row by row.
_INSERT = {
    model: insert(table := Base.metadata.tables[model.__tablename__]).returning(*table.c)
    for model in (Booking, BookingResource, BookingDate, Slot)
}


def add_booking(columns: Mapping[str, object], asked: Sequence[Mapping[str, object]]) -> Booking:
    """A new booking of these columns, with what was asked for; its dates come with `add_dates`."""
    (booking,) = _written(Booking, [columns])
    rows = [{"booking_id": booking.id, **each} for each in asked]
    set_committed_value(
        booking, "asked_for", sorted(_written(BookingResource, rows), key=attrgetter("position"))
    )
    return booking


def add_dates(
    booking: Booking,
    uses: Sequence[tuple[Interval, str]],
    now: datetime,
    originals: Mapping[Interval, datetime],
) -> list[BookingDate]:
    """The dates of a new booking: when each is, and its status; when it is by the rule where that differs."""
    rows = [
        {
            "booking_id": booking.id,
            "organiser_id": booking.organiser_id,
            "original_start_at": originals.get(use, use.start),
            "starts_at": use.start,
            "ends_at": use.end,
            "status": status,
            "sequence": 0,
            "changed_at": now,
            "overlapping_import": False,
        }
        for use, status in uses
    ]
    dates = sorted(_written(BookingDate, rows), key=attrgetter("starts_at"))
    for date in dates:
        set_committed_value(date, "booking", booking)
    set_committed_value(booking, "dates", dates)
    return dates


def add_slots(held: Iterable[tuple[BookingDate, Resource]]) -> None:
    """One slot per date and leaf, all that the date has from now on; writes everything that waits.

    In order of resource and time: in any other order series would deadlock.
    """
    db.session.flush()
    ordered = sorted(held, key=lambda each: (each[1].id, each[0].starts_at))
    by_id = {date.id: date for date, _ in ordered}
    slots = _written(Slot, [_row(date, leaf) for date, leaf in ordered]) if ordered else []
    made: defaultdict[BookingDate, list[Slot]] = defaultdict(list)
    for slot in sorted(slots, key=attrgetter("resource_id")):
        date = by_id[slot.date_id]
        set_committed_value(slot, "date", date)
        made[date].append(slot)
    for date, own in made.items():  # known, so whoever asks need not read them again
        set_committed_value(date, "slots", own)


def _written(model: type[Written], rows: Sequence[Mapping[str, object]]) -> list[Written]:
    """Inserts many rows at a time; the objects as if they had been read, in no order.

    To have them from the ORM (`insert(model).returning(model)`) takes twice as long.
    """
    db.session.flush()
    made = [model(**row._mapping) for row in db.session.execute(_INSERT[model], rows)]
    for each in made:
        make_transient_to_detached(each)
        # A number that is new now may have been another's, in a transaction that was rolled back.
        undone = db.session.identity_map.get(identity_key(instance=each))
        if undone is not None:
            db.session.expunge(undone)
    db.session.add_all(made)
    return made


def set_status(date: BookingDate, status: str, now: datetime) -> None:
    """Gives a date its status and its slots the liveness that goes with it."""
    set_statuses([date], status, now)


def set_statuses(dates: Iterable[BookingDate], status: str, now: datetime) -> None:
    """The same for several dates, written at once."""
    for date in dates:
        date.status = status
        date.changed_at = now
        date.sequence += 1
        for slot in date.slots:
            slot.live = status in LIVE_STATUSES
    db.session.flush()


def clashes(held: Sequence[Held], *, but_date: int | None = None) -> list[Clash]:
    """The live slots in the way of these uses, buffers included, in order of time."""
    return _around(held, but_date).clashes(held) if held else []


def is_free(resource: Resource, uses: Sequence[Interval], *, but_date: int | None = None) -> bool:
    """Whether nothing live is in the way of any of these uses."""
    occupied = _around([(resource, use) for use in uses], but_date)
    return all(occupied.is_free(resource, use) for use in uses)


def refuse_if_taken(date: BookingDate) -> list[Held]:
    """What a date that is not live would hold again. Taken, with the clashes, where somebody has it now."""
    held = held_on(date)
    in_the_way = clashes(held, but_date=date.id)
    if in_the_way:
        raise Taken(tuple(in_the_way))
    return held


def _around(held: Sequence[Held], but_date: int | None) -> Occupied:
    return Occupied([use for _, use in held], but_dates=() if but_date is None else (but_date,))


def _row(date: BookingDate, leaf: Resource) -> Mapping[str, object]:
    use = use_of(date)
    block = block_of(leaf, use)
    return {
        "date_id": date.id,
        "resource_id": leaf.id,
        "starts_at": use.start,
        "ends_at": use.end,
        "blocks_from": block.start,
        "blocks_until": block.end,
        "live": date.status in LIVE_STATUSES,
    }
