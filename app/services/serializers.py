"""Bookings and resources as plain data, one shape per audience.

Whoever may not read a booking sees that the time is taken, and nothing else: no id, no uid, no words.
Instants are ISO 8601 in UTC ("2026-11-24T08:00:00+00:00").
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from sqlalchemy import inspect, select
from sqlalchemy.orm import selectinload

from app.domain.errors import Alternative, Clash
from app.domain.interval import Interval
from app.extensions import db
from app.models import Activity, Booking, BookingDate, Organisation, Pool, Resource
from app.models.booking import LIVE_STATUSES
from app.services.directory import directory

Data = dict[str, object]
BUSY = "busy"


def instant(at: datetime) -> str:
    """As the API writes it: UTC, whole seconds."""
    return at.astimezone(UTC).isoformat(timespec="seconds")


class Instants(dict[int, str]):
    """Seconds since 1970 as the API writes them, each worked out once: most rooms are free alike."""

    def __missing__(self, seconds: int) -> str:
        self[seconds] = written = instant(datetime.fromtimestamp(seconds, UTC))
        return written


def span(interval: Interval | Clash | Alternative) -> Data:
    """A stretch of time: `start` and the exclusive `end`."""
    return {"start": instant(interval.start), "end": instant(interval.end)}


def in_the_way(found: Clash | Alternative) -> Data:
    """A clash, or a free alternative: which resource and when."""
    return {"resource": found.resource, "name": found.resource_name, **span(found)}


def booking_data(booking: Booking, dates: Iterable[BookingDate] | None = None, *, base_url: str) -> Data:
    """All of a booking, for those who may read it; of its dates those given, or all."""
    organiser, known = booking.organiser, directory()
    return {
        **booking_facts(booking, dates),
        "title": booking.title,
        "organisation": known.of_id(Organisation, booking.organisation_id).slug,
        "activity": known.of_id(Activity, booking.activity_id).slug,
        "organiser": {"name": organiser.name, "email": organiser.email} if organiser else None,
        "url": booking_url(booking.id, base_url),
    }


def booking_facts(booking: Booking, dates: Iterable[BookingDate] | None = None) -> Data:
    """The part of a booking that holds no words of anybody."""
    if dates is None:
        _load_slots(booking)
    shown = sorted(booking.dates if dates is None else dates, key=lambda date: (date.starts_at, date.id))
    return {
        "id": booking.id,
        "uid": booking.uid,
        "status": status_of(shown),
        "version": booking.version,
        "resources": asked_slugs(booking),
        "timezone": booking.timezone,
        "recurrence": booking.recurrence,
        "created_at": instant(booking.created_at) if booking.created_at else None,
        "occurrences": [occurrence_data(date) for date in shown],
    }


def _load_slots(booking: Booking) -> None:
    """The slots of all dates at once, instead of date by date; those just made are known."""
    if not any("slots" in inspect(date).unloaded for date in booking.dates):
        return
    query = select(BookingDate).filter_by(booking_id=booking.id)
    db.session.scalars(query.options(selectinload(BookingDate.slots))).all()


def occurrence_data(date: BookingDate) -> Data:
    """One date with the resources that it holds (of a composite its parts, of a pool the member)."""
    known = directory()
    held = dict.fromkeys(known.of_id(Resource, slot.resource_id).slug for slot in date.slots)
    return {
        "id": date.id,
        "start": instant(date.starts_at),
        "end": instant(date.ends_at),
        "resources": list(held),
        "status": date.status,
    }


def busy_data(date: BookingDate) -> Data:
    """A date for somebody who may not read its booking: when, and on what."""
    return {
        "id": None,
        "status": BUSY,
        "occurrences": [{**occurrence_data(date), "id": None, "status": BUSY}],
    }


def status_of(dates: Sequence[BookingDate]) -> str:
    """One word for several dates: what they all are, else the most open of them."""
    found = {date.status for date in dates}
    order = ("requested", "confirmed", *LIVE_STATUSES, "no_show", "declined", "cancelled")
    return next((status for status in order if status in found), "cancelled")


def asked_slugs(booking: Booking) -> list[str]:
    """What was asked for, in order: resources and pools."""
    known = directory()
    return [
        known.of_id(Resource, asked.resource_id).slug
        if asked.resource_id is not None
        else known.of_id(Pool, asked.pool_id or 0).slug
        for asked in booking.asked_for
    ]


def booking_url(booking_id: int, base_url: str) -> str:
    """The page of a booking."""
    return f"{base_url}/bookings/{booking_id}"


def resource_data(resource: Resource, *, feed_url: str) -> Data:
    """What anybody with a token may know of a resource."""
    return {
        "slug": resource.slug,
        "name": resource.name,
        "kind": resource.kind,
        "capacity": resource.capacity,
        "office": resource.office.slug,
        "timezone": resource.office.timezone,
        "equipment": list(resource.equipment),
        "location": resource.location,
        "description": resource.description,
        "parts": [part.slug for part in resource.parts],
        "pool": resource.pool.slug if resource.pool else None,
        "approval": resource.approval,
        "buffer_before_minutes": resource.buffer_before_minutes,
        "buffer_after_minutes": resource.buffer_after_minutes,
        "min_minutes": resource.min_minutes,
        "max_minutes": resource.max_minutes,
        "max_days_ahead": resource.max_days_ahead,
        "active_from": resource.active_from.isoformat() if resource.active_from else None,
        "active_to": resource.active_to.isoformat() if resource.active_to else None,
        "feed_url": feed_url,
    }
