"""What waits for a host to say yes: the queue, its count, and requests that lapse."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, func, select
from sqlalchemy.orm import contains_eager, selectinload

from app.extensions import db
from app.models import Booking, BookingDate, Office, Organisation, Person, Resource, Slot, Waiting
from app.models.booking import REQUESTED
from app.services.approval import lapse
from app.services.authorize import INCLUDES
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
    """The dates of one booking that wait, in order of time, and by date whoever else wants the time."""

    booking: Booking
    dates: Sequence[BookingDate]
    wanted: Mapping[int, Sequence[Waiting]]
    lapses_at: datetime

    @property
    def competing(self) -> list[Organisation]:
        """The other organisations that want one of these times."""
        found = {each.organisation_id: each.organisation for one in self.wanted.values() for each in one}
        return [*found.values()]


def queue(office: Office, now: datetime) -> list[Request]:
    """All that waits at an office and is not over, oldest start first."""
    dates = db.session.scalars(_waiting_at(office, now)).all()
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
        )
        for ours in by_booking.values()
    ]


def count_requests(person: Person, now: datetime) -> int:
    """How many dates wait for this person's answer, at all offices that they host. One small query."""
    offices = _hosted(person)
    if offices == set():
        return 0
    return _count(offices, now)


def count_at(office: Office, now: datetime) -> int:
    """How many dates wait for an answer at an office."""
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
    waiting = db.session.scalars(_waiting_at(office, now)).all()
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


def _waiting_at(office: Office, now: datetime) -> Select[BookingDate]:
    open_ones = _requests().where(BookingDate.ends_at > now, _at([office.id]))
    return open_ones.order_by(*_IN_ORDER)


def _count(offices: set[int] | None, now: datetime) -> int:
    if offices is None:
        return int(_WAITING.read(now=seconds(now))[0][0])
    if len(offices) == 1:
        return int(_WAITING_AT_ONE.read(now=seconds(now), office=next(iter(offices)))[0][0])
    return db.session.scalar(_waiting(now).where(_at(sorted(offices)))) or 0


def _waiting(now: datetime | BindParameter[int]) -> Select[int]:
    return select(func.count()).select_from(BookingDate).where(REQUESTED, BookingDate.ends_at > now)


def _at(offices: Sequence[int | BindParameter[int]]) -> ColumnElement[bool]:
    """Whether a date is at one of the offices. As a question about each: requests are few, slots are not."""
    held = select(Slot.id).join(Resource, Resource.id == Slot.resource_id)
    return held.where(Slot.date_id == BookingDate.id, Resource.office_id.in_(offices)).exists()


# Asked on every page of a host.
_WAITING = Prepared(_waiting(bindparam("now")))
_WAITING_AT_ONE = Prepared(_waiting(bindparam("now")).where(_at([bindparam("office")])))


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
            selectinload(BookingDate.slots).joinedload(Slot.resource),
        )
    )


def _hosted(person: Person) -> set[int] | None:
    """The offices that a person hosts; None: all of them."""
    held = [role.office_id for role in person.roles if "host" in INCLUDES[role.role]]
    return None if None in held else {office for office in held if office is not None}
