"""Erasing one person: everything that tells of them goes, every figure stays.

What is left is a row without a name, so that nobody gets the same number, and with it the old addresses of
feeds. Bookings to come are cancelled, and guests told so without a name; or somebody else takes them over.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, cast, delete, select, update

from app.domain.errors import NotFound, Refusal, Refused
from app.extensions import db
from app.models import (
    Booking,
    BookingDate,
    FeedChange,
    Invitation,
    Office,
    OutsideTime,
    Person,
    ReceivedMail,
    ReportDelivery,
)
from app.models.booking import LIVE_STATUSES
from app.services.authorize import authorize, may, roles_at
from app.services.bookings import cancel
from app.services.dated import Dated, dated
from app.services.directory import directory
from app.services.guests import guests_of
from app.services.history import mark_changed, record
from app.services.kept_feeds import forget_kept
from app.services.notices import office_of
from app.services.outbox import Beside, put_mail
from app.services.people import person_by_email
from app.services.privacy.leftovers import empty_the_log
from app.services.privacy.mail_files import says, take_away_with
from app.services.privacy.mails import About, forget_mails
from app.services.privacy.reach import BY_ADDRESS, BY_NUMBER, How, column, received_from, table_of
from app.services.privacy.retention import Folders
from app.services.privacy.words import AS_STORED, make_nameless, plain_title
from app.services.transaction import use_case

LONG_NAME = 8  # characters; a short first name alone is many people's


@dataclass(frozen=True, slots=True)
class Ended:
    """A booking that is cancelled because its booker was erased, as its guests are told: without any name."""

    office: Office
    dates: Sequence[Dated]


# Subject and body of the letter in a language ("sv" or "en").
Writer = Callable[[Ended, str], tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Outlook:
    """What erasing somebody comes to."""

    past: int
    """Bookings that stay, without them."""
    coming: Sequence[BookingDate]
    """The first date that is to come of each of the others."""
    refusal: Refusal | None


@dataclass(frozen=True, slots=True)
class Erased:
    """What was done."""

    anonymous: int
    cancelled: int
    handed_over: int
    mails: int


@use_case
def ask_for_erasure(person: Person, write: Callable[[str], tuple[str, str]], *, now: datetime) -> None:
    """Somebody asks to be erased; the administrators are told by a letter without a name. Twice is once."""
    asking = db.session.get_one(Person, person.id)
    if asking.erasure_asked_at is not None:
        return
    asking.erasure_asked_at = now
    for each in db.session.scalars(select(Person).where(Person.active).order_by(Person.id)):
        if may(each, "manage"):
            language = each.language or "sv"
            subject, body = write(language)
            key = f"erasure:{person.id}:{int(now.timestamp())}:{each.id}"
            put_mail(key, each.email, subject, body, language, now)


@use_case
def stay(person: Person) -> None:
    """Takes the wish to be erased back."""
    db.session.get_one(Person, person.id).erasure_asked_at = None


def asked_for_erasure(*, by: Person) -> Sequence[Person]:
    """Who waits to be erased, the longest first."""
    authorize(by, "manage")
    query = select(Person).where(Person.erasure_asked_at.is_not(None), Person.erased_at.is_(None))
    return db.session.scalars(query.order_by(Person.erasure_asked_at, Person.id)).all()


def person_to_erase(person_id: int, *, by: Person) -> Person:
    """The person of this number; NotFound where there is none, or none any more."""
    authorize(by, "manage")
    return _person(person_id)


def _person(person_id: int) -> Person:
    person = db.session.get(Person, person_id)
    if person is None or person.erased_at is not None:
        raise NotFound()
    return person


def outlook_for(person: Person, now: datetime, *, hand_over_to: str | None = None) -> Outlook:
    """What would be done. UnknownPerson or Refused where that address cannot take over what is to come."""
    coming = _coming(person, now)
    if hand_over_to is not None:
        _successor(coming, person, hand_over_to)
    return Outlook(len(set(_own(person)) - {date.booking_id for date in coming}), coming, _why_not(person))


def erase(
    person_id: int,
    *,
    hand_over_to: str | None,
    write: Writer,
    folders: Folders,
    by: Person | None,
    now: datetime,
) -> Erased:
    """Erases the person. `hand_over_to`: the address of who takes over what is to come; None: cancelled.

    `by` None: the command line. Refused where nobody else could run the installation or an office, and where
    the other may not book that. The copies in files go after the rest is kept.
    """
    done, mail_ids, about = _erase(person_id, hand_over_to, write, by, now)
    take_away_with(folders.mails, mail_ids, about.words)
    forget_kept(folders.feeds)
    empty_the_log()
    return done


@use_case
def _erase(
    person_id: int, hand_over_to: str | None, write: Writer, by: Person | None, now: datetime
) -> tuple[Erased, list[int], About]:
    if by is not None:
        authorize(by, "manage")
    person = _person(person_id)
    if refusal := _why_not(person):
        raise Refused(refusal)
    coming = _coming(person, now)
    about = _about(person, coming, handed_over=hand_over_to is not None)
    if hand_over_to is not None:
        handed_over, ended = _hand_over(coming, person, hand_over_to, now), []
    else:
        handed_over, ended = 0, [_cancel(date.booking, person, now) for date in coming]
    db.session.flush()
    own = _own(person)
    make_nameless(own, now)
    mail_ids = forget_mails(about)
    _forget_everywhere(person, now)
    _strike_outside_times(about)
    for guests, told in ended:
        _tell(guests, told, write, now)
    done = Erased(len(own), len(ended), handed_over, len(mail_ids))
    return done, mail_ids, about


def _why_not(person: Person) -> Refusal | None:
    """Whom nobody could stand in for."""
    others = db.session.scalars(select(Person).where(Person.active, Person.id != person.id)).all()
    if may(person, "manage") and not any(may(each, "manage") for each in others):
        return Refusal("last_admin", "", {})
    for office in db.session.scalars(select(Office).order_by(Office.id)):
        hosts = "host" in roles_at(person, office)
        if hosts and not any("host" in roles_at(each, office) for each in others):
            return Refusal("last_host", "", {"office": office.name})
    return None


def _own(person: Person) -> Sequence[int]:
    return db.session.scalars(select(Booking.id).where(Booking.organiser_id == person.id)).all()


def _coming(person: Person, now: datetime) -> list[BookingDate]:
    """Of each booking that is not over, its first date to come."""
    dates = select(BookingDate).join(Booking, Booking.id == BookingDate.booking_id)
    query = dates.where(
        Booking.organiser_id == person.id, BookingDate.starts_at > now, BookingDate.status.in_(LIVE_STATUSES)
    )
    found: dict[int, BookingDate] = {}
    for date in db.session.scalars(query.order_by(BookingDate.starts_at, BookingDate.id)):
        found.setdefault(date.booking_id, date)
    return [*found.values()]


def _about(person: Person, coming: Sequence[BookingDate], *, handed_over: bool) -> About:
    others = {date.booking_id for date in coming} if handed_over else set()
    own = db.session.execute(select(Booking.id, Booking.title).where(Booking.organiser_id == person.id)).all()
    mine = {booking_id: title for booking_id, title in own if booking_id not in others}
    dates = select(BookingDate.id).where(
        BookingDate.organiser_id == person.id, BookingDate.booking_id.not_in(others)
    )
    common = {name for activity in directory().activities.values() for name in activity.names.values()}
    titles = {title for title in mine.values() if title not in common}
    full = [person.name] if " " in person.name or len(person.name) >= LONG_NAME else []
    names = (person.email, *full)
    return About(person.email, names, tuple(sorted(titles)), [*mine], [*db.session.scalars(dates)])


def _successor(coming: Sequence[BookingDate], person: Person, address: str) -> Person:
    """Who takes over; has to be allowed to book all of that."""
    other = person_by_email(address)
    if other.id == person.id:
        raise Refused(Refusal("not_to_oneself", "to", {}))
    for booking in (date.booking for date in coming):
        offices = [each.resource.office for date in booking.dates for each in date.slots]
        if not all(may(other, "book", (office, booking.organisation)) for office in offices):
            told: dict[str, object] = {"person": other.email, "organisation": booking.organisation.name}
            raise Refused(Refusal("cannot_take_over", "to", told))
    return other


def _hand_over(coming: Sequence[BookingDate], person: Person, address: str, now: datetime) -> int:
    other = _successor(coming, person, address)
    for booking in (date.booking for date in coming):
        booking.organiser_id = other.id
        for each in booking.dates:
            each.organiser_id = other.id
        if says(booking.title, [each for each in (person.name, person.email) if each]):
            booking.title = plain_title(booking)
        record("handed_over", booking, by=None, now=now)
        held = {slot.resource_id for date in booking.dates for slot in date.slots}
        mark_changed(held, [person.id, other.id], now)
    return len(coming)


def _cancel(booking: Booking, person: Person, now: datetime) -> tuple[list[str], Ended]:
    """The dates that are to come, and whom to tell: the other guests."""
    ahead = [d for d in booking.dates if d.starts_at > now and d.status in LIVE_STATUSES]
    told = Ended(office_of(ahead[0]), [dated(date) for date in ahead])
    cancel(booking.id, by=person, now=now, dates={date.id for date in ahead})
    return [guest.email for guest in guests_of(booking.id) if guest.email != person.email], told


def _tell(guests: Sequence[str], told: Ended, write: Writer, now: datetime) -> None:
    language = told.office.language
    subject, body = write(told, language)
    first = int(told.dates[0].start.timestamp())
    for address in guests:
        key = f"erased:{told.office.id}:{first}:{address}"
        put_mail(key, address, subject, body, language, now, Beside(office_id=told.office.id))


def _forget_everywhere(person: Person, now: datetime) -> None:
    address = person.email
    _uninvite_unseen(address)
    by_value: tuple[tuple[dict[str, How], object], ...] = ((BY_NUMBER, person.id), (BY_ADDRESS, address))
    for names, value in by_value:
        for name, how in names.items():
            here, table = column(name), table_of(name)
            if how == "delete":
                db.session.execute(delete(table).where(here == value))
            elif how == "empty":
                nobody = None if here.nullable else ""
                db.session.execute(update(table).where(here == value).values({here.name: nobody}))
    no_words = update(ReceivedMail).where(received_from(address)).values(sender="", subject="")
    db.session.execute(no_words, execution_options=AS_STORED)
    for each in db.session.scalars(select(ReportDelivery)):
        if address in each.addresses:
            each.addresses = [other for other in each.addresses if other != address]
    changes = delete(FeedChange).where(FeedChange.kind == "person", FeedChange.of_id == person.id)
    db.session.execute(changes, execution_options=AS_STORED)
    nameless = {
        "email": f"erased-{person.id}@erased.invalid",
        "name": "",
        "language": None,
        "password_hash": None,
        "active": False,
        "wants_invitations": False,
        "erasure_asked_at": None,
        "erased_at": now,
    }
    row = update(Person).where(Person.id == person.id).values(nameless)
    db.session.execute(row, execution_options=AS_STORED)
    db.session.expire_all()


def _uninvite_unseen(address: str) -> None:
    """Takes them off the lists of who was told, so that nobody tells them anything any more."""
    naming = select(Invitation).where(cast(Invitation.told, String).contains(address, autoescape=True))
    for each in db.session.scalars(naming):
        if isinstance(invited := each.told.get("guests"), list):
            each.told = {**each.told, "guests": [guest for guest in invited if guest != address]}


def _strike_outside_times(about: About) -> None:
    """Titles that name them go; the calendar that they come from has to leave the name out as well."""
    titles = select(OutsideTime.id, OutsideTime.title).where(OutsideTime.title.is_not(None))
    named = [each for each, title in db.session.execute(titles) if title and says(title, about.names)]
    no_titles = update(OutsideTime).where(OutsideTime.id.in_(named)).values(title=None)
    db.session.execute(no_titles, execution_options=AS_STORED)
