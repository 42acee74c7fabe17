"""What of a file is new, what is known, and what cannot come in as it is."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from app.extensions import db
from app.models import Booking, BookingDate, MailedBooking, Person, Resource, Slot
from app.services.availability import leaves_of
from app.services.booking_file.directory import load_directory
from app.services.booking_file.place import Placing
from app.services.calendar_import.held import Held, InTheWay
from app.services.calendar_import.rows import bare_row, hash_of, key_of, lines_of
from calendars.entries import Entry
from calendars.record import series_and_date

NEW = ("coming", "history", "twice")
MOST_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Judged:
    """An entry and what it is here.

    `state`: coming, history (over), twice (coming, and overlaps another that is), which are all NEW; known,
    changed (known with other content), own (a booking that was made here), taken. `key` is what it is
    kept as.
    """

    entry: Entry
    key: str
    state: str
    in_the_way: InTheWay | None = None

    @property
    def is_new(self) -> bool:
        """Whether it can be chosen. Of two that overlap, one can."""
        return self.state in NEW


def judge(entries: Sequence[Entry], resource: Resource, *, now: datetime) -> list[Judged]:
    """Holds entries against what is stored, in their order; writes nothing."""
    judged = _known_or_new(entries, resource, now)
    new = [place for place, each in enumerate(judged) if each.is_new]
    for place, found in zip(new, _placed([judged[place] for place in new], resource, now), strict=True):
        judged[place] = found
    return judged


def made_elsewhere(entries: Sequence[Entry], resource: Resource, *, now: datetime) -> list[Entry]:
    """Those that are no booking here: neither made here, nor by mail, nor brought in before."""
    return [each.entry for each in _known_or_new(entries, resource, now) if each.is_new]


def organisers_in(entries: Iterable[Entry]) -> list[tuple[Person, int]]:
    """The people among the organisers whom we know, with the number of their entries; the most first."""
    counted = Counter(each.organiser for each in entries if each.organiser)
    found = people_at(counted).values()
    return sorted(((each, counted[each.email]) for each in found), key=lambda pair: (-pair[1], pair[0].email))


def people_at(addresses: Iterable[str]) -> dict[str, Person]:
    """Those who may sign in, by address."""
    people = select(Person).where(Person.active)
    return {
        each.email: each
        for some in _some(addresses)
        for each in db.session.scalars(people.where(Person.email.in_(some)))
    }


def _known_or_new(entries: Sequence[Entry], resource: Resource, now: datetime) -> list[Judged]:
    keys = [key_of(each, resource) for each in entries]
    query = select(Booking.imported_as, Booking.import_hash)
    stored: dict[str | None, str | None] = {
        key: content
        for some in _some(keys)
        for key, content in db.session.execute(query.where(Booking.imported_as.in_(some)))
    }
    series = [series_and_date(each.uid)[0] for each in entries]
    own = _made_here(series, resource)
    judged = []
    for each, key, uid in zip(entries, keys, series, strict=True):
        if key in stored:
            state = "known" if stored[key] == hash_of(each) else "changed"
        elif uid in own:
            state = "own"
        else:
            state = "coming" if each.end > now else "history"
        judged.append(Judged(each, key, state))
    return judged


def _made_here(uids: Sequence[str], resource: Resource) -> set[str]:
    """Those that are of bookings of this resource: a calendar of ours that comes back.

    What was booked by mail goes by the UID of the invitation in the calendars of others.
    """
    leaves = [leaf.id for leaf in leaves_of(resource)]
    found: set[str] = set()
    for uid, bookings in (
        (Booking.uid, select(Booking.uid)),
        (MailedBooking.uid, select(MailedBooking.uid).join(Booking, Booking.id == MailedBooking.booking_id)),
    ):
        query = (
            bookings.join(BookingDate, BookingDate.booking_id == Booking.id)
            .join(Slot, Slot.date_id == BookingDate.id)
            .where(Slot.resource_id.in_(leaves))
            .distinct()
        )
        found.update(each for some in _some(uids) for each in db.session.scalars(query.where(uid.in_(some))))
    return found


def _placed(new: Sequence[Judged], resource: Resource, now: datetime) -> list[Judged]:
    """The new ones, with what is in their way: what is stored, else each other."""
    held = Held.around([each.entry for each in new if each.state == "coming"], resource)
    judged = list(new)
    for place, each in enumerate(new):
        found = held.in_the_way(each.entry) if each.state == "coming" else None
        if found:
            judged[place] = replace(each, state="taken", in_the_way=found)
    known = load_directory()
    lines = lines_of([bare_row(each.entry, resource) for each in new], resource, known)
    placing = Placing(known, now)
    placing.place([line for line, each in zip(lines, judged, strict=True) if each.state != "taken"])
    for problem in placing.problems:
        place, other = problem.line - 1, problem.params.get("line")
        found = _in_file(new[other - 1].entry) if isinstance(other, int) else None
        judged[place] = replace(judged[place], state="twice" if found else "taken", in_the_way=found)
    return judged


def _in_file(entry: Entry) -> InTheWay:
    return InTheWay(0, entry.title, entry.start, entry.end, entry)


def _some(values: Iterable[str]) -> Iterator[list[str]]:
    """As many as one statement takes."""
    wanted = sorted(set(values))
    for first in range(0, len(wanted), MOST_AT_ONCE):
        yield wanted[first : first + MOST_AT_ONCE]
