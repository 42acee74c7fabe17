"""What a room answers to an invitation: accepted, perhaps, or declined with the reason."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.errors import Clash, DomainError, Refusal, Refused
from app.domain.interval import Interval
from app.models import Booking, Office, Person
from app.services.dated import Dated
from app.services.invitation_letter import Letter
from app.services.mailed_dates import Said
from app.services.outbox import Beside, Texts, put_mail
from calendars.lines import line, utc_text
from calendars.message import Answer, Attendee, Parties, Partstat, write_reply


@dataclass(frozen=True, slots=True)
class Missing:
    """A date of a series that the room is not booked for, and what forbids it or is in the way."""

    use: Interval
    why: Refusal | tuple[Clash, ...]

    @property
    def code(self) -> str:
        return self.why.code if isinstance(self.why, Refusal) else code_of(self.why)


def code_of(clashes: Sequence[Clash]) -> str:
    """What is in the way, as a code: somebody else's booking unless nothing but another is."""
    if clashes and all(each.yours for each in clashes):
        return "taken_by_sender"
    return "outside_calendar" if clashes and all(each.calendar for each in clashes) else "taken"


class TooManyMissing(Refused):
    """More dates of a series cannot be had than may be left out."""

    def __init__(self, missing: Sequence[Missing], of: int) -> None:
        super().__init__(Refusal("mail_too_many_missing", params={"missing": len(missing), "of": of}))
        self.missing = tuple(missing)


@dataclass(frozen=True, slots=True)
class RoomLetter:
    """What the mail tells beside the calendar part.

    `times`: the dates it is about; `missing`: those of a series that are declined. Of a newer version
    that is declined `stands`: what stands as before. `apart`: when dates are in the organiser's calendar that
    stand otherwise here, or not at all. `news`: what was done here since the last answer. `unread`:
    nobody knows what was asked, only why it could not be read. `among_others`: more rooms were invited.
    """

    partstat: Partstat
    name: str
    office: Office
    title: str
    times: Sequence[Dated]
    missing: Sequence[Missing] = ()
    error: DomainError | None = None
    booking: Booking | None = None
    stands: Sequence[Interval] = ()
    apart: Sequence[Interval] = ()
    news: Letter | None = None
    unread: bool = False
    among_others: bool = False


Writer = Callable[[RoomLetter, str], Texts]
_writers: list[Writer] = []


def write_with(writer: Writer) -> None:
    """From now on the letters are written by this."""
    _writers[:] = [writer]


@dataclass(frozen=True, slots=True)
class Reply:
    """The calendar part: which meeting is answered, under which address of the room, and what."""

    uid: str
    sequence: int
    address: str
    answers: Sequence[Said]


def put_answer(reply: Reply, letter: RoomLetter, person: Person, *, key: str, now: datetime) -> None:
    """Puts the answer into the outbox, in the caller's transaction, in the organiser's language."""
    language = person.language or letter.office.language
    (write,) = _writers
    texts = write(letter, language)
    ics = write_reply(
        uid=reply.uid,
        organizer=Parties(person.email, person.name).organizer_line(),
        attendee=Attendee(reply.address, letter.name, room=True),
        sequence=reply.sequence,
        stamp=now,
        answers=map(_answer, reply.answers),
        summary=letter.title,
        comment=texts.plain,
    )
    sender = _sender(letter.name, reply.address)
    beside = Beside(texts.html, (ics.decode(),), sender, letter.office.id)
    put_mail(f"answer:{key}", person.email, texts.subject, texts.plain, language, now, beside)


def put_unread(letter: RoomLetter, address: str, person: Person, *, key: str, now: datetime) -> None:
    """The same for what could not be read, of which no calendar part can tell; `address`: the room's."""
    language = person.language or letter.office.language
    (write,) = _writers
    texts = write(letter, language)
    beside = Beside(texts.html, sender=_sender(letter.name, address), office_id=letter.office.id)
    put_mail(f"answer:{key}", person.email, texts.subject, texts.plain, language, now, beside)


def _answer(said: Said) -> Answer:
    return Answer(
        said.partstat,
        line("DTSTART", utc_text(said.use.start)),
        line("DTEND", utc_text(said.use.end)),
        line("RECURRENCE-ID", utc_text(said.original)) if said.original else b"",
    )


def _sender(name: str, address: str) -> str:
    plain = "".join(each for each in name if each.isprintable() and each not in '"\\<>')
    return f'"{plain}" <{address}>'
