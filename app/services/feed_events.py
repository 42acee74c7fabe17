"""What stands in a feed, as far as its owner may read it, and one booking as a file."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Literal

from sqlalchemy import Row, Select, select

from app.domain.interval import Interval
from app.domain.recurrence import normal_form
from app.extensions import db
from app.models import Booking, BookingDate, Office, Person, Resource, Slot
from app.models.booking import LONGEST_USE
from app.services.audience import Reader, reader_of
from app.services.availability import leaves_of
from app.services.feeds import AHEAD, BACK, MINE, Feed, opaque_id
from app.services.serializers import booking_url
from calendars.event import Event, occurrences, uid_of_date, write_event
from calendars.feed import write_download, write_feed

# Cancelled, declined and no-shows are left out: Outlook shows cancelled events as if they were live.
STATUSES: Mapping[str, Literal["TENTATIVE", "CONFIRMED"]] = {
    "requested": "TENTATIVE",
    "confirmed": "CONFIRMED",
    "checked_in": "CONFIRMED",
}


@dataclass(frozen=True, slots=True)
class Words:
    """What a feed says in its reader's language: of a booking that is not theirs, and as its own name."""

    busy: str
    mine: str


@dataclass(frozen=True, slots=True)
class _Scope:
    """What belongs in a feed, what it is called, and which resources may be named to everybody."""

    name: str
    timezones: tuple[str, ...]
    query: Select[*tuple[Any, ...]]
    names_resources: bool


def render_feed(feed: Feed, words: Words, *, whole: bool, base_url: str, secret: str, now: datetime) -> bytes:
    """The feed as iCalendar, one event per date; from 90 days back to 400 ahead unless `whole`."""
    owner = db.session.get_one(Person, feed.person_id)
    scope = _scope(feed, owner, words)
    within = None if whole else Interval(now - BACK, now + AHEAD)
    readers = {office.id: reader_of(office, owner) for office in db.session.scalars(select(Office))}
    zones = set(scope.timezones)
    blocks = []
    for rows in _dates(scope.query, within):
        event = _event(feed, rows, readers, scope, words, base_url, secret)
        zones.add(event.timezone)
        blocks.append(write_event(event))
    return write_feed(
        name=scope.name,
        uid=opaque_id(secret, "calendar", feed.person_id, feed.thing),
        timezones=zones,
        events=blocks,
        changed_at=feed.changed_at,
    )


def booking_ics(booking: Booking, *, base_url: str = "") -> bytes:
    """A booking as a file, for somebody who may read it: every date that still stands, a series as one.

    Without an event where no date stands.
    """
    return write_download(*_events_of(booking, base_url))


def _scope(feed: Feed, owner: Person, words: Words) -> _Scope:
    kind, _, slug = feed.thing.partition(":")
    if kind == "resource":
        resource = db.session.scalars(select(Resource).filter_by(slug=slug)).one()
        leaves = [leaf.id for leaf in leaves_of(resource)]
        name = f"{resource.name} – {resource.office.name}"
        query = _query().where(Slot.resource_id.in_(leaves))
        return _Scope(name, (resource.office.timezone,), query, names_resources=False)
    if kind == "office":
        office = db.session.scalars(select(Office).filter_by(slug=slug)).one()
        rooms = select(Resource.id).where(Resource.office_id == office.id)
        query = _query().where(Slot.resource_id.in_(rooms))
        return _Scope(office.name, (office.timezone,), query, names_resources=True)
    if feed.thing == MINE:
        return _Scope(words.mine, (), _query().where(Booking.organiser_id == owner.id), names_resources=True)
    raise ValueError(f"no feed of {feed.thing}")


def _query() -> Select[*tuple[Any, ...]]:
    columns = (
        BookingDate.id.label("date_id"),
        BookingDate.starts_at,
        BookingDate.ends_at,
        BookingDate.status,
        BookingDate.sequence,
        BookingDate.changed_at,
        Booking.id.label("booking_id"),
        Booking.uid,
        Booking.title,
        Booking.recurrence,
        Booking.timezone,
        Booking.organiser_id,
        Booking.organisation_id,
        Booking.meeting_url,
        Resource.name.label("resource"),
        Resource.office_id,
        Office.name.label("office"),
        Office.address,
    )
    return (
        select(*columns)
        .select_from(Slot)
        .join(BookingDate, BookingDate.id == Slot.date_id)
        .join(Booking, Booking.id == BookingDate.booking_id)
        .join(Resource, Resource.id == Slot.resource_id)
        .join(Office, Office.id == Resource.office_id)
        .where(BookingDate.status.in_(list(STATUSES)))
        .order_by(BookingDate.starts_at, BookingDate.id, Resource.position, Resource.id)
    )


def _dates(query: Select[*tuple[Any, ...]], within: Interval | None) -> Iterator[list[Row[*tuple[Any, ...]]]]:
    """The rows of each date: one for every resource that it holds."""
    if within:
        query = query.where(
            Slot.starts_at < within.end,
            Slot.starts_at > within.start - LONGEST_USE,
            Slot.ends_at > within.start,
        )
    for _, rows in groupby(db.session.execute(query), key=lambda row: row.date_id):
        yield list(rows)


def _event(
    feed: Feed,
    rows: list[Row[*tuple[Any, ...]]],
    readers: Mapping[int, Reader],
    scope: _Scope,
    words: Words,
    base_url: str,
    secret: str,
) -> Event:
    row = rows[0]
    readable = any(readers[each.office_id].may_read(row.organiser_id, row.organisation_id) for each in rows)
    own_uid = row.uid if row.recurrence is None else f"{row.date_id}-{row.uid}"
    return Event(
        uid=own_uid
        if readable
        else f"{opaque_id(secret, feed.person_id, feed.thing, row.date_id)}@motesplats",
        start=row.starts_at,
        end=row.ends_at,
        timezone=row.timezone,
        summary=row.title if readable else words.busy,
        stamp=row.changed_at,
        sequence=row.sequence,
        status=STATUSES[row.status],
        location=_location([(each.resource, each.office, each.address) for each in rows])
        if readable or scope.names_resources
        else "",
        url=booking_url(row.booking_id, base_url) if readable else None,
        conference=row.meeting_url if readable else None,
    )


def _location(places: Sequence[tuple[str, str, str]]) -> str:
    """The resources, then where they are, from (resource, office, address): what a map can find."""
    resources = [resource for resource, _, _ in places]
    offices = [", ".join(filter(None, (office, address))) for _, office, address in places]
    return ", ".join(dict.fromkeys([*resources, *offices]))


def _events_of(booking: Booking, base_url: str) -> Iterable[Event]:
    standing = [date for date in booking.dates if date.status in STATUSES]
    if not standing:
        return []
    if booking.recurrence is None:
        return [_download(booking, date, base_url, uid=booking.uid) for date in standing]
    series = _series(booking, standing, base_url)
    wanted = [(date.starts_at, date.ends_at) for date in sorted(standing, key=lambda date: date.starts_at)]
    if occurrences(series) == wanted:
        return [series]
    # A rule that says other dates than those booked is worse than none.
    return [
        _download(booking, date, base_url, uid=uid_of_date(booking.uid, date.original_start_at))
        for date in standing
    ]


def _series(booking: Booking, standing: list[BookingDate], base_url: str) -> Event:
    """The booking as one recurring event, cancelled dates taken out and moved ones beside it."""
    ordered = sorted(booking.dates, key=lambda date: date.original_start_at)
    first = ordered[0]
    length = _usual_length(booking)
    moved = [
        date
        for date in standing
        if (date.starts_at, date.ends_at - date.starts_at) != (date.original_start_at, length)
    ]
    master = _download(booking, max(standing, key=lambda date: date.sequence), base_url, uid=booking.uid)
    return Event(
        uid=booking.uid,
        start=first.original_start_at,
        end=first.original_start_at + length,
        timezone=booking.timezone,
        summary=booking.title,
        stamp=max(date.changed_at for date in ordered),
        sequence=master.sequence,
        status="TENTATIVE" if all(date.status == "requested" for date in standing) else "CONFIRMED",
        location=master.location,
        url=master.url,
        conference=master.conference,
        recurrence=normal_form(booking.recurrence or ""),
        exdates=tuple(date.original_start_at for date in ordered if date.status not in STATUSES),
        overrides=tuple(_download(booking, date, base_url, uid=booking.uid, moved=True) for date in moved),
    )


def _usual_length(booking: Booking) -> timedelta:
    lengths = [date.ends_at - date.starts_at for date in booking.dates]
    return max(lengths, key=lengths.count)


def _download(booking: Booking, date: BookingDate, base_url: str, *, uid: str, moved: bool = False) -> Event:
    resources = sorted({slot.resource for slot in date.slots}, key=lambda each: (each.position, each.id))
    return Event(
        uid=uid,
        start=date.starts_at,
        end=date.ends_at,
        timezone=booking.timezone,
        summary=booking.title,
        stamp=date.changed_at,
        sequence=date.sequence,
        status=STATUSES[date.status],
        location=_location([(each.name, each.office.name, each.office.address) for each in resources]),
        url=booking_url(booking.id, base_url) if base_url else None,
        conference=booking.meeting_url,
        original_start=date.original_start_at if moved else None,
    )
