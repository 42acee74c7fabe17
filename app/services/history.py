"""Who did what when, and telling calendars that something changed."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import case, literal, update

from app.extensions import db
from app.models import Booking, BookingDate, History, Person, Resource
from app.models.types import Instant


def record(
    action: str,
    booking: Booking,
    *,
    by: Person | None,
    now: datetime,
    date: BookingDate | None = None,
    **details: object,
) -> None:
    """Adds a line to the booking's history, in the caller's transaction."""
    db.session.add(
        History(
            at=now,
            by_id=by.id if by else None,
            booking_id=booking.id,
            date_id=date.id if date else None,
            action=action,
            details=details,
        )
    )


def mark_changed(resource_ids: Iterable[int], person_ids: Iterable[int | None], now: datetime) -> None:
    """Raises the change counters that feeds and caches compare. In order of id, so that none deadlock.

    `changed_at` never falls, even where a transaction that began earlier ends later.
    """
    for model, ids in ((Resource, resource_ids), (Person, person_ids)):
        latest = case((model.changed_at < now, literal(now, Instant)), else_=model.changed_at)
        for each in sorted({each for each in ids if each is not None}):
            db.session.execute(
                update(model).where(model.id == each).values(changes=model.changes + 1, changed_at=latest),
                execution_options={"synchronize_session": False},
            )
