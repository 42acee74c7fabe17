"""Who else is invited to a booking: addresses, and what they answered."""

from collections.abc import Iterable, Sequence, Set
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, func, insert, select

from app.domain.errors import Refusal
from app.extensions import db
from app.models import Booking, BookingDate, Guest, Invitation, OutboxMail, Person
from app.services.mailed import mailed_of
from app.services.people import clean_email
from app.services.transaction import use_case

MOST_GUESTS = 50
# So long after a booking's last date its guests are forgotten, and what was mailed to them.
KEPT = timedelta(days=90)
INVITATION_KEY = "invitation:"  # how the keys of mails with invitations begin


def guest_refusals(wanted: Sequence[str] | None) -> list[Refusal]:
    """What is wrong with the addresses of guests."""
    addresses = wanted or ()
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
    rows = [{"booking_id": booking_id, "email": address} for address in _cleaned(addresses, but)]
    if rows:
        db.session.execute(insert(Guest), rows)


def invites(booking: Booking) -> bool:
    """Whether guests are told of it from here.

    Not of what was imported, nor of what a mail booked: its guests are invited in its organiser's calendar.
    """
    if booking.organiser_id is None or booking.imported_as is not None:
        return False
    return mailed_of(booking) is None


def other_guests(booking: Booking, wanted: Sequence[str] | None) -> bool:
    """Whether these are others than those invited so far. None: they are to stay."""
    return wanted is not None and _wanted(booking, wanted) != {each.email for each in guests_of(booking.id)}


def invite_anew(booking: Booking, wanted: Sequence[str] | None) -> bool:
    """Invites these and nobody else, in the caller's transaction; whether anybody came or went.

    Who is invited still keeps their answer. `invitations` tells those who came and those who went.
    """
    if wanted is None or not other_guests(booking, wanted):
        return False
    meant = _wanted(booking, wanted)
    _write_down_who_was_told(booking)
    db.session.execute(delete(Guest).where(Guest.booking_id == booking.id, Guest.email.not_in(meant)))
    known = {each.email for each in guests_of(booking.id)}
    add_guests(booking.id, [each for each in meant if each not in known])
    return True


def _write_down_who_was_told(booking: Booking) -> None:
    """Until guests could be changed, all of them had been."""
    told = db.session.get(Invitation, booking.id)
    if told and "guests" not in told.told:
        told.told = {**told.told, "guests": [each.email for each in guests_of(booking.id)]}


def _wanted(booking: Booking, addresses: Sequence[str]) -> Set[str]:
    return _cleaned(addresses, booking.organiser.email if booking.organiser else "").keys()


def _cleaned(addresses: Iterable[str], but: str) -> dict[str, None]:
    """Each once, in order."""
    return {address: None for each in addresses if (address := clean_email(each)) and address != but}


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
        booked = select(Guest.booking_id).where(Guest.id.in_(old))
        for each in db.session.scalars(select(Invitation).where(Invitation.booking_id.in_(booked))):
            each.told = {**each.told, "guests": []}
        db.session.execute(delete(Guest).where(Guest.id.in_(old)))
    mails = delete(OutboxMail).where(
        OutboxMail.key.startswith(INVITATION_KEY, autoescape=True),
        OutboxMail.state != "waiting",
        OutboxMail.created_at < now - KEPT,
    )
    db.session.execute(mails)
    return len(old)


def languages_of(addresses: Sequence[str]) -> dict[str, str]:
    """The languages that those have chosen who use the service themselves, by address."""
    known = select(Person.email, Person.language).where(
        Person.email.in_(addresses), Person.active, Person.language.is_not(None)
    )
    return {email: language for email, language in db.session.execute(known) if language}
