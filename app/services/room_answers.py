"""What a room answers to an invitation: accepted, perhaps, or declined with the reason."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.domain.errors import DomainError
from app.domain.one_line import one_line
from app.extensions import db
from app.models import Booking, MailedBooking, Office, Person, Pool, Resource
from app.services.outbox import Beside, Texts, put_mail
from calendars.lines import line, utc_text
from calendars.message import Answer, Attendee, Parties, Partstat, write_reply

Times = Sequence[tuple[datetime, datetime]]


@dataclass(frozen=True, slots=True)
class RoomLetter:
    """What the mail tells beside the calendar part. `left_out`: dates of a series that are declined."""

    partstat: Partstat
    name: str
    office: Office
    title: str
    times: Times
    left_out: Times = ()
    error: DomainError | None = None
    booking: Booking | None = None


Writer = Callable[[RoomLetter, str], Texts]
_writers: list[Writer] = []


def write_with(writer: Writer) -> None:
    """From now on the letters are written by this."""
    _writers[:] = [writer]


@dataclass(frozen=True, slots=True)
class Asked:
    """The invitation that is answered: `original` where it was about one date of a series."""

    uid: str
    sequence: int
    address: str  # the room's, as invited
    start: datetime
    end: datetime
    original: datetime | None = None


def put_answer(asked: Asked, letter: RoomLetter, person: Person, *, key: str, now: datetime) -> None:
    """Puts the answer into the outbox, in the caller's transaction, in the organiser's language."""
    room = Attendee(asked.address, letter.name, room=True)
    answers = [_answer(letter.partstat, asked.start, asked.end, asked.original)]
    answers += [_answer("DECLINED", start, end, start) for start, end in letter.left_out]
    language = person.language or letter.office.language
    (write,) = _writers
    texts = write(letter, language)
    reply = write_reply(
        uid=asked.uid,
        organizer=Parties(person.email, person.name).organizer_line(),
        attendee=room,
        sequence=asked.sequence,
        stamp=now,
        answers=answers,
        summary=letter.title,
        comment=texts.plain,
    )
    sender = _sender(letter.name, asked.address)
    beside = Beside(texts.html, (reply.decode(),), sender, letter.office.id)
    put_mail(f"answer:{key}", person.email, texts.subject, texts.plain, language, now, beside)


def mailed_of(booking_id: int) -> MailedBooking | None:
    """The meeting in its organiser's own calendar that made a booking; None: it was made here."""
    return db.session.scalar(select(MailedBooking).where(MailedBooking.booking_id == booking_id))


def answer_again(mailed: MailedBooking, booking: Booking, address: str, now: datetime) -> int:
    """Tells an organiser who booked by mail what was decided here since: approved, declined, cancelled."""
    coming = [date for date in booking.dates if date.starts_at > now]
    statuses = {date.status for date in coming}
    if not coming or booking.organiser is None or not booking.organiser.active:
        return 0
    partstat: Partstat = "DECLINED"
    if "requested" in statuses:
        partstat = "TENTATIVE"
    elif statuses & {"confirmed", "checked_in"}:
        partstat = "ACCEPTED"
    if partstat == mailed.answered:
        return 0
    mailed.answered = partstat
    first = booking.dates[0]
    place = first.slots[0].resource
    asked = Asked(mailed.uid, mailed.sequence, address, first.starts_at, first.ends_at)
    times = [(date.starts_at, date.ends_at) for date in coming]
    letter = RoomLetter(partstat, place.name, place.office, booking.title, times, booking=booking)
    put_answer(asked, letter, booking.organiser, key=f"{mailed.id}:{booking.version}:{partstat}", now=now)
    return 1


def name_of(thing: Resource | Pool, office: Office) -> str:
    """What a room is called in the organiser's address book."""
    return f"{thing.name} – {office.name}"


def _answer(partstat: Partstat, start: datetime, end: datetime, original: datetime | None) -> Answer:
    return Answer(
        partstat,
        line("DTSTART", utc_text(start)),
        line("DTEND", utc_text(end)),
        line("RECURRENCE-ID", utc_text(original)) if original else b"",
    )


def _sender(name: str, address: str) -> str:
    plain = "".join(each for each in one_line(name) if each not in '"\\<>')
    return f'"{plain}" <{address}>'
