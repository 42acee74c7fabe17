"""Whose yes a request waits for: each office's hosts answer for their own part of a booking."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from app.extensions import db
from app.models import BookingDate, Office, OfficeApproval, Person, Resource
from app.services.authorize import may
from app.services.bookings.asking import asking
from app.services.directory import directory


def offices_of(date: BookingDate) -> list[Office]:
    """Where a date holds something, each office once. To be read, never changed."""
    known = directory()
    held = (known.of_id(Resource, slot.resource_id) for slot in date.slots)
    return [*{each.office_id: known.office_of(each) for each in held}.values()]


def offices_asked(date: BookingDate) -> list[Office]:
    """Those of a date's offices whose hosts have to say yes to it.

    By the rules as they are, and not where whoever booked is a host. Where the rules ask nobody any more,
    all of them: a request waits for somebody.
    """
    offices = offices_of(date)
    if len(offices) == 1:
        return offices
    asking_ids = {each.office_id for each in asking(date)}
    asked = [each for each in offices if each.id in asking_ids]
    others = [each for each in asked if not may(date.booking.organiser, "host", each)]
    return others or asked or offices


def awaited(date: BookingDate) -> list[Office]:
    """The offices that have yet to say yes to a request; of any other date none."""
    if date.status != "requested":
        return []
    asked = offices_asked(date)
    if len(asked) == 1:
        return asked
    said = said_yes(date)
    return [each for each in asked if each.id not in said]


def awaits(date: BookingDate, office: Office) -> bool:
    """Whether a request waits for this office's answer."""
    return any(each.id == office.id for each in awaited(date))


def said_yes(date: BookingDate) -> set[int]:
    """The offices that said yes to a date as it is now: a change of it asks all of them again."""
    given = select(OfficeApproval.office_id).filter_by(date_id=date.id, sequence=date.sequence)
    return set(db.session.scalars(given))


def say_yes(date: BookingDate, offices: Iterable[Office], *, by: Person, now: datetime) -> None:
    """Notes what these offices say, in the caller's transaction."""
    for office in offices:
        db.session.merge(
            OfficeApproval(date_id=date.id, office_id=office.id, sequence=date.sequence, at=now, by_id=by.id)
        )


def hosted_by(person: Person, offices: Iterable[Office]) -> list[Office]:
    """Those that this person is a host of."""
    return [each for each in offices if may(person, "host", each)]
