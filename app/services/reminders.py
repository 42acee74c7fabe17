"""Who is asked, before a month is reported, to say how many came."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, selectinload

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

Asked = set[tuple[int, int]]  # whom, by id, about which date
DAYS_BEFORE = 5  # the last days of a month, and those until it is reported


@use_case
def remind(now: datetime) -> int:
    """Asks hosts and bookers for the head counts that lack, once for each date; how many mails."""
    asked: Asked = set()
    found: list[BookingDate] = []
    told = 0
    months = [(office, month) for office in offices() for month in _months_to_report(office, now)]
    lock_dates([each.id for office, month in months for each in _uncounted(office, month, now)])
    for office, month in months:
        dates = _uncounted(office, month, now)
        told += _remind_of(office, month, dates, asked, now)
        found += dates
    for each in found:  # not before: a date at two offices is both hosts' to count
        each.reminded_at = now
    return told


def _uncounted(office: Office, month: Period, now: datetime) -> Sequence[BookingDate]:
    """What is over, came about as far as anybody knows, has no head count, and nobody was told of.

    Imported history too: of that hosts are told how much it is, and nobody is asked one by one.
    """
    within = month.interval(zone(office.timezone))
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


def _remind_of(
    office: Office,
    month: Period,
    dates: Sequence[BookingDate],
    asked: Asked,
    now: datetime,
) -> int:
    """Tells hosts of all these dates and bookers of their own, but of none twice."""
    hosts = hosts_of(office)
    told = sum(_tell(host, office, dates, month, True, asked, now) for host in hosts)
    for booker, own in _by_booker([each for each in dates if not _is_imported(each)], now).items():
        if booker not in hosts:
            told += _tell(booker, office, own, month, False, asked, now)
    return told


def _is_imported(date: BookingDate) -> bool:
    return date.booking.imported_as is not None


def _by_booker(dates: Sequence[BookingDate], now: datetime) -> dict[Person, list[BookingDate]]:
    """What each may still count."""
    found: defaultdict[Person, list[BookingDate]] = defaultdict(list)
    for each in dates:
        if each.booking.organiser and now <= each.ends_at + COUNTING_LASTS:
            found[each.booking.organiser].append(each)
    return found


def _tell(
    person: Person,
    office: Office,
    dates: Sequence[BookingDate],
    month: Period,
    hosts: bool,
    asked: Asked,
    now: datetime,
) -> bool:
    new = [each for each in dates if (person.id, each.id) not in asked]
    if not new:
        return False
    asked.update((person.id, each.id) for each in new)
    to_count = [each for each in new if not _is_imported(each)]
    extra = {"hosts": hosts, "month": month, "imported": len(new) - len(to_count)}
    notice = Notice("heads", office, to_count, extra=extra)
    # To one person a date is in one mail alone, so its first one names it.
    return tell(person, notice, key=f"heads:{new[0].id}", now=now)
