"""What an invitation to a room comes to: booked, changed or cancelled, and what the room answers."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from app.domain.errors import DomainError, Refusal, Refused, Taken
from app.domain.localtime import zone
from app.domain.one_line import one_line
from app.extensions import db
from app.models import Booking, BookingDate, MailedBooking, Office, Person, Pool, Resource
from app.models.booking import TITLE_LENGTH
from app.services import bookings
from app.services.bookings import Wish
from app.services.mailroom_mail import Received
from app.services.offices import activities
from app.services.received_mails import note, row_of
from app.services.room_answers import Asked, RoomLetter, Times, name_of, put_answer
from app.services.transaction import use_case
from calendars.event import Event, rule_dates
from calendars.incoming import Incoming
from calendars.message import Partstat
from calendars.record import instant
from calendars.recurrence import Rule, RuleError

# Of a series so many dates may be taken: those are declined, the others booked. Of more, all is declined.
MOST_TAKEN = 0.2
TRIES = 3
UNNAMED = "–"


@dataclass(frozen=True, slots=True)
class RoomMail:
    """A mail to a room from somebody known here; `thing` is what has the address."""

    mail: Received
    message: Incoming
    thing: Resource | Pool
    office: Office
    person: Person
    now: datetime

    @property
    def of_single_dates(self) -> bool:
        """Whether it is about dates of a series, and not about the whole of it."""
        return bool(self.message.originals) and not self.message.whole

    def note(self, outcome: str, *reasons: str, booking: Booking | None = None) -> str:
        return note(self.mail, outcome, reasons, booking)


@use_case
def cancel_mailed(asked: RoomMail) -> str:
    """Only whoever booked takes it back; a room does not answer that. Returns what became of the mail."""
    mailed, message = _known(asked), asked.message
    if mailed is None:
        return asked.note("ignored", "unknown_meeting")
    booking = db.session.get_one(Booking, mailed.booking_id)
    if booking.organiser_id != asked.person.id:
        return asked.note("refused", "not_the_organiser")
    if message.sequence < mailed.sequence:
        return asked.note("ignored", "outdated")
    mailed.sequence, mailed.stamp = message.sequence, max(mailed.stamp, message.stamp)
    ids = None
    if asked.of_single_dates:
        ids = [date.id for date in booking.dates if date.original_start_at in set(message.originals)]
        if not ids:
            return asked.note("ignored", "unknown_date")
    else:
        mailed.answered = "DECLINED"  # they know
    try:
        bookings.cancel(booking.id, by=asked.person, now=asked.now, dates=ids)
    except Refused as refused:
        return asked.note("refused", *(each.code for each in refused.refusals), booking=booking)
    return asked.note("cancelled", booking=booking)


def book_mailed(asked: RoomMail) -> str:
    """Books or changes, and answers; where that is refused, answers why. Returns what became of the mail."""
    event, mailed = asked.message.event, _known(asked)
    if event is None or (mailed and _is_old(mailed, asked.message)):
        return asked.note("ignored", "outdated")
    for _ in range(TRIES):
        error: DomainError
        try:
            return _carried_out(asked, event)
        except DomainError as refusal:
            error = refusal
        except (RuleError, ValueError):
            error = Refused(Refusal("mail_rule"))
        if not isinstance(error, Taken) or error.clashes:
            break
        # Somebody was faster between our look and our writing.
    return _declined(asked, event, error)


def _known(asked: RoomMail) -> MailedBooking | None:
    query = select(MailedBooking).filter_by(uid=asked.message.uid[:300], thing=asked.thing.slug)
    return db.session.scalar(query)


def _is_old(mailed: MailedBooking, message: Incoming) -> bool:
    return (message.sequence, message.stamp) <= (mailed.sequence, mailed.stamp)


@use_case
def _carried_out(asked: RoomMail, event: Event) -> str:
    mailed, message = _known(asked), asked.message
    before = db.session.get_one(Booking, mailed.booking_id) if mailed else None
    booking, left_out = _made_of(asked, event, before)
    if mailed is None:
        mailed = MailedBooking(uid=message.uid[:300], thing=asked.thing.slug)
        db.session.add(mailed)
    standing = _standing(booking)
    waits = any(date.status == "requested" for date in standing)
    partstat: Partstat = "TENTATIVE" if waits else "ACCEPTED"
    mailed.booking_id, mailed.sequence, mailed.stamp = booking.id, message.sequence, message.stamp
    mailed.answered = partstat
    times = [(date.starts_at, date.ends_at) for date in standing]
    name = name_of(asked.thing, asked.office)
    letter = RoomLetter(partstat, name, asked.office, booking.title, times, left_out, booking=booking)
    _put(asked, event, letter)
    reasons = ["some_taken"] if left_out else []
    return asked.note("changed" if before else "booked", *reasons, booking=booking)


def _made_of(asked: RoomMail, event: Event, before: Booking | None) -> tuple[Booking, Times]:
    """The booking as it is now asked for, and what of a series could not be had."""
    if before is None:
        return _booked_anew(asked, event)
    if before.organiser_id != asked.person.id:
        raise Refused(Refusal("not_the_organiser"))
    if asked.of_single_dates:
        return _one_moved(asked, before, event), ()
    standing = _standing(before)
    if len(before.dates) == len(standing) == 1 and event.recurrence is None:
        return _changed(asked, standing[0], event), ()
    _make_room(asked, before)
    return _booked_anew(asked, event)


def _standing(booking: Booking) -> list[BookingDate]:
    return [date for date in booking.dates if date.status in ("requested", "confirmed")]


def _changed(asked: RoomMail, date: BookingDate, event: Event) -> Booking:
    booking = date.booking
    wish = replace(
        _wish(asked, event), organisation=booking.organisation.slug, activity=booking.activity.slug
    )
    return bookings.change(date.id, wish, version=booking.version, by=asked.person, now=asked.now).booking


def _make_room(asked: RoomMail, booking: Booking) -> None:
    """What a newer invitation takes the place of goes first; as a whole, or the invitation is declined."""
    gone = ("cancelled", "declined")
    if any(date.starts_at <= asked.now and date.status not in gone for date in booking.dates):
        raise Refused(Refusal("mail_has_begun"))
    if _standing(booking):
        bookings.cancel(booking.id, by=asked.person, now=asked.now)


def _booked_anew(asked: RoomMail, event: Event) -> tuple[Booking, Times]:
    wish, by, now = _wish(asked, event), asked.person, asked.now
    if wish.recurrence is None:
        return bookings.book(wish, by=by, now=now), ()
    if Rule.parse(wish.recurrence).is_endless:
        raise Refused(Refusal("mail_endless"))
    dates = wish.dates(zone(asked.office.timezone))
    if sorted(each.start for each in dates) != sorted(rule_dates(event)):
        raise Refused(Refusal("mail_rule"))  # by another clock than the office's
    skipped = {instant(each) for each in event.exdates}
    clashes = bookings.plan(wish, by=by, now=now).clashes
    taken = {clash.wanted for clash in clashes if clash.wanted and clash.wanted.start not in skipped}
    if len(taken) > MOST_TAKEN * len(dates):
        raise Taken(clashes)
    booking = bookings.book(replace(wish, skip=frozenset({"taken"})), by=by, now=now)
    if gone := [date.id for date in booking.dates if date.original_start_at in skipped]:
        bookings.cancel(booking.id, by=by, now=now, dates=gone)
    for moved in event.overrides:
        booking = _one_moved(asked, booking, moved)
    return booking, sorted((each.start, each.end) for each in taken)


def _one_moved(asked: RoomMail, booking: Booking, event: Event) -> Booking:
    """One date of a series at another time."""
    original = instant(event.original_start) if event.original_start else None
    date = next((each for each in booking.dates if each.original_start_at == original), None)
    if date is None:
        raise Refused(Refusal("mail_unknown_date"))
    words = booking.title, booking.organisation.slug, booking.activity.slug
    wish = Wish((asked.thing.slug,), instant(event.start), instant(event.end), *words)
    return bookings.change(date.id, wish, version=booking.version, by=asked.person, now=asked.now).booking


def _wish(asked: RoomMail, event: Event) -> Wish:
    organisation, activity = _usual(asked.person)
    return Wish(
        resources=(asked.thing.slug,),
        start=instant(event.start),
        end=instant(event.end),
        title=_title(event),
        organisation=organisation,
        activity=activity,
        recurrence=event.recurrence,
    )


def _title(event: Event) -> str:
    return one_line(event.summary)[:TITLE_LENGTH].strip() or UNNAMED


def _usual(person: Person) -> tuple[str, str]:
    """For whom and what somebody books by mail: as they did last, else the first that there is."""
    last = db.session.scalar(
        select(Booking).where(Booking.organiser_id == person.id).order_by(Booking.id.desc()).limit(1)
    )
    theirs = [each.slug for each in person.organisations if not each.retired]
    known = [each.slug for each in activities()]
    organisation = last.organisation.slug if last else ""
    activity = last.activity.slug if last else ""
    return _that_or_first(organisation, theirs), _that_or_first(activity, known)


def _that_or_first(slug: str, known: list[str]) -> str:
    return slug if slug in known else next(iter(known), "")


@use_case
def _declined(asked: RoomMail, event: Event, error: DomainError) -> str:
    times = [(instant(event.start), instant(event.end))]
    name = name_of(asked.thing, asked.office)
    _put(asked, event, RoomLetter("DECLINED", name, asked.office, _title(event), times, error=error))
    codes = [each.code for each in error.refusals] if isinstance(error, Refused) else [error.code]
    return asked.note("refused", *codes)


def _put(asked: RoomMail, event: Event, letter: RoomLetter) -> None:
    message = asked.message
    original = message.originals[0] if asked.of_single_dates else None
    start, end = instant(event.start), instant(event.end)
    answered = Asked(message.uid, message.sequence, asked.mail.recipient, start, end, original)
    put_answer(answered, letter, asked.person, key=f"mail:{row_of(asked.mail).id}", now=asked.now)
