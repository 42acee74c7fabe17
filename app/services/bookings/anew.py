"""Writing what a change makes of a booking: its words, what it asks for, and what its dates hold."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete

from app.domain.errors import Refusal
from app.extensions import db
from app.models import Activity, Booking, BookingDate, Organisation, Pool, Resource, Slot
from app.services.bookings.asked import Wish
from app.services.bookings.book import ask_for, status_of
from app.services.bookings.plan import Planned
from app.services.bookings.slots import add_slots
from app.services.bookings.things import asked_things, serving
from app.services.bookings.wish import Understood
from app.services.directory import Directory, directory
from app.services.history import note_changed

# By name what a word was and what it is: what a line of history says of it.
Reworded = Mapping[str, Sequence[str | None]]


@dataclass(frozen=True, slots=True)
class Anew:
    """A date with what it is to hold from now on."""

    date: BookingDate
    planned: Planned


def say_anew(booking: Booking, wish: Wish, understood: Understood) -> Reworded:
    """Gives a booking its words; which of them are others than before."""
    known = directory()  # once: to ask for it again would write what is half done
    before = _words_of(booking, known)
    booking.title, booking.activity_id = understood.title, understood.activity.id
    if booking.organisation_id != understood.organisation.id:
        note_changed(booking)  # those it leaves are told too
        booking.organisation_id = understood.organisation.id
        booking.category_id = understood.organisation.category_id
    if wish.meeting_url is not None:
        booking.meeting_url = wish.meeting_url or None
    after = _words_of(booking, known)
    return {name: [before[name], after[name]] for name in after if before[name] != after[name]}


def _words_of(booking: Booking, known: Directory) -> dict[str, str | None]:
    """As the history keeps them: organisation and activity by slug, since they have names of their own."""
    return {
        "title": booking.title,
        "organisation": known.of_id(Organisation, booking.organisation_id).slug,
        "activity": known.of_id(Activity, booking.activity_id).slug,
        "meeting_url": booking.meeting_url,
    }


def hold_anew(changes: Sequence[Anew]) -> None:
    """Gives the dates their new times and resources. All that they held is let go first."""
    ids = [change.date.id for change in changes]
    db.session.execute(delete(Slot).where(Slot.date_id.in_(ids)))
    for change in changes:
        date, use = change.date, change.planned.interval
        db.session.expire(date, ["slots"])
        date.starts_at, date.ends_at = use.start, use.end
        date.status = status_of(change.planned)
    add_slots((change.date, leaf) for change in changes for leaf in change.planned.resources)


def tell_anew(dates: Iterable[BookingDate], now: datetime) -> None:
    """Calendars take these dates for newer than what they have."""
    for date in dates:
        date.changed_at, date.sequence = now, date.sequence + 1


def set_aside_anew(booking: Booking, refusals: Iterable[Refusal]) -> None:
    """Adds the rules that a host booked past to those known."""
    booking.set_aside = sorted({*booking.set_aside, *(each.code for each in refusals)})


def ask_anew(booking: Booking, things: Iterable[Resource | Pool]) -> None:
    """Keeps these as asked for, and of what was asked for before that which a date still holds."""
    known = directory()
    held = [{slot.resource_id for slot in date.slots} for date in booking.dates]
    still = [thing for thing in asked_things(booking) if any(serving(thing, each, known) for each in held)]
    booking.asked_for.clear()
    db.session.flush()
    ask_for(booking, [*still, *things])
