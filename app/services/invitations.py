"""Invitations by mail: what is booked, changed and cancelled goes to the booker's and the guests' calendars.

Nothing of it burdens a booking. Whatever happens to one leaves a line of history in its own transaction, at
first untold. Soon after, `tell_untold` compares each such booking with what those invited were told last,
and puts one mail for each of them into the outbox: so many changes in one minute, or a series of many
dates, still are one mail.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parseaddr
from typing import Any, Self

from sqlalchemy import select, update

from app.extensions import db
from app.models import Booking, BookingDate, Guest, Invitation, OutboxMail, Person
from app.services.awaited import awaited
from app.services.bookings.cancel import load_slots
from app.services.dated import Dated, dated
from app.services.feed_events import facts_of, location_of
from app.services.feed_series import Date, series_event
from app.services.guests import INVITATION_KEY, guests_of, languages_of
from app.services.invitation_done import Done, claim, done_of, untold_bookings
from app.services.invitation_letter import Letter
from app.services.invitation_state import (
    Change,
    News,
    State,
    Time,
    news_of,
    stands,
    state_from,
    stored,
    told_status,
)
from app.services.mailed import mailed_of
from app.services.notices import office_of
from app.services.outbox import Beside, Texts, put_mail
from app.services.place_names import name_of
from app.services.room_news import answer_again
from app.services.transaction import use_case
from calendars.event import Event, uid_of_date
from calendars.message import Attendee, Parties, Partstat, write_cancel, write_requests
from calendars.series import parts

BATCH = 200
# Letters about the same change that the calendars ride along with, rather than in a mail of their own.
NOTICES = ("approved", "declined", "lapsed", "released", "closed")


@dataclass(frozen=True, slots=True)
class PostOffice:
    """Under what addresses mail leaves: `sender` the office's own, `domain` that of its rooms."""

    sender: str
    domain: str

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Self:
        """As it is set here."""
        return cls(config["MAIL_SENDER"], config["MAIL_DOMAIN"])

    @property
    def address(self) -> str:
        return parseaddr(self.sender)[1]

    @property
    def name(self) -> str:
        return parseaddr(self.sender)[0]

    def room(self, slug: str) -> str:
        return f"{slug}@{self.domain or self.address.rpartition('@')[2]}"


@dataclass(frozen=True, slots=True)
class Failure:
    """A booking whose invitations could not be written; no words of it, for this goes into logs."""

    booking_id: int
    error: str


Writer = Callable[[Letter, str], Texts]
_writers: list[Writer] = []


def write_with(writer: Writer) -> None:
    """From now on the letters are written by this."""
    _writers[:] = [writer]


def tell_untold(post: PostOffice, now: datetime) -> tuple[int, list[Failure]]:
    """Mails what those invited do not know yet: how many mails, and what failed, which is tried again.

    One transaction for each booking, so that one that fails stops no other.
    """
    mails, failures = 0, []
    for booking_id in untold_bookings(BATCH):
        try:
            mails += _tell(booking_id, post, now)
        except Exception as error:  # whatever it is, the next booking must not wait for it
            failures.append(Failure(booking_id, type(error).__name__))
    return mails, failures


@use_case
def _tell(booking_id: int, post: PostOffice, now: datetime) -> int:
    claimed = claim([booking_id])
    booking = db.session.get_one(Booking, booking_id)
    if not claimed or not booking.dates or booking.organiser is None or booking.imported_as is not None:
        return 0
    if mailed := mailed_of(booking):  # it stands in its organiser's calendar already, as they made it
        return answer_again(mailed, booking, claimed, post.room(mailed.thing), now)
    known = db.session.get(Invitation, booking_id)
    before = state_from(known.told) if known else None
    events = _events(booking)
    guests = {guest.email: guest for guest in guests_of(booking_id)}
    after = _state(booking, events, before, guests, now)
    news = news_of(before, after, now)
    sequence = known.sequence + 1 if known else 0
    if known is None:
        if not news:
            return 0  # nothing is ahead, and nobody knows of anything
        known = Invitation(booking_id=booking_id, sequence=0)
        db.session.add(known)
    known.told = stored(after)
    if not news:
        return 0
    known.sequence = sequence
    load_slots(booking)
    done = done_of(booking, claimed)
    if any(each.change.moved for each in news):
        _ask_again(guests.values())
    mails = 0
    for number, each in enumerate(_worded(news, done)):
        gone = each.change.kind == "uninvited"
        invited = [Guest(email=email) for email in each.guests] if gone else [*guests.values()]
        parties = _parties(booking, booking.organiser, invited, post)
        own, shared = (
            _calendars(booking, events, each.change, whose, sequence, now)
            for whose in (_own(parties, post), parties)
        )
        mails += _put_mails(booking, booking.organiser, each, done, own, shared, (sequence, number), now)
    return mails


def _worded(news: Iterable[News], done: Done) -> Iterable[News]:
    """Nobody is invited anew to dates that go on as a booking of their own: those were changed."""
    for each in news:
        goes_on = done.goes_on and each.change.kind == "invited" and each.booker
        yield replace(each, change=replace(each.change, kind="changed")) if goes_on else each


def _events(booking: Booking) -> list[Event]:
    """The dates that stand: a series as one event where a rule can say it, else one for each date."""
    dates = [_date(each) for each in booking.dates if stands(each)]
    if booking.recurrence and dates:
        facts = facts_of(booking, max(each.changed_at for each in booking.dates), None)
        if series := series_event(facts, dates):
            return [series]
    several = booking.recurrence is not None or len(booking.dates) > 1
    return [_single(booking, each, several) for each in dates]


def _date(date: BookingDate) -> Date:
    status, place = told_status(date), location_of(date)
    return Date(date.original_start_at, date.starts_at, date.ends_at, status, 0, place)


def _single(booking: Booking, date: Date, several: bool) -> Event:
    return Event(
        uid=uid_of_date(booking.uid, date.original_start_at) if several else booking.uid,
        start=date.starts_at,
        end=date.ends_at,
        timezone=booking.timezone,
        summary=booking.title,
        stamp=date.starts_at,
        sequence=0,
        status=date.status,
        location=date.location,
        conference=booking.meeting_url,
        original_start=None,
    )


def _state(
    booking: Booking, events: Sequence[Event], before: State | None, guests: Iterable[str], now: datetime
) -> State:
    """What those invited are to know. What has begun is as it was told: checking in changes no calendar."""
    written = {part.uid for event in events for part in parts(event)}
    dates = {}
    for each in booking.dates:
        if not stands(each):
            continue
        date = _date(each)
        key = int(date.original_start_at.timestamp())
        own = uid_of_date(booking.uid, date.original_start_at)
        told = (
            own if own in written else booking.uid,
            date.starts_at,
            date.ends_at,
            date.status,
            date.location,
        )
        kept = before.dates.get(key) if before and each.starts_at <= now else None
        dates[key] = kept or told
    words = (booking.title, booking.timezone, booking.meeting_url or "", booking.recurrence or "")
    return State(words, dates, (*guests,))


def _ask_again(guests: Iterable[Guest]) -> None:
    """Who said yes to another time has not said yes to this one."""
    for guest in guests:
        guest.partstat, guest.dates = "NEEDS-ACTION", {}


def _calendars(
    booking: Booking,
    events: Sequence[Event],
    change: Change,
    parties: Parties,
    sequence: int,
    now: datetime,
) -> tuple[str, ...]:
    messages: list[bytes] = []
    if change.kind not in ("cancelled", "uninvited"):
        for event in events:
            told = write_requests(_stamped(event, sequence, now), parties)
            messages += [ics for uid, ics in told.items() if uid in change.uids or event.recurrence]
    for uid, gone in change.gone.items():
        plain = [_gone(booking, uid, each, change, sequence, now) for each in gone]
        messages.append(write_cancel(plain, parties))
    return tuple(each.decode() for each in messages)


def _gone(
    booking: Booking,
    uid: str,
    date: tuple[datetime, datetime, datetime],
    change: Change,
    sequence: int,
    now: datetime,
) -> Event:
    original, start, end = date
    return Event(
        uid=uid,
        start=start,
        end=end,
        timezone=booking.timezone,
        summary=booking.title,
        stamp=now,
        sequence=sequence,
        status="CONFIRMED",  # which a cancellation does not say
        original_start=None if uid in change.ended else original,
    )


def _stamped(event: Event, sequence: int, now: datetime) -> Event:
    overrides = tuple(replace(each, sequence=sequence, stamp=now) for each in event.overrides)
    return replace(event, sequence=sequence, stamp=now, overrides=overrides)


def _parties(booking: Booking, organiser: Person, guests: Sequence[Guest], post: PostOffice) -> Parties:
    held = {slot.resource for date in booking.dates if stands(date) for slot in date.slots}
    held = held or {slot.resource for date in booking.dates for slot in date.slots}
    status: Partstat = "TENTATIVE" if any(d.status == "requested" for d in booking.dates) else "ACCEPTED"
    rooms = sorted((each for each in held if each.kind == "room"), key=lambda each: (each.position, each.id))
    named = [(post.room(each.slug), name_of(each, each.office)) for each in rooms]
    return Parties(
        organiser.email,
        organiser.name,
        post.address,
        (
            Attendee(organiser.email, organiser.name, "ACCEPTED", chair=True),
            *(Attendee(guest.email, partstat=_partstat(guest)) for guest in guests),
            *(Attendee(address, name, status, room=True) for address, name in named),
        ),
    )


def _own(parties: Parties, post: PostOffice) -> Parties:
    """For the booker, as the office invites them: no calendar program takes an invitation from oneself."""
    return replace(parties, organizer=post.address, organizer_name=post.name, sent_by=None)


def _partstat(guest: Guest) -> Partstat:
    answers: Mapping[str, Partstat] = {
        "ACCEPTED": "ACCEPTED",
        "TENTATIVE": "TENTATIVE",
        "DECLINED": "DECLINED",
    }
    return answers.get(guest.partstat, "NEEDS-ACTION")


def _put_mails(
    booking: Booking,
    organiser: Person,
    news: News,
    done: Done,
    own: tuple[str, ...],
    shared: tuple[str, ...],
    number: tuple[int, int],
    now: datetime,
) -> int:
    """To those whom the news are for, with the calendars of the booker's own and those for guests.

    `number`: the sequence, and which of the news of that one it is.
    """
    change = news.change
    office = office_of(booking.dates[0])
    standing = [date for date in booking.dates if stands(date)]
    letter = Letter(
        change.kind,
        booking,
        office,
        _told_dates(booking, change.times),
        to_guest=False,
        others_stand=bool(standing),
        done=done,
    )
    (write,) = _writers
    key = f"{INVITATION_KEY}{booking.id}:{number[0]}"
    mails = 0
    wanted = news.booker and organiser.active and organiser.wants_invitations
    if wanted and not _ride_along(booking, organiser, own):
        language = organiser.language or office.language
        texts = write(letter, language)
        beside = Beside(texts.html, own, office_id=office.id)
        mails += put_mail(key, organiser.email, texts.subject, texts.plain, language, now, beside)
    own_languages = languages_of(news.guests)
    for place, address in enumerate(news.guests):
        language = own_languages.get(address, office.language)
        texts = write(replace(letter, to_guest=True), language)
        beside = Beside(texts.html, shared, office_id=office.id)
        named = f"{key}:{number[1]}:{place}"
        mails += put_mail(named, address, texts.subject, texts.plain, language, now, beside)
    return mails


def _told_dates(booking: Booking, times: Iterable[Time]) -> list[Dated]:
    """Each with what it holds; what has left the booking since, as it was told."""
    known = {int(date.original_start_at.timestamp()): date for date in booking.dates}
    return [
        replace(dated(date, awaited(date)), start=each.start, end=each.end)
        if (date := known.get(each.key))
        else Dated(each.start, each.end, [each.place])
        for each in times
    ]


def _ride_along(booking: Booking, organiser: Person, calendars: tuple[str, ...]) -> bool:
    """Puts the calendars into the letter that tells of the same change, while that still waits."""
    keys = [f"{kind}:{date.id}:{date.sequence}:{organiser.id}" for date in booking.dates for kind in NOTICES]
    waiting = select(OutboxMail.id).where(
        OutboxMail.key.in_(keys), OutboxMail.state == "waiting", OutboxMail.attempts == 0
    )
    mail_id = db.session.scalar(waiting.order_by(OutboxMail.id.desc()).limit(1))
    if mail_id is None:
        return False
    ride = (
        update(OutboxMail)
        .where(OutboxMail.id == mail_id, OutboxMail.state == "waiting", OutboxMail.attempts == 0)
        .values(calendars=list(calendars))
    )
    return db.session.execute(ride.returning(OutboxMail.id)).first() is not None
