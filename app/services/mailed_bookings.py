"""What an invitation to a room comes to: booked, changed or cancelled, and what the room answers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from app.domain.errors import DomainError, Refusal, Refused, Taken
from app.domain.interval import Interval
from app.domain.localtime import zone
from app.domain.one_line import one_line
from app.extensions import db
from app.models import Booking, MailedBooking, Office, Person, Pool, Resource
from app.models.booking import TITLE_LENGTH
from app.services import bookings
from app.services.agenda import thing_known
from app.services.bookings import Wish
from app.services.bookings.occupied import use_of
from app.services.dated import Dated, dated
from app.services.invitation_state import stands
from app.services.mailed import note_replaced
from app.services.mailed_changes import Newer, follow, follow_one, kept_apart, take_back
from app.services.mailed_dates import (
    Known,
    Said,
    Sent,
    answers_of,
    apart,
    dates_here,
    forget_sent,
    meant_by,
    on_the_whole,
    remember,
    reply_of,
    sent_of,
    use_in,
)
from app.services.mailed_series import Booked, book_series, book_single, never_booked
from app.services.mailroom_mail import Received
from app.services.offices import activities
from app.services.place_names import name_of
from app.services.received_mails import note, row_of
from app.services.room_answers import Missing, Reply, RoomLetter, TooManyMissing, code_of, put_answer
from app.services.transaction import use_case
from calendars.event import Event
from calendars.incoming import Incoming
from calendars.recurrence import RuleError

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

    @property
    def among_others(self) -> bool:
        """Whether more than this room are invited."""
        here = (each.address.rpartition("@") for each in self.message.attendees)
        domain = self.mail.recipient.rpartition("@")[2].lower()
        rooms = {name for name, _, at in here if at == domain and thing_known(name)}
        return bool(rooms - {self.thing.slug})

    @property
    def name(self) -> str:
        """What the room is called in the organiser's address book."""
        return name_of(self.thing, self.office)

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
        return asked.note("refused", "cancel_not_the_organiser")
    if message.sequence < mailed.sequence:
        return asked.note("ignored", "outdated")
    mailed.sequence, mailed.stamp = message.sequence, max(mailed.stamp, message.stamp)
    sent = sent_of(mailed)
    gone = sent.dates.keys() & message.originals if asked.of_single_dates else sent.dates.keys()
    if asked.of_single_dates and not gone:
        return asked.note("ignored", "unknown_date")
    here = dates_here(sent)
    ids = [sent.dates[start].date_id for start in gone]
    standing = [here[each].booking_id for each in ids if each in here and stands(here[each])]
    refusals: Sequence[Refusal] = ()
    try:
        for one in sorted(set(standing)):
            bookings.cancel(one, by=asked.person, now=asked.now, dates=[each for each in ids if each])
    except Refused as refused:
        refusals = refused.refusals
    if not asked.of_single_dates:
        mailed.answered = "DECLINED"  # they know
    left = {start: known for start, known in sent.dates.items() if start not in gone}
    remember(mailed, replace(sent, dates=left), here, asked.now)
    if refusals:
        return asked.note("refused", *(each.code for each in refusals), booking=booking)
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
    mailed, message, now = _known(asked), asked.message, asked.now
    done = _made_of(asked, event, mailed)
    outcome = "changed" if mailed else "booked"
    here = dates_here(done.sent)
    answers = answers_of(done.sent, here, asked.thing, now)
    if mailed is None:
        mailed = MailedBooking(uid=message.uid[:300], thing=asked.thing.slug)
    elif mailed.booking_id != done.booking.id:
        forget_sent(mailed)
    mailed.booking_id, mailed.sequence, mailed.stamp = done.booking.id, message.sequence, message.stamp
    mailed.answered = on_the_whole(answers.values())
    db.session.add(mailed)
    remember(mailed, done.sent, here, now)
    only = message.originals[0] if asked.of_single_dates else None
    declined = [
        each for each in answers.values() if each.partstat == "DECLINED" and only in (None, each.original)
    ]
    left = never_booked(
        done.sent, declined, here, done.missing, thing=asked.thing.slug, booking=done.booking, now=now
    )
    letter = RoomLetter(
        answers[only].partstat if only else mailed.answered,
        asked.name,
        asked.office,
        done.booking.title,
        [dated(each) for each in here.values() if stands(each) and each.ends_at > now],
        sorted([*done.missing, *left], key=lambda each: each.use),
        booking=done.booking,
        apart=apart(done.sent, answers, here, now),
        among_others=asked.among_others,
    )
    _put(asked, letter, reply_of(done.sent, answers, only))
    missing = {"some_missing" if isinstance(each.why, Refusal) else "some_taken" for each in done.missing}
    return asked.note(outcome, *sorted(missing), booking=done.booking)


def _made_of(asked: RoomMail, event: Event, mailed: MailedBooking | None) -> Booked:
    """The booking as it is now asked for, and what of a series could not be had."""
    if mailed is None:
        if asked.of_single_dates:
            raise Refused(Refusal("mail_series_not_booked"))
        return _booked_anew(asked, event, None)
    before = db.session.get_one(Booking, mailed.booking_id)
    if before.organiser_id != asked.person.id:
        raise Refused(Refusal("not_the_organiser"))
    sent, repeats = sent_of(mailed), event.recurrence is not None
    newer = Newer(sent, dates_here(sent), _title(event), repeats, meant_by(event), asked.person, asked.now)
    if asked.of_single_dates:
        return follow_one(newer, before)
    if newer.is_followed:
        return follow(newer, before)
    return _booked_anew(asked, event, newer, before)


def _booked_anew(asked: RoomMail, event: Event, newer: Newer | None, before: Booking | None = None) -> Booked:
    """A booking of what is asked for. What it takes the place of goes first; all of it, or it is declined."""
    wish, by, now = _wish(asked, event), asked.person, asked.now
    moved, off = kept_apart(newer) if newer else ({}, {})
    if newer and before:
        wish = replace(wish, organisation=before.organisation.slug, activity=before.activity.slug)
        if not newer.repeats and any(each.starts_at <= now and stands(each) for each in newer.here.values()):
            raise Refused(Refusal("mail_has_begun"))
        take_back(newer.here, [*newer.here], by=by, now=now)
    if wish.recurrence is None:
        done = book_single(wish, by=by, now=now)
    else:
        done = book_series(wish, event, zone(asked.office.timezone), here=moved, off=off, by=by, now=now)
    if newer and before:
        old = {each.id: each for each in (before, *(date.booking for date in newer.here.values()))}
        note_replaced(old.values(), done.booking, by=by, now=now)
    return done


def _wish(asked: RoomMail, event: Event) -> Wish:
    organisation, activity = _usual(asked.person)
    use = use_in(event)
    return Wish(
        resources=(asked.thing.slug,),
        start=use.start,
        end=use.end,
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
    """Answers why not; of what was booked before, which of it stands."""
    use = use_in(event)
    standing, answers, left = _as_before(asked, event, use)
    missing = error.missing if isinstance(error, TooManyMissing) else ()
    letter = RoomLetter(
        "DECLINED",
        asked.name,
        asked.office,
        _title(event),
        [Dated(use.start, use.end, ())],
        missing or left,
        error=error,
        stands=standing,
        among_others=asked.among_others,
    )
    _put(asked, letter, answers)
    refused = [each.code for each in error.refusals] if isinstance(error, Refused) else [error.code]
    if isinstance(error, Taken):
        refused = [code_of(error.clashes)]
    return asked.note("refused", *([each.code for each in missing] or refused))


def _as_before(
    asked: RoomMail, event: Event, use: Interval
) -> tuple[list[Interval], list[Said], list[Missing]]:
    """What stands of an invitation whose newer version is declined, what that means for the latter, and which
    of its dates had not been booked before."""
    only = asked.message.originals[0] if asked.of_single_dates else None
    no = [Said("DECLINED", use, only)]
    mailed = _known(asked)
    before = db.session.get_one(Booking, mailed.booking_id) if mailed else None
    if mailed is None or before is None or before.organiser_id != asked.person.id:
        return [], no, []
    sent = sent_of(mailed)
    here = dates_here(sent)
    standing = [use_of(each) for each in here.values() if stands(each) and each.ends_at > asked.now]
    try:
        meant = meant_by(event)
    except (RuleError, ValueError):
        return standing, no, []
    if only or not event.recurrence or not sent.repeats:
        return standing, no, []
    ids = {start: known.date_id for start, known in sent.dates.items()}
    version = Sent(sent.title, True, {start: Known(each, ids.get(start)) for start, each in meant.items()})
    answers = answers_of(version, here, asked.thing, asked.now)
    if not answers:
        return standing, no, []
    as_sent = [each for start, each in answers.items() if start in sent.dates and each.partstat == "DECLINED"]
    thing, now = asked.thing.slug, asked.now
    left = never_booked(version, as_sent, here, (), thing=thing, booking=before, now=now)
    return standing, reply_of(version, answers), left


def _put(asked: RoomMail, letter: RoomLetter, answers: Sequence[Said]) -> None:
    reply = Reply(asked.message.uid, asked.message.sequence, asked.mail.recipient, answers)
    put_answer(reply, letter, asked.person, key=f"mail:{row_of(asked.mail).id}", now=asked.now)
