"""Nobody came: after a while the time is released by itself, and whoever booked it is told."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, selectinload

from app.extensions import db
from app.models import Booking, BookingDate, BookingResource, History, Slot
from app.services.locking import lock_dates
from app.services.notices import tell_booker
from app.services.presence import came_of
from app.services.rules import limits_for
from app.services.transaction import use_case

# Who has a room for half a day or more comes and goes; that nobody was there at nine says little.
LONGEST_WATCHED = timedelta(hours=4)
# A desk is held for a day, and whoever has it may well come after lunch.
UNWATCHED_KINDS = frozenset({"desk"})


def release_at(date: BookingDate) -> datetime | None:
    """When a confirmed date is released unless somebody checks in before; None: it never is.

    Of several resources the strictest that releases at all speaks. What became confirmed after its start
    has as long from then on. Imported dates, those over four hours and those released once never are.
    """
    if date.status != "confirmed" or date.women is not None or date.booking.imported_as is not None:
        return None
    if date.ends_at - date.starts_at > LONGEST_WATCHED:
        return None
    pause = _pause_of(date)
    if pause is None:
        return None
    due = max(date.starts_at, date.changed_at) + pause
    late = date.changed_at > date.starts_at
    return None if due >= date.ends_at or (late and was_released(date)) else due


def release_due(now: datetime) -> int:
    """Releases every running date that nobody checked in to in time; how many they were."""
    booking = contains_eager(BookingDate.booking)
    running = (
        select(BookingDate)
        .join(BookingDate.booking)
        .options(
            booking.joinedload(Booking.organisation),
            booking.selectinload(Booking.asked_for).joinedload(BookingResource.resource),
            selectinload(BookingDate.slots).joinedload(Slot.resource),
        )
        .where(
            BookingDate.starts_at > now - LONGEST_WATCHED,
            BookingDate.starts_at <= now,
            BookingDate.ends_at > now,
            BookingDate.status == "confirmed",
            BookingDate.women.is_(None),
            Booking.imported_as.is_(None),
        )
        .order_by(BookingDate.id)
    )
    due = [date.id for date in db.session.scalars(running) if _is_due(date, now)]
    return sum(_release(date_id, now) for date_id in due)


@use_case
def _release(date_id: int, now: datetime) -> bool:
    lock_dates([date_id])
    date = db.session.get_one(BookingDate, date_id)
    due = release_at(date)
    if due is None or due > now:  # somebody has checked in meanwhile
        return False
    came_of(date, "no_show", None, now, due=due.isoformat())
    tell_booker("released", [date], by=None, now=now, extra={"due": due})
    return True


def _is_due(date: BookingDate, now: datetime) -> bool:
    due = release_at(date)
    return due is not None and due <= now


def _pause_of(date: BookingDate) -> timedelta | None:
    booking = date.booking
    things = {slot.resource for slot in date.slots}
    things |= {asked.resource for asked in booking.asked_for if asked.resource and asked.resource.parts}
    pauses = [
        limits_for(each, booking.organisation, date.starts_at).release
        for each in things
        if each.kind not in UNWATCHED_KINDS
    ]
    return min((pause for pause in pauses if pause), default=None)


def was_released(date: BookingDate) -> bool:
    """Whether it was released by itself before."""
    by_itself = select(History.id).where(
        History.booking_id == date.booking_id,
        History.date_id == date.id,
        History.action == "no_show",
        History.by_id.is_(None),
    )
    return db.session.scalar(by_itself.limit(1)) is not None
