"""Who did what when, and telling calendars that something changed."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Update, bindparam, case, insert, select, update
from sqlalchemy.orm import SessionTransaction

from app.extensions import db
from app.models import Booking, BookingDate, History, Organisation, Person, Resource, Slot
from app.models.types import Instant


def _raising(model: type[Resource] | type[Person] | type[Organisation]) -> Update:
    now = bindparam("now", type_=Instant)
    latest = case((model.changed_at < now, now), else_=model.changed_at)
    of_one = update(model).where(model.id == bindparam("who"))
    return of_one.values(
        changes=model.changes + 1, changed_at=latest, changed_booking_id=bindparam("booking")
    )


# Put together once: every booking adds one and raises some.
_LINE = insert(History)
_RESOURCES, _PEOPLE, _ORGANISATIONS = _raising(Resource), _raising(Person), _raising(Organisation)
NOTED = "changed bookings"  # a mark on the session
MOST_NAMED = 50  # more than these, and feeds are better written anew


@dataclass(slots=True)
class _Noted:
    """What was written down in a transaction and is not yet told to calendars."""

    transaction: SessionTransaction | None
    bookings: dict[int, Booking] = field(default_factory=dict)
    organisation_ids: set[int] = field(default_factory=set)


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
    note_changed(booking)
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


def note_changed(booking: Booking) -> None:
    """Has the next `mark_changed` name this booking, and the organisation that it is for by now."""
    noted = db.session.info[NOTED] = _noted()
    noted.bookings[booking.id] = booking
    noted.organisation_ids.add(booking.organisation_id)


def _noted() -> _Noted:
    """What this transaction wrote down; what another did that was rolled back is nothing."""
    transaction = db.session().get_transaction()
    noted: _Noted | None = db.session.info.pop(NOTED, None)
    return noted if noted and noted.transaction is transaction else _Noted(transaction)


def mark_changed(resource_ids: Iterable[int], person_ids: Iterable[int | None], now: datetime) -> None:
    """Raises the change counters that feeds and caches compare, and says which bookings it was.

    Those are the ones that history was written of since the last call; where there is none, any may have
    changed. `changed_at` never falls, even where a transaction that began earlier ends later.
    """
    db.session.flush()
    noted = _noted()
    resources, people = set(resource_ids), set(person_ids)
    booking_ids = set(noted.bookings)
    as_one = {each.id for each in noted.bookings.values() if each.recurrence or each.continues_id}
    if as_one:
        # A series is told as one event, with its latest change, also where another of its dates is; and the
        # one that it continues with it.
        earlier = {each.continues_id for each in noted.bookings.values() if each.continues_id}
        booking_ids |= earlier
        resources |= _held_by(as_one | earlier)
        for organiser_id, organisation_id in _whose(earlier):
            people.add(organiser_id)
            noted.organisation_ids.add(organisation_id)
    if not 0 < len(booking_ids) <= MOST_NAMED:
        booking_ids = set()
    _raise(resources, people, noted.organisation_ids, sorted(booking_ids) or [None], now)


def mark_all_changed(
    resource_ids: Iterable[int],
    person_ids: Iterable[int | None],
    organisation_ids: Iterable[int],
    now: datetime,
) -> None:
    """The same where bookings were changed without any history: their feeds are written anew as a whole."""
    db.session.flush()
    _raise(set(resource_ids), set(person_ids), set(organisation_ids), [None], now)


def _raise(
    resource_ids: Collection[int],
    person_ids: Collection[int | None],
    organisation_ids: Collection[int],
    booking_ids: Sequence[int | None],
    now: datetime,
) -> None:
    """In order of id, so that none deadlock."""
    counters = ((_RESOURCES, resource_ids), (_PEOPLE, person_ids), (_ORGANISATIONS, organisation_ids))
    for raise_counters, ids in counters:
        changed = [
            {"who": each, "now": now, "booking": booking_id}
            for each in sorted({each for each in ids if each is not None})
            for booking_id in booking_ids
        ]
        if changed:
            db.session.connection().execute(raise_counters, changed)


def _held_by(booking_ids: Collection[int]) -> set[int]:
    dates = select(BookingDate.id).where(BookingDate.booking_id.in_(booking_ids))
    return set(db.session.scalars(select(Slot.resource_id).where(Slot.date_id.in_(dates)).distinct()))


def _whose(booking_ids: Collection[int]) -> Sequence[tuple[int | None, int]]:
    if not booking_ids:
        return ()
    query = select(Booking.organiser_id, Booking.organisation_id).where(Booking.id.in_(booking_ids))
    return [(organiser_id, organisation_id) for organiser_id, organisation_id in db.session.execute(query)]
