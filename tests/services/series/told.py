"""Times by the clock of Stockholm, and a series read back from what is stored."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.domain.interval import Interval
from app.domain.recurrence import expand
from app.extensions import db
from app.models import Booking, BookingDate, History, Slot
from tests.factories import HOUR

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def at(month: int, day: int, hour: int = 10, minute: int = 0, year: int = 2026) -> datetime:
    """An instant by the clock of Stockholm."""
    return datetime(year, month, day, hour, minute, tzinfo=STOCKHOLM).astimezone(UTC)


def local(booking: Booking) -> list[str]:
    return [f"{date.starts_at.astimezone(STOCKHOLM):%m-%d %H:%M}" for date in booking.dates]


def rooms(booking: Booking) -> list[str]:
    return ["+".join(slot.resource.slug for slot in date.slots) for date in booking.dates]


def asked(booking: Booking) -> list[str]:
    return [thing.slug for each in booking.asked_for if (thing := each.resource or each.pool)]


def says(booking: Booking) -> list[datetime]:
    """What the rule of a booking says, from its first date on."""
    first = min(date.original_start_at for date in booking.dates)
    dates = expand(str(booking.recurrence), Interval(first, first + HOUR), ZoneInfo(booking.timezone))
    return [date.start for date in dates]


def by_rule(booking: Booking) -> list[datetime]:
    return sorted(date.original_start_at for date in booking.dates)


def stored() -> list[object]:
    """Everything that a refused change must leave alone."""
    db.session.expire_all()
    return [
        tuple(getattr(row, column.key) for column in type(row).__table__.columns)
        for model in (Booking, BookingDate, Slot, History)
        for row in db.session.scalars(select(model).order_by(model.id))
    ]


def fresh(booking: Booking) -> Booking:
    db.session.expire_all()
    return booking


def history_of(booking: Booking) -> list[History]:
    """What stands in the history, in order."""
    query = select(History).where(History.booking_id == booking.id).order_by(History.id)
    return list(db.session.scalars(query))
