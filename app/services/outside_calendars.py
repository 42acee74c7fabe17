"""Calendars that are kept elsewhere: looked at, added, set to block or not, taken away again.

They are no bookings: they count in no report and take no open hours; only their busy times are kept.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import joinedload

from app.domain.errors import NotFound
from app.domain.interval import Interval, merge
from app.domain.localtime import local_date, zone
from app.extensions import db
from app.models import Office, OutsideCalendar, OutsideTime, Person, Resource
from app.services.authorize import authorize
from app.services.calendar_import import made_elsewhere, read_calendar
from app.services.calendar_import.reading import AHEAD
from app.services.transaction import use_case
from calendars.entries import Entry, Found

BEHIND = timedelta(days=7)  # what is over is shown for so long
EVERY = timedelta(minutes=15)
NAME_LENGTH = 100
FILE_NAME_LENGTH = 200

Time = tuple[datetime, datetime, str | None]  # start, end, and the title where it may be shown


@dataclass(frozen=True, slots=True)
class Source:
    """Where a calendar comes from (an address or a file's name, never both) and what is made of it."""

    name: str
    address: str | None
    file_name: str | None
    blocks: bool
    shows_titles: bool


@dataclass(frozen=True, slots=True)
class Look:
    """What a calendar comes to here: its busy times, laid out until then, and what of it is left out.

    `ours`: so many of its dates are bookings here.
    """

    times: tuple[Time, ...]
    until: datetime
    found: Found
    ours: int = 0


def look_at(ics: bytes, resource: Resource, *, shows_titles: bool, now: datetime) -> Look:
    """Reads a calendar and keeps nothing. What is a booking here is left out: a calendar of ours that
    comes back. Raises CalendarFileInvalid.
    """
    tz = zone(resource.office.timezone)
    found = read_calendar(ics, resource, since=local_date(now - BEHIND, tz), now=now)
    theirs = made_elsewhere(found.entries, resource, now=now)
    ours = len(found.entries) - len(theirs)
    return Look(busy_times(theirs, shows_titles), now + AHEAD, found, ours)


def busy_times(entries: Iterable[Entry], shows_titles: bool) -> tuple[Time, ...]:
    """In order of time. Without titles as one stretch what meets: how many meetings it is, nobody learns."""
    if shows_titles:
        return tuple(sorted({(each.start, each.end, each.title or None) for each in entries}, key=_in_order))
    return tuple((each.start, each.end, None) for each in merge(Interval(e.start, e.end) for e in entries))


@use_case
def add_calendar(
    resource_id: int,
    source: Source,
    times: Sequence[Time],
    until: datetime,
    *,
    instead_of: int | None = None,
    by: Person,
    now: datetime,
) -> OutsideCalendar:
    """Keeps a calendar with what `look_at` said; in the place of another of the same office, if one is named.

    One at an address is fetched at the job's next turn, within a minute. NotFound, NotAllowed.
    """
    resource = db.session.get(Resource, resource_id)
    if resource is None or resource.retired:
        raise NotFound()
    authorize(by, "host", resource)
    if instead_of is not None:
        _remove(calendar_for(instead_of, resource.office, by=by))
    calendar = OutsideCalendar(
        resource_id=resource.id,
        name=source.name.strip()[:NAME_LENGTH],
        address=source.address,
        file_name=source.file_name,
        blocks=source.blocks,
        shows_titles=source.shows_titles,
        added_by_id=by.id,
        added_at=now,
        tried_at=now,
        good_at=now,
        read_at=now,
        reaches_until=until,
        due_at=now if source.address else None,
    )
    db.session.add(calendar)
    db.session.flush()
    keep_times(calendar, times)
    return calendar


@use_case
def set_blocking(calendar_id: int, blocks: bool, office: Office, *, by: Person) -> OutsideCalendar:
    """From now on nobody but a host books over it, or anybody does. What is booked stays. NotFound."""
    calendar = calendar_for(calendar_id, office, by=by)
    calendar.blocks = blocks
    return calendar


@use_case
def fetch_soon(calendar_id: int, office: Office, *, by: Person, now: datetime) -> OutsideCalendar:
    """Has the job fetch it at its next turn, within a minute. Of a file nothing is fetched. NotFound."""
    calendar = calendar_for(calendar_id, office, by=by)
    if calendar.address is not None:
        calendar.due_at = now
    return calendar


@use_case
def remove_calendar(calendar_id: int, office: Office, *, by: Person) -> str:
    """Takes a calendar away with all its busy times; its name. NotFound."""
    calendar = calendar_for(calendar_id, office, by=by)
    name = calendar.name
    _remove(calendar)
    return name


def calendar_for(calendar_id: int, office: Office, *, by: Person) -> OutsideCalendar:
    """A calendar of this office, for one of its hosts. NotFound."""
    authorize(by, "host", office)
    calendar = db.session.get(OutsideCalendar, calendar_id)
    if calendar is None or calendar.resource.office_id != office.id:
        raise NotFound()
    return calendar


def calendars_of(office: Office, *, by: Person, now: datetime) -> list[tuple[OutsideCalendar, int]]:
    """Those of an office, in the order of its resources, each with how many busy times are to come."""
    authorize(by, "host", office)
    coming = (
        select(func.count(OutsideTime.id))
        .where(OutsideTime.calendar_id == OutsideCalendar.id, OutsideTime.ends_at > now)
        .scalar_subquery()
    )
    query = (
        select(OutsideCalendar, coming)
        .join(OutsideCalendar.resource)
        .where(Resource.office_id == office.id)
        .options(joinedload(OutsideCalendar.resource), joinedload(OutsideCalendar.added_by))
        .order_by(Resource.position, Resource.id, OutsideCalendar.id)
    )
    return [(calendar, count) for calendar, count in db.session.execute(query)]


def times_ahead(calendar: OutsideCalendar, *, now: datetime) -> list[Time]:
    """Its busy times that are not over, in order."""
    columns = (OutsideTime.starts_at, OutsideTime.ends_at, OutsideTime.title)
    ahead = select(*columns).where(OutsideTime.calendar_id == calendar.id, OutsideTime.ends_at > now)
    return [(start, end, title) for start, end, title in db.session.execute(ahead.order_by(*columns[:2]))]


def keep_times(calendar: OutsideCalendar, times: Sequence[Time]) -> None:
    """Puts these in the place of what was kept, in the caller's transaction; unless they are the same."""
    columns = (OutsideTime.starts_at, OutsideTime.ends_at, OutsideTime.title)
    kept = db.session.execute(select(*columns).where(OutsideTime.calendar_id == calendar.id))
    if sorted(((start, end, title) for start, end, title in kept), key=_in_order) == list(times):
        return
    db.session.execute(delete(OutsideTime).where(OutsideTime.calendar_id == calendar.id))
    names = ("starts_at", "ends_at", "title")
    rows = [{"calendar_id": calendar.id, **dict(zip(names, each, strict=True))} for each in times]
    if rows:
        db.session.execute(insert(OutsideTime), rows)


@use_case
def forget_past_times(now: datetime) -> None:
    """Of calendars that nobody reads anew, what has been over for a while."""
    db.session.execute(delete(OutsideTime).where(OutsideTime.ends_at <= now - BEHIND))


def _remove(calendar: OutsideCalendar) -> None:
    db.session.execute(delete(OutsideTime).where(OutsideTime.calendar_id == calendar.id))
    db.session.delete(calendar)
    db.session.flush()


def _in_order(time: Time) -> tuple[datetime, datetime, str]:
    return time[0], time[1], time[2] or ""
