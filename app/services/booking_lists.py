"""Bookings to read: a person's own, and a day of an office as its host sees it."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import contains_eager, selectinload

from app.domain.interval import Interval
from app.extensions import db
from app.models import Booking, BookingDate, BookingResource, History, Office, Person, Resource, Slot
from app.models.booking import LIVE_STATUSES, LONGEST_USE

PAGE = 20


def upcoming(person: Person, now: datetime, most: int = 200) -> Sequence[BookingDate]:
    """What the person has booked that is not over, in order of time; cancelled and declined left out."""
    not_over = (BookingDate.ends_at > now) & (BookingDate.starts_at > now - LONGEST_USE)
    coming = not_over & BookingDate.status.in_(LIVE_STATUSES)
    return _own(person, coming, BookingDate.starts_at.asc(), most)


def past(person: Person, now: datetime, before: datetime | None = None) -> Sequence[BookingDate]:
    """A page of what is over or was cancelled, latest first; `before` turns the page."""
    over = (BookingDate.ends_at <= now) | BookingDate.status.not_in(LIVE_STATUSES)
    if before:
        over &= BookingDate.starts_at < before
    return _own(person, over, BookingDate.starts_at.desc(), PAGE)


def day_of(office: Office, day: Interval) -> Sequence[BookingDate]:
    """All dates that touch a day of an office and were not cancelled or declined, in order of time."""
    ids = (
        select(Slot.date_id)
        .join(Resource, Resource.id == Slot.resource_id)
        .where(
            Resource.office_id == office.id,
            Slot.starts_at < day.end,
            Slot.starts_at > day.start - LONGEST_USE,
            Slot.ends_at > day.start,
        )
    )
    stands = BookingDate.status.not_in(("cancelled", "declined"))
    query = _hosted(_dates()).where(BookingDate.id.in_(ids), stands)
    return db.session.scalars(query.order_by(BookingDate.starts_at, BookingDate.id)).all()


def usual_guests(person: Person, most: int = 3, of_last: int = 100) -> list[int]:
    """The organisations that a person booked for most often of late, by id."""
    lately = select(Booking.organisation_id).filter_by(organiser_id=person.id)
    recent = db.session.scalars(lately.order_by(Booking.id.desc()).limit(of_last)).all()
    return [organisation for organisation, _ in Counter(recent).most_common(most)]


def history_of(booking: Booking) -> Sequence[tuple[History, Person | None]]:
    """The booking's history with who did each thing, oldest first."""
    query = (
        select(History, Person)
        .outerjoin(Person, Person.id == History.by_id)
        .filter(History.booking_id == booking.id)
    )
    return [(entry, person) for entry, person in db.session.execute(query.order_by(History.id))]


def goes_on_in(booking: Booking) -> Sequence[Booking]:
    """The bookings that a series goes on in, since it was changed from some date on."""
    return db.session.scalars(select(Booking).filter_by(continues_id=booking.id).order_by(Booking.id)).all()


def goes_on_from(booking: Booking) -> Sequence[Booking]:
    """The booking whose series this one goes on with, if any."""
    return db.session.scalars(select(Booking).filter_by(id=booking.continues_id)).all()


def _own(
    person: Person, which: ColumnElement[bool], order: ColumnElement[datetime], most: int
) -> Sequence[BookingDate]:
    """With what tells which actions are open: the other dates, and the places for who hosts them.

    Which ones they are is asked first: nothing is put together of all that somebody ever booked.
    """
    own = select(BookingDate.id).where(BookingDate.organiser_id == person.id, which)
    ids = db.session.scalars(own.order_by(order).limit(most)).all()
    booking = contains_eager(BookingDate.booking)
    query = dates_with_all().options(booking.selectinload(Booking.dates))
    return db.session.scalars(query.where(BookingDate.id.in_(ids)).order_by(order)).all()


def dates_with_all() -> Select[BookingDate]:
    """Any dates with what is told of them, and the places for who hosts them: not asked for one by one."""
    return _hosted(_dates())


def _hosted(dates: Select[BookingDate]) -> Select[BookingDate]:
    """With what was asked for, which tells whose hosts may do more."""
    asked = contains_eager(BookingDate.booking).selectinload(Booking.asked_for)
    return dates.options(asked.joinedload(BookingResource.resource), asked.joinedload(BookingResource.pool))


def _dates() -> Select[BookingDate]:
    return (
        select(BookingDate)
        .join(BookingDate.booking)
        .options(
            contains_eager(BookingDate.booking).joinedload(Booking.organisation),
            contains_eager(BookingDate.booking).joinedload(Booking.organiser),
            selectinload(BookingDate.slots).joinedload(Slot.resource),
        )
    )
