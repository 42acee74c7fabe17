"""Who is asked, before a month is reported, to say how many came."""

from collections import defaultdict
from collections.abc import Container, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, selectinload

from app.domain.interval import Interval
from app.domain.localtime import local_date, zone
from app.domain.period import Period
from app.extensions import db
from app.models import Booking, BookingDate, Office, Person, Resource, Slot
from app.services.locking import lock_dates
from app.services.notices import Notice, hosts_of, tell
from app.services.offices import offices
from app.services.presence import COUNTING_LASTS
from app.services.reports.monthly import reported_at
from app.services.reports.projects import projects_of
from app.services.transaction import use_case

DAYS_BEFORE = 5  # the last days of a month, and those until it is reported


@use_case
def remind(now: datetime) -> int:
    """Asks hosts and bookers for the head counts that lack, once for each date; how many mails."""
    asked: dict[int, BookingDate] = {}  # noted at the end: a date at two offices is both hosts' to count
    told = 0
    for office in offices():
        for month in _months_to_report(office, now):
            dates = _uncounted_held_still(office, month, now)
            told += _remind_of(office, month, dates, asked, now)
            asked.update((each.id, each) for each in dates)
    for each in asked.values():
        each.reminded_at = now
    return told


def uncounted(office: Office, within: Interval, now: datetime) -> Sequence[BookingDate]:
    """What is over, came about as far as anybody knows, has no head count, and nobody was asked about."""
    held = select(Slot.id).join(Resource, Resource.id == Slot.resource_id)
    here = held.where(Slot.date_id == BookingDate.id, Resource.office_id == office.id).exists()
    booking = contains_eager(BookingDate.booking)
    query = (
        select(BookingDate)
        .join(BookingDate.booking)
        .where(
            BookingDate.starts_at >= within.start,
            BookingDate.starts_at < within.end,
            BookingDate.ends_at <= now,
            BookingDate.status.in_(("confirmed", "checked_in")),
            BookingDate.women.is_(None),
            BookingDate.reminded_at.is_(None),
            Booking.imported_as.is_(None),  # old data: nobody knows any more
            here,
        )
        .options(
            booking.joinedload(Booking.organisation),
            booking.joinedload(Booking.organiser),
            selectinload(BookingDate.slots).joinedload(Slot.resource),
        )
        .order_by(BookingDate.starts_at, BookingDate.id)
    )
    return db.session.scalars(query).all()


def _months_to_report(office: Office, now: datetime) -> list[Period]:
    """The month that ends within days, or has ended and is not reported, where a project runs in it."""
    today = local_date(now, zone(office.timezone))
    present = Period.month_of(today)
    found = []
    if now < reported_at(office, present.previous()):
        found.append(present.previous())
    if today >= present.last_exclusive - timedelta(days=DAYS_BEFORE):
        found.append(present)
    return [month for month in found if _is_reported(office, month)]


def _is_reported(office: Office, month: Period) -> bool:
    first, end = month.first, month.last_exclusive
    return any(each.starts_on < end and first < each.ends_on for each in projects_of(office))


def _uncounted_held_still(office: Office, month: Period, now: datetime) -> Sequence[BookingDate]:
    within = month.interval(zone(office.timezone))
    lock_dates([each.id for each in uncounted(office, within, now)])
    return uncounted(office, within, now)


def _remind_of(
    office: Office,
    month: Period,
    dates: Sequence[BookingDate],
    asked: Container[int],
    now: datetime,
) -> int:
    """Tells the hosts of all these dates, bookers of their own that no other office has asked them about."""
    if not dates:
        return 0
    hosts = hosts_of(office)
    told = sum(_tell(host, office, dates, month, True, now) for host in hosts)
    for booker, own in _by_booker([each for each in dates if each.id not in asked], now).items():
        if booker not in hosts:
            told += _tell(booker, office, own, month, False, now)
    return told


def _by_booker(dates: Sequence[BookingDate], now: datetime) -> dict[Person, list[BookingDate]]:
    """What each may still count."""
    found: defaultdict[Person, list[BookingDate]] = defaultdict(list)
    for each in dates:
        if each.booking.organiser and now <= each.ends_at + COUNTING_LASTS:
            found[each.booking.organiser].append(each)
    return found


def _tell(
    person: Person, office: Office, dates: Sequence[BookingDate], month: Period, hosts: bool, now: datetime
) -> bool:
    first: date = month.first
    notice = Notice("heads", office, dates, extra={"hosts": hosts, "month": first})
    # A date is in one mail of an office alone, so its first one names it.
    return tell(person, notice, key=f"heads:{dates[0].id}:{office.id}", now=now)
