"""Who else is invited to a booking: addresses, and what they answered."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, func, insert, select

from app.domain.errors import Refusal
from app.extensions import db
from app.models import BookingDate, Guest, OutboxMail, Person
from app.services.people import clean_email
from app.services.transaction import use_case

MOST_GUESTS = 50
# So long after a booking's last date its guests are forgotten, and what was mailed to them.
KEPT = timedelta(days=90)
INVITATION_KEY = "invitation:"  # how the keys of mails with invitations begin


def guest_refusals(addresses: Sequence[str]) -> list[Refusal]:
    """What is wrong with the addresses of guests."""
    refusals = [
        Refusal("bad_guest", "guests", {"name": each[:100]})
        for each in addresses
        if clean_email(each) is None
    ]
    if len(set(addresses)) > MOST_GUESTS:
        refusals.append(Refusal("too_many_guests", "guests", {"most": MOST_GUESTS}))
    return refusals


def add_guests(booking_id: int, addresses: Iterable[str], but: str = "") -> None:
    """Invites these to a new booking, each once; not `but`, who is there anyway."""
    found = {address: None for each in addresses if (address := clean_email(each)) and address != but}
    rows = [{"booking_id": booking_id, "email": address} for address in found]
    if rows:
        db.session.execute(insert(Guest), rows)


def copy_guests(old_id: int, new_id: int) -> None:
    """The guests of a series are those of the booking that goes on with it, too."""
    add_guests(new_id, [guest.email for guest in guests_of(old_id)])


def guests_of(booking_id: int) -> Sequence[Guest]:
    """In the order in which they were named."""
    return db.session.scalars(select(Guest).where(Guest.booking_id == booking_id).order_by(Guest.id)).all()


@use_case
def choose_invitations(person: Person, wanted: bool) -> None:
    """Whether somebody gets invitations to what they book themselves."""
    db.session.get_one(Person, person.id).wants_invitations = wanted


@use_case
def forget_guests(now: datetime) -> int:
    """Erases the guests of bookings that have long been over, and mails with invitations as old."""
    last = select(func.max(BookingDate.ends_at)).where(BookingDate.booking_id == Guest.booking_id)
    coming = exists().where(BookingDate.booking_id == Guest.booking_id, BookingDate.ends_at > now - KEPT)
    old = db.session.scalars(select(Guest.id).where(last.scalar_subquery().is_not(None), ~coming)).all()
    if old:
        db.session.execute(delete(Guest).where(Guest.id.in_(old)))
    mails = delete(OutboxMail).where(
        OutboxMail.key.startswith(INVITATION_KEY, autoescape=True),
        OutboxMail.state != "waiting",
        OutboxMail.created_at < now - KEPT,
    )
    db.session.execute(mails)
    return len(old)
