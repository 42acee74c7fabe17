"""Taking the booker and the words out of bookings; when, where, for whom and how many stays to the digit."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, func, select, update

from app.extensions import db
from app.models import (
    Activity,
    Booking,
    BookingDate,
    BookingResource,
    Guest,
    History,
    Invitation,
    MailedBooking,
    Office,
    OfficeApproval,
    Pool,
    ReceivedMail,
    Resource,
    Slot,
)
from app.services.history import mark_all_changed
from app.services.history_words import erase_words

AS_STORED = {"synchronize_session": False}


def make_nameless(booking_ids: Collection[int], now: datetime) -> None:
    """Erases who made these bookings, their titles, links, guests and what history said, in the caller's
    transaction. A title becomes what the time was for, in the language of the office."""
    if not booking_ids:
        return
    dates = select(BookingDate.id).where(BookingDate.booking_id.in_(booking_ids))
    touched = _touched(booking_ids)
    for title, ids in _plain_titles(booking_ids).items():
        nameless = {"organiser_id": None, "title": title, "meeting_url": None, "anonymous_at": now}
        anew = update(Booking).where(Booking.id.in_(ids)).values(**nameless, version=Booking.version + 1)
        db.session.execute(anew, execution_options=AS_STORED)
    erase_words(booking_ids)
    db.session.flush()
    for statement in (
        update(BookingDate)
        .where(BookingDate.booking_id.in_(booking_ids))
        .values(organiser_id=None, sequence=BookingDate.sequence + 1, changed_at=now),
        update(History).where(History.booking_id.in_(booking_ids)).values(by_id=None, told=True),
        update(OfficeApproval).where(OfficeApproval.date_id.in_(dates)).values(by_id=None),
        update(ReceivedMail).where(ReceivedMail.booking_id.in_(booking_ids)).values(sender="", subject=""),
        delete(Guest).where(Guest.booking_id.in_(booking_ids)),
        delete(Invitation).where(Invitation.booking_id.in_(booking_ids)),
        delete(MailedBooking).where(MailedBooking.booking_id.in_(booking_ids)),
    ):
        db.session.execute(statement, execution_options=AS_STORED)
    mark_all_changed(*touched, now)
    db.session.expire_all()


def plain_title(booking: Booking) -> str:
    """What a booking is called whose title is erased."""
    (title,) = _plain_titles([booking.id])
    return title


def _touched(booking_ids: Collection[int]) -> tuple[set[int], set[int | None], set[int]]:
    """The resources, people and organisations whose calendars show these bookings."""
    whose = select(Booking.organiser_id, Booking.organisation_id).where(Booking.id.in_(booking_ids))
    held = select(Slot.resource_id).join(BookingDate, BookingDate.id == Slot.date_id)
    rows = db.session.execute(whose).all()
    resources = db.session.scalars(held.where(BookingDate.booking_id.in_(booking_ids)).distinct())
    return set(resources), {organiser for organiser, _ in rows}, {organisation for _, organisation in rows}


def _plain_titles(booking_ids: Collection[int]) -> dict[str, list[int]]:
    """The names of what the bookings were for, each with the bookings that it is for."""
    office_id = func.coalesce(Resource.office_id, Pool.office_id)
    query = (
        select(Booking.id, Activity.names, func.min(Office.language))
        .join(Activity, Activity.id == Booking.activity_id)
        .outerjoin(BookingResource, BookingResource.booking_id == Booking.id)
        .outerjoin(Resource, Resource.id == BookingResource.resource_id)
        .outerjoin(Pool, Pool.id == BookingResource.pool_id)
        .outerjoin(Office, Office.id == office_id)
        .where(Booking.id.in_(booking_ids))
        .group_by(Booking.id, Activity.id)
    )
    titles: dict[str, list[int]] = defaultdict(list)
    for booking_id, names, language in db.session.execute(query):
        titles[names.get(language) or next(iter(names.values()), "–")].append(booking_id)
    return titles
