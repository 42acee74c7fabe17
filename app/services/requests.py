"""What waits for a host to say yes: the queue, its count, and requests that lapse."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import contains_eager, selectinload

from app.extensions import db
from app.models import Booking, BookingDate, Office, Organisation, Person, Resource, Slot, Waiting
from app.models.booking import REQUESTED
from app.services.approval import lapse
from app.services.authorize import INCLUDES
from app.services.awaited import awaited, awaits, offices_of, said_yes
from app.services.columns import Prepared, seconds
from app.services.directory import directory
from app.services.notices import Notice, hosts_of, tell, told_since, was_told
from app.services.rules import limits_for
from app.services.transaction import use_case
from app.services.waiting import wanted_by

# The hosts of an office get one mail about all that waits, and for so long no other.
BETWEEN_MAILS = timedelta(hours=2)
# Whoever has just booked may yet take it back.
SETTLED = timedelta(minutes=1)
_IN_ORDER = (BookingDate.starts_at, BookingDate.id)


@dataclass(frozen=True, slots=True)
class Request:
    """The dates of one booking that wait, in order of time, and by date whoever else wants the time.

    `awaited`: all the offices that have yet to say yes to one of them.
    """

    booking: Booking
    dates: Sequence[BookingDate]
    wanted: Mapping[int, Sequence[Waiting]]
    lapses_at: datetime
    awaited: Sequence[Office]

    @property
    def competing(self) -> list[Organisation]:
        """The other organisations that want one of these times."""
        found = {each.organisation_id: each.organisation for one in self.wanted.values() for each in one}
        return [*found.values()]


def queue(office: Office, now: datetime) -> list[Request]:
    """All that waits for an office's answer and is not over, oldest start first."""
    return _requests_of([date for date in _open_at(office, now) if awaits(date, office)], now)


def answered(office: Office, now: datetime) -> list[Request]:
    """What an office has said yes to and other offices have yet to answer, oldest start first."""
    dates = [date for date in _open_at(office, now) if len(offices_of(date)) > 1]
    return _requests_of([date for date in dates if office.id in said_yes(date)], now)


def count_requests(person: Person, now: datetime) -> int:
    """How many bookings wait for this person's answer, at all offices that they host. One small query."""
    offices = _hosted(person)
    if offices == set():
        return 0
    if offices is None:
        ((count,),) = _ALL_WAITING.read(now=seconds(now))
        return int(count)
    return _count(offices, now)


def count_at(office: Office, now: datetime) -> int:
    """How many bookings wait for an office's answer: as many as its queue has entries."""
    return _count({office.id}, now)


def lapse_at(date: BookingDate) -> datetime:
    """When a request lapses: so long before its start as the strictest of its resources says.

    One that came after that moment can be answered until its start.
    """
    booking = date.booking
    limits = (limits_for(slot.resource, booking.organisation, date.starts_at).lapse for slot in date.slots)
    due = date.starts_at - max(limits, default=timedelta())
    return due if date.changed_at < due else date.starts_at


def lapse_due(now: datetime) -> int:
    """Declines every request whose time to be answered is over, also long ago; how many dates they were.

    One transaction for each booking.
    """
    due: defaultdict[int, list[int]] = defaultdict(list)
    for date in db.session.scalars(_requests().order_by(*_IN_ORDER)):
        if lapse_at(date) <= now:
            due[date.booking_id].append(date.id)
    return sum(lapse(booking_id, date_ids, now=now) for booking_id, date_ids in due.items())


def tell_hosts(now: datetime) -> int:
    """Mails the hosts of every office at which something new waits: at most one mail in two hours."""
    return sum(_tell_hosts_of(office, now) for office in directory().offices.values())


def _tell_hosts_of(office: Office, now: datetime) -> int:
    waiting = [date for date in _open_at(office, now) if awaits(date, office)]
    settled = [date for date in waiting if date.changed_at <= now - SETTLED]
    if not settled:
        return 0
    # Nobody is told again of what they were told of: only something newer makes another mail.
    newest = max(int(date.changed_at.timestamp()) for date in settled)
    key = f"requests:{office.id}:{newest}"
    if told_since(f"requests:{office.id}:", now - BETWEEN_MAILS) or was_told(key):
        return 0
    return _put_mails(office, [date.id for date in settled], key, now)


@use_case
def _put_mails(office: Office, date_ids: Sequence[int], key: str, now: datetime) -> int:
    dates = db.session.scalars(_requests().where(BookingDate.id.in_(date_ids)).order_by(*_IN_ORDER)).all()
    notice = Notice("requests", office, dates)
    return sum(tell(host, notice, key=key, now=now) for host in hosts_of(office)) if dates else 0


def _open_at(office: Office, now: datetime) -> Sequence[BookingDate]:
    """The requests that hold something at an office and are not over, whomever they wait for."""
    # As a question about each: requests are few, slots are not.
    held = select(Slot.id).join(Resource, Resource.id == Slot.resource_id)
    here = held.where(Slot.date_id == BookingDate.id, Resource.office_id == office.id).exists()
    return db.session.scalars(_requests().where(BookingDate.ends_at > now, here).order_by(*_IN_ORDER)).all()


def _requests_of(dates: Sequence[BookingDate], now: datetime) -> list[Request]:
    wanted = wanted_by(dates, now)
    by_booking: defaultdict[int, list[BookingDate]] = defaultdict(list)
    for date in dates:
        by_booking[date.booking_id].append(date)
    return [
        Request(
            ours[0].booking,
            ours,
            {date.id: wanted.get(date.id, ()) for date in ours},
            min(lapse_at(date) for date in ours),
            [*{each.id: each for date in ours for each in awaited(date)}.values()],
        )
        for ours in by_booking.values()
    ]


def _count(offices: set[int], now: datetime) -> int:
    """How many bookings wait for one of these offices."""
    places: defaultdict[int, set[int]] = defaultdict(set)
    for booking_id, office_id in _WAITING.read(now=seconds(now)):
        places[booking_id].add(office_id)
    at_several = [booking_id for booking_id, at in places.items() if len(at) > 1]
    at_one = sum(len(each) == 1 and each <= offices for each in places.values())
    return at_one + (_count_of(at_several, offices, now) if at_several else 0)


def _count_of(bookings: Sequence[int], offices: set[int], now: datetime) -> int:
    """Of these bookings, which are at several offices each."""
    query = _requests().where(BookingDate.ends_at > now, BookingDate.booking_id.in_(bookings))
    waiting = db.session.scalars(query).all()
    return len({date.booking_id for date in waiting if offices & {each.id for each in awaited(date)}})


# Asked on every page of a host: of all offices their number, of some each slot with its booking and office.
_ALL_WAITING = Prepared(
    select(func.count(BookingDate.booking_id.distinct())).where(
        REQUESTED, BookingDate.ends_at > bindparam("now")
    )
)
_WAITING = Prepared(
    select(BookingDate.booking_id, Resource.office_id)
    .join(Slot, Slot.date_id == BookingDate.id)
    .join(Resource, Resource.id == Slot.resource_id)
    .where(REQUESTED, BookingDate.ends_at > bindparam("now"))
)


def _requests() -> Select[BookingDate]:
    booking = contains_eager(BookingDate.booking)
    return (
        select(BookingDate)
        .join(BookingDate.booking)
        .where(REQUESTED)
        .options(
            booking.joinedload(Booking.organisation),
            booking.joinedload(Booking.organiser),
            booking.joinedload(Booking.activity),
            booking.selectinload(Booking.asked_for),
            selectinload(BookingDate.slots).joinedload(Slot.resource).joinedload(Resource.office),
        )
    )


def _hosted(person: Person) -> set[int] | None:
    """The offices that a person hosts; None: all of them."""
    held = {role.office_id for role in person.roles if "host" in INCLUDES[role.role]}
    everywhere = {each.id for each in directory().offices.values()}
    return None if None in held or held >= everywhere else {office for office in held if office is not None}
