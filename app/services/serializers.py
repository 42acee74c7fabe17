"""Bookings and resources as plain data, one shape per audience.

Whoever may not read a booking sees that the time is taken, and nothing else: no id, no uid, no words.
Instants are ISO 8601 in UTC ("2026-11-24T08:00:00+00:00").
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import inspect, select
from sqlalchemy.orm import selectinload

from app.domain.errors import Alternative, Clash
from app.domain.interval import Interval
from app.extensions import db
from app.models import Activity, Booking, BookingDate, Organisation, Resource
from app.models.booking import LIVE_STATUSES
from app.services.approval import reasons_of
from app.services.awaited import awaited
from app.services.bookings.plan import Plan
from app.services.directory import directory

Data = dict[str, object]
BUSY = "busy"


def instant(at: datetime) -> str:
    """As the API writes it: UTC, whole seconds."""
    return at.astimezone(UTC).isoformat(timespec="seconds")


def instant_or_none(at: datetime | None) -> str | None:
    """Of something that may not have happened."""
    return instant(at) if at else None


class Instants(dict[int, str]):
    """Seconds since 1970 as the API writes them, each worked out once: most rooms are free alike."""

    def __missing__(self, seconds: int) -> str:
        self[seconds] = written = instant(datetime.fromtimestamp(seconds, UTC))
        return written


def span(interval: Interval | Clash | Alternative) -> Data:
    """A stretch of time: `start` and the exclusive `end`."""
    return {"start": instant(interval.start), "end": instant(interval.end)}


def alternative_data(found: Alternative) -> Data:
    """A free alternative: which resource and when."""
    return {
        "resource": found.resource,
        "name": found.resource_name,
        **span(found),
        "needs_approval": found.needs_approval,
    }


def clash_data(found: Clash) -> Data:
    """What is in the way: which resource, its use, its time with buffers, and of which date of the wish."""
    return {
        "resource": found.resource,
        "name": found.resource_name,
        **span(found),
        "wanted": span(found.wanted) if found.wanted else None,
        "blocks": span(found.blocks or found),
        "why": found.why,
        "yours": found.yours,
        "requested": found.requested,
        "booking": _booking_in_the_way(found),
        "calendar": found.calendar,
    }


def _booking_in_the_way(found: Clash) -> Data | None:
    """For those who may read it."""
    known = found.booking
    return {"id": known.id, "occurrence": known.date_id, "title": known.title} if known else None


def booking_data(booking: Booking, dates: Iterable[BookingDate] | None = None, *, base_url: str) -> Data:
    """All of a booking, for those who may read it; of its dates those given, or all."""
    organiser, known = booking.organiser, directory()
    return {
        **booking_facts(booking, dates),
        "title": booking.title,
        "organisation": known.of_id(Organisation, booking.organisation_id).slug,
        "activity": known.of_id(Activity, booking.activity_id).slug,
        "organiser": {"name": organiser.name, "email": organiser.email} if organiser else None,
        "meeting_url": booking.meeting_url,
        "url": booking_url(booking.id, base_url),
    }


def booking_facts(booking: Booking, dates: Iterable[BookingDate] | None = None) -> Data:
    """The part of a booking that holds no words of anybody."""
    if dates is None:
        _load_slots(booking)
    shown = sorted(booking.dates if dates is None else dates, key=lambda date: (date.starts_at, date.id))
    reasons = reasons_of(shown)
    return {
        "id": booking.id,
        "uid": booking.uid,
        "status": status_of(shown),
        "version": booking.version,
        "resources": asked_slugs(booking),
        "timezone": booking.timezone,
        "recurrence": booking.recurrence,
        "created_at": instant_or_none(booking.created_at),
        "continues": booking.continues_id,
        "set_aside": list(booking.set_aside),
        "occurrences": [occurrence_data(date, reasons) for date in shown],
    }


def booked_facts(booking: Booking, planned: Plan) -> Data:
    """The same of a booking that was made just now, with what was left out of its series, if anything."""
    left_out = left_out_data(planned)
    return booking_facts(booking) | ({"left_out": left_out} if left_out else {})


def left_out_data(planned: Plan) -> list[Data]:
    """The dates that are not booked, and why not."""
    return [{**span(each.interval), "reason": each.reason} for each in planned.left_out]


def stays_data(stays: Iterable[tuple[int, Interval, str]]) -> list[Data]:
    """The dates that a change leaves where they are: which, what they were to have, and why not that."""
    return [{"occurrence": date, "wanted": span(wanted), "reason": why} for date, wanted, why in stays]


def _load_slots(booking: Booking) -> None:
    """The slots of all dates at once, instead of date by date; those just made are known."""
    if not any("slots" in inspect(date).unloaded for date in booking.dates):
        return
    query = select(BookingDate).filter_by(booking_id=booking.id)
    db.session.scalars(query.options(selectinload(BookingDate.slots))).all()


def occurrence_data(date: BookingDate, reasons: Mapping[int, str] | None = None) -> Data:
    """One date of a booking, for those who may read it. `reasons`: as `reasons_of` tells, where known."""
    why = reasons_of([date]) if reasons is None else reasons
    counted = date.women is not None
    return {
        "id": date.id,
        **_held(date),
        "status": date.status,
        "original_start": instant(date.original_start_at),
        "moved": date.starts_at != date.original_start_at,
        "reason": why.get(date.id),
        "awaits": [office.slug for office in awaited(date)],
        "checked_in_at": instant_or_none(date.checked_in_at),
        "heads": {"women": date.women, "men": date.men, "other": date.other} if counted else None,
    }


def busy_data(date: BookingDate) -> Data:
    """A date for somebody who may not read its booking: when, and on what."""
    return {"id": None, "status": BUSY, "occurrences": [{"id": None, **_held(date), "status": BUSY}]}


def _held(date: BookingDate) -> Data:
    """When, and the resources that it holds (of a composite its parts, of a pool the member)."""
    known = directory()
    held = dict.fromkeys(known.of_id(Resource, slot.resource_id).slug for slot in date.slots)
    return {"start": instant(date.starts_at), "end": instant(date.ends_at), "resources": list(held)}


def status_of(dates: Sequence[BookingDate]) -> str:
    """One word for several dates: what they all are, else the most open of them."""
    found = {date.status for date in dates}
    order = ("requested", "confirmed", *LIVE_STATUSES, "no_show", "declined", "cancelled")
    return next((status for status in order if status in found), "cancelled")


def asked_slugs(booking: Booking) -> list[str]:
    """What was asked for, in order: resources and pools."""
    return [thing_slug(asked.resource_id, asked.pool_id) for asked in booking.asked_for]


def thing_slug(resource_id: int | None, pool_id: int | None) -> str:
    """Of whichever of the two it is."""
    return directory().thing(resource_id, pool_id).slug


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
