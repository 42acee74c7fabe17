"""Which bookings came by mail: they stand in somebody's own calendar, who alone can move them there."""

from collections.abc import Iterable, Set
from datetime import datetime

from sqlalchemy import select

from app.extensions import db
from app.models import Booking, History, MailedBooking, Person, ReceivedMail
from app.services.history import record

DONE_BY_MAIL = ("booked", "changed", "cancelled")


def mailed_of(booking: Booking) -> MailedBooking | None:
    """The meeting in its organiser's own calendar that made a booking, or that which it goes on with; None:
    it was made here."""
    query = select(MailedBooking).where(MailedBooking.booking_id == booking.id)
    if (mailed := db.session.scalar(query)) or booking.continues_id is None:
        return mailed
    return mailed_of(db.session.get_one(Booking, booking.continues_id))


def mailed_at(booking: Booking) -> Set[datetime]:
    """When mails came that did something to a booking: what its history says of then came by mail."""
    after, mailed = replaced_by(booking), mailed_of(booking)
    ids = {each for each in (after and after.id, mailed and mailed.booking_id) if each}
    if not ids:
        return frozenset()
    query = select(ReceivedMail.received_at).where(
        ReceivedMail.booking_id.in_({booking.id, *ids}), ReceivedMail.outcome.in_(DONE_BY_MAIL)
    )
    return frozenset(db.session.scalars(query))


def note_replaced(old: Iterable[Booking], new: Booking, *, by: Person, now: datetime) -> None:
    """Writes down that an update was booked anew, in place of these, in the caller's transaction."""
    for each in old:
        record("replaced", each, by=by, now=now, replaced_by=new.id)


def replaced_by(booking: Booking) -> Booking | None:
    """The booking that an update was booked as, in place of this one; None: it is as it was."""
    if all(date.status != "cancelled" for date in booking.dates):
        return None
    query = select(History.details).where(History.booking_id == booking.id, History.action == "replaced")
    details = db.session.scalars(query.order_by(History.id.desc())).first()
    return db.session.get(Booking, details["replaced_by"]) if details else None
