"""Rooms that answer their mail: an invitation to a room's address is booked by the rules of the browser.

Who may: people known here, whose mail the office's own server vouches for, and who are the organiser of
what they send. Nobody else is answered, nor is anything sent by a program: refusals are kept for the host.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import or_, select, update

from app.domain.errors import DomainError, Refusal, Refused, Taken
from app.domain.localtime import zone
from app.extensions import db
from app.models import (
    Booking,
    BookingDate,
    MailedBooking,
    Office,
    Organisation,
    Person,
    Pool,
    ReceivedMail,
    Resource,
)
from app.services import bookings
from app.services.bookings import Wish
from app.services.directory import directory
from app.services.invitations import PostOffice
from app.services.mailroom_mail import Received
from app.services.offices import activities
from app.services.once import add_once
from app.services.replies import keep_reply
from app.services.room_answers import Asked, RoomLetter, Times, name_of, put_answer
from app.services.transaction import use_case
from calendars.event import Event, rule_dates
from calendars.incoming import Incoming, parse_message
from calendars.read import ReadError
from calendars.record import instant
from calendars.recurrence import RuleError

# Of a series so many dates may be taken: those are declined, the others booked. Of more, all is declined.
MOST_TAKEN = 0.2
TRIES = 3
MOST_SHOWN = 50
UNNAMED = "–"


class Ignored(Exception):
    """Nothing is to be done, and nobody to be answered; `args[0]` says why, as a code."""


class NotOurs(Exception):
    """Refused without an answer; `args[0]` says why, as a code."""


def thing_at(address: str, post: PostOffice) -> Resource | Pool | None:
    """What can be booked under an address; None: nothing."""
    name, _, domain = address.strip().lower().rpartition("@")
    if not post.domain or domain != post.domain:
        return None
    known = directory()
    thing = known.resources.get(name) or known.pools.get(name)
    return None if thing is None or getattr(thing, "retired", False) else thing


def takes(address: str, post: PostOffice) -> bool:
    """Whether mail to this address is for us: a room's, or the office's own, where guests answer."""
    return thing_at(address, post) is not None or address.strip().lower() == post.address.lower()


def receive(mail: Received, post: PostOffice, now: datetime) -> str:
    """Does what the mail asks for and answers it; what became of it, see `ReceivedMail.outcome`.

    The same mail twice is one. Raises nothing that the mail could be the reason of.
    """
    thing = thing_at(mail.recipient, post)
    office = directory().office_of(thing) if thing else None
    if not _is_new(mail, office, now):
        return "known"
    try:
        message = _opened(mail, post, office)
        if message.method == "REPLY":
            return _reply(mail, message)
        if thing is None or office is None:
            raise Ignored("not_for_a_room")
        if message.method not in ("REQUEST", "CANCEL"):
            raise Ignored("other_method")
        person = _organiser(mail, message)
        if message.method == "CANCEL":
            return _cancelled(mail, message, thing, person, now)
        return _asked(mail, message, thing, office, person, now)
    except Ignored as ignored:
        return _note(mail, "ignored", [str(ignored)])
    except NotOurs as refused:
        return _note(mail, "refused", [str(refused)])


def _opened(mail: Received, post: PostOffice, office: Office | None) -> Incoming:
    if mail.calendar is None:
        raise Ignored("no_invitation")
    if mail.sender == post.address.lower() or thing_at(mail.sender, post) is not None:
        raise Ignored("from_ourselves")
    if not mail.authenticated:
        raise NotOurs("not_authenticated")
    try:
        message = parse_message(mail.calendar, timezone=office.timezone if office else "UTC")
    except ReadError:
        raise NotOurs("unreadable") from None
    if mail.automatic and message.method != "REPLY":
        raise Ignored("automatic")
    return message


def _organiser(mail: Received, message: Incoming) -> Person:
    person = db.session.scalar(select(Person).where(Person.email == mail.sender, Person.active))
    if person is None:
        raise NotOurs("unknown_sender")
    if message.organizer != person.email:
        raise NotOurs("not_the_organiser")
    return person


@use_case
def _is_new(mail: Received, office: Office | None, now: datetime) -> bool:
    """Whether this mail was not dealt with before; one that came to nothing for want of power was not."""
    row = {
        "message_id": _key(mail),
        "recipient": mail.recipient[:254],
        "sender": mail.sender[:254],
        "subject": mail.subject,
        "received_at": now,
        "outcome": "begun",
        "reasons": [],
        "office_id": office.id if office else None,
    }
    return add_once(ReceivedMail, row, unique=["message_id", "recipient"]) or _row(mail).outcome == "begun"


def _row(mail: Received) -> ReceivedMail:
    query = select(ReceivedMail).filter_by(message_id=_key(mail), recipient=mail.recipient[:254])
    return db.session.scalars(query).one()


def _key(mail: Received) -> str:
    """By what a mail is known again; without a Message-ID by all that it says."""
    return mail.message_id or f"none:{hashlib.sha256(repr(mail).encode()).hexdigest()}"


@use_case
def _note(mail: Received, outcome: str, reasons: Sequence[str] = (), booking: Booking | None = None) -> str:
    row = _row(mail)
    row.outcome, row.reasons = outcome, list(dict.fromkeys(reasons))
    row.booking_id = booking.id if booking else None
    return outcome


@use_case
def _reply(mail: Received, message: Incoming) -> str:
    booking = keep_reply(message, mail.sender)
    if booking is None:
        return _note(mail, "refused", ["not_invited"])
    return _note(mail, "replied", booking=booking)


def _known(message: Incoming, thing: Resource | Pool) -> MailedBooking | None:
    return db.session.scalar(select(MailedBooking).filter_by(uid=message.uid[:300], thing=thing.slug))


def _is_old(mailed: MailedBooking, message: Incoming) -> bool:
    return (message.sequence, message.stamp) <= (mailed.sequence, mailed.stamp)


@use_case
def _cancelled(
    mail: Received, message: Incoming, thing: Resource | Pool, person: Person, now: datetime
) -> str:
    """Only whoever booked takes it back; a room does not answer that."""
    mailed = _known(message, thing)
    if mailed is None:
        return _note(mail, "ignored", ["unknown_meeting"])
    booking = db.session.get_one(Booking, mailed.booking_id)
    if booking.organiser_id != person.id:
        return _note(mail, "refused", ["not_the_organiser"])
    if message.sequence < mailed.sequence:
        return _note(mail, "ignored", ["outdated"])
    mailed.sequence, mailed.stamp = message.sequence, max(mailed.stamp, message.stamp)
    ids = None
    if message.originals and not message.whole:
        ids = [date.id for date in booking.dates if date.original_start_at in set(message.originals)]
        if not ids:
            return _note(mail, "ignored", ["unknown_date"])
    else:
        mailed.answered = "DECLINED"  # they know
    try:
        bookings.cancel(booking.id, by=person, now=now, dates=ids)
    except Refused as refused:
        return _note(mail, "refused", [each.code for each in refused.refusals], booking)
    return _note(mail, "cancelled", booking=booking)


def _asked(
    mail: Received, message: Incoming, thing: Resource | Pool, office: Office, person: Person, now: datetime
) -> str:
    """Books or changes, and answers; where that is refused, answers why."""
    event = message.event
    mailed = _known(message, thing)
    if event is None or (mailed and _is_old(mailed, message)):
        raise Ignored("outdated")
    for attempt in range(TRIES):
        try:
            return _carried_out(mail, message, event, thing, office, person, now)
        except Taken as taken:
            if taken.clashes or attempt == TRIES - 1:
                return _declined(mail, message, event, thing, office, person, taken, now)
            # Somebody was faster between our look and our writing.
        except DomainError as error:
            return _declined(mail, message, event, thing, office, person, error, now)
        except (RuleError, ValueError):
            no_rule = Refused(Refusal("mail_rule"))
            return _declined(mail, message, event, thing, office, person, no_rule, now)
    raise AssertionError("unreachable")


@use_case
def _carried_out(
    mail: Received,
    message: Incoming,
    event: Event,
    thing: Resource | Pool,
    office: Office,
    person: Person,
    now: datetime,
) -> str:
    mailed = _known(message, thing)
    outcome = "changed" if mailed else "booked"
    left_out: Times = ()
    if mailed and message.originals and not message.whole:
        booking = _one_moved(db.session.get_one(Booking, mailed.booking_id), event, thing, person, now)
    elif mailed and (only := _still_single(mailed, event)):
        booking = _changed(only, event, thing, person, now)
    else:
        if mailed:
            _make_room(db.session.get_one(Booking, mailed.booking_id), person, now)
        booking, left_out = _booked(event, thing, office, person, now)
    if mailed is None:
        mailed = MailedBooking(uid=message.uid[:300], thing=thing.slug)
        db.session.add(mailed)
    waits = any(date.status == "requested" for date in booking.dates)
    mailed.booking_id, mailed.sequence, mailed.stamp = booking.id, message.sequence, message.stamp
    mailed.answered = "TENTATIVE" if waits else "ACCEPTED"
    standing = [date for date in booking.dates if date.status in ("requested", "confirmed")]
    letter = RoomLetter(
        "TENTATIVE" if waits else "ACCEPTED",
        name_of(thing, office),
        office,
        booking.title,
        [(date.starts_at, date.ends_at) for date in standing],
        left_out,
        booking=booking,
    )
    _put(mail, message, event, letter, person, now)
    return _note(mail, outcome, ["some_taken"] if left_out else [], booking)


def _still_single(mailed: MailedBooking, event: Event) -> BookingDate | None:
    """The one date of a booking that stays single; None where there is a series, or none."""
    dates = db.session.get_one(Booking, mailed.booking_id).dates
    standing = [date for date in dates if date.status in ("requested", "confirmed")]
    return dates[0] if len(dates) == len(standing) == 1 and event.recurrence is None else None


def _changed(
    date: BookingDate, event: Event, thing: Resource | Pool, person: Person, now: datetime
) -> Booking:
    booking = date.booking
    if booking.organiser_id != person.id:
        raise Refused(Refusal("not_the_organiser"))
    kept = replace(
        _wish(event, thing, person), organisation=booking.organisation.slug, activity=booking.activity.slug
    )
    return bookings.change(date.id, kept, version=booking.version, by=person, now=now).booking


def _make_room(booking: Booking, person: Person, now: datetime) -> None:
    """What a newer invitation takes the place of goes first; as a whole, or the invitation is declined."""
    if booking.organiser_id != person.id:
        raise Refused(Refusal("not_the_organiser"))
    if any(date.starts_at <= now and date.status not in ("cancelled", "declined") for date in booking.dates):
        raise Refused(Refusal("mail_has_begun"))
    if any(date.status in ("requested", "confirmed") for date in booking.dates):
        bookings.cancel(booking.id, by=person, now=now)


def _booked(
    event: Event, thing: Resource | Pool, office: Office, person: Person, now: datetime
) -> tuple[Booking, Times]:
    wish = _wish(event, thing, person)
    if wish.recurrence is None:
        return bookings.book(wish, by=person, now=now), ()
    dates = wish.dates(zone(office.timezone))
    if sorted(each.start for each in dates) != sorted(rule_dates(event)):
        raise Refused(Refusal("mail_rule"))  # by another clock than the office's
    skipped = {instant(each) for each in event.exdates}
    clashes = bookings.plan(wish, by=person, now=now).clashes
    taken = {clash.wanted for clash in clashes if clash.wanted and clash.wanted.start not in skipped}
    if len(taken) > MOST_TAKEN * len(dates):
        raise Taken(clashes)
    booking = bookings.book(replace(wish, skip=frozenset({"taken"})), by=person, now=now)
    if gone := [date.id for date in booking.dates if date.original_start_at in skipped]:
        bookings.cancel(booking.id, by=person, now=now, dates=gone)
    for moved in event.overrides:
        booking = _one_moved(booking, moved, thing, person, now)
    return booking, sorted((each.start, each.end) for each in taken)


def _one_moved(
    booking: Booking, event: Event, thing: Resource | Pool, person: Person, now: datetime
) -> Booking:
    """One date of a series at another time."""
    if booking.organiser_id != person.id:
        raise Refused(Refusal("not_the_organiser"))
    original = instant(event.original_start) if event.original_start else None
    date = next((each for each in booking.dates if each.original_start_at == original), None)
    if date is None:
        raise Refused(Refusal("mail_unknown_date"))
    words = booking.title, booking.organisation.slug, booking.activity.slug
    wish = Wish((thing.slug,), instant(event.start), instant(event.end), *words)
    return bookings.change(date.id, wish, version=booking.version, by=person, now=now).booking


def _wish(event: Event, thing: Resource | Pool, person: Person) -> Wish:
    title = " ".join(event.summary.split())[:300] or UNNAMED
    organisation, activity = _usual(person)
    return Wish(
        resources=(thing.slug,),
        start=instant(event.start),
        end=instant(event.end),
        title="".join(each for each in title if each.isprintable()) or UNNAMED,
        organisation=organisation,
        activity=activity,
        recurrence=event.recurrence,
    )


def _usual(person: Person) -> tuple[str, str]:
    """For whom and what somebody books by mail: as they did last, else the first that there is."""
    last = db.session.scalar(
        select(Booking).where(Booking.organiser_id == person.id).order_by(Booking.id.desc()).limit(1)
    )
    theirs: list[Organisation] = [each for each in person.organisations if not each.retired]
    known = [each.slug for each in activities()]
    organisation = last.organisation.slug if last and last.organisation in theirs else ""
    activity = last.activity.slug if last and last.activity.slug in known else ""
    return organisation or (theirs[0].slug if theirs else ""), activity or (known[0] if known else "")


@use_case
def _declined(
    mail: Received,
    message: Incoming,
    event: Event,
    thing: Resource | Pool,
    office: Office,
    person: Person,
    error: DomainError,
    now: datetime,
) -> str:
    times = [(instant(event.start), instant(event.end))]
    title = " ".join(event.summary.split())[:300] or UNNAMED
    letter = RoomLetter("DECLINED", name_of(thing, office), office, title, times, error=error)
    _put(mail, message, event, letter, person, now)
    codes = [each.code for each in error.refusals] if isinstance(error, Refused) else [error.code]
    return _note(mail, "refused", codes)


def _put(
    mail: Received, message: Incoming, event: Event, letter: RoomLetter, person: Person, now: datetime
) -> None:
    original = message.originals[0] if message.originals and not message.whole else None
    start, end = instant(event.start), instant(event.end)
    asked = Asked(message.uid, message.sequence, mail.recipient, start, end, original)
    put_answer(asked, letter, person, key=f"mail:{_row(mail).id}", now=now)


def refused_mails(office: Office, *, by: Person, since: datetime) -> Sequence[ReceivedMail]:
    """The mails to an office's rooms that were refused, newest first.

    Those to no room in particular are shown to whoever hosts all offices.
    """
    here = ReceivedMail.office_id == office.id
    if any(role.office_id is None and role.role in ("host", "admin") for role in by.roles):
        here = or_(here, ReceivedMail.office_id.is_(None))
    query = select(ReceivedMail).where(
        here, ReceivedMail.outcome.in_(("refused", "begun")), ReceivedMail.received_at > since
    )
    return db.session.scalars(query.order_by(ReceivedMail.id.desc()).limit(MOST_SHOWN)).all()


@use_case
def forget_received(before: datetime) -> int:
    """Forgets who sent mails that came before, and their subjects; not that they came: none is done twice."""
    old = update(ReceivedMail).where(ReceivedMail.received_at < before, ReceivedMail.sender != "")
    return len(db.session.execute(old.values(sender="", subject="").returning(ReceivedMail.id)).all())
