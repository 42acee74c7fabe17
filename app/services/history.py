"""Who did what when, and telling calendars that something changed."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Update, bindparam, case, insert, update

from app.extensions import db
from app.models import Booking, BookingDate, History, Person, Resource
from app.models.types import Instant


def _raising(model: type[Resource] | type[Person]) -> Update:
    now = bindparam("now", type_=Instant)
    latest = case((model.changed_at < now, now), else_=model.changed_at)
    of_one = update(model).where(model.id == bindparam("who"))
    return of_one.values(changes=model.changes + 1, changed_at=latest)


# Put together once: every booking adds one and raises some.
_LINE = insert(History)
_RESOURCES, _PEOPLE = _raising(Resource), _raising(Person)


def record(
    action: str,
    booking: Booking,
    *,
    by: Person | None,
    now: datetime,
    date: BookingDate | None = None,
    **details: object,
) -> None:
    """Adds a line to the history of a stored booking, in the caller's transaction."""
    line = {
        "at": now,
        "by_id": by.id if by else None,
        "booking_id": booking.id,
        "date_id": date.id if date else None,
        "action": action,
        "details": details,
        "told": False,  # to whom it matters: `invitations`
    }
    db.session.connection().execute(_LINE, line)


def mark_changed(resource_ids: Iterable[int], person_ids: Iterable[int | None], now: datetime) -> None:
    """Raises the change counters that feeds and caches compare. In order of id, so that none deadlock.

    `changed_at` never falls, even where a transaction that began earlier ends later.
    """
    db.session.flush()
    for raise_counters, ids in ((_RESOURCES, resource_ids), (_PEOPLE, person_ids)):
        changed = [{"who": each, "now": now} for each in sorted({each for each in ids if each is not None})]
        if changed:
            db.session.connection().execute(raise_counters, changed)


def facts_of(date: BookingDate) -> dict[str, object]:
    """When and where a date is: what a history line says of before and after a change."""
    return {
        "start": date.starts_at.isoformat(),
        "end": date.ends_at.isoformat(),
        "places": list(dict.fromkeys(slot.resource.name for slot in date.slots)),
    }


def changed_from(before: dict[str, object], date: BookingDate) -> dict[str, object]:
    """What was, and under "to_…" what a date has become."""
    return {**before, **{f"to_{name}": fact for name, fact in facts_of(date).items()}}
