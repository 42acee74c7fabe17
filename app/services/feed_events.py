"""What stands in a feed, as far as its owner may read it, and one booking as a file."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select

from app.domain.interval import Interval
from app.domain.policy import UNTITLED
from app.extensions import db
from app.models import Booking, BookingDate, Office, Person, Resource, Slot
from app.models.booking import LONGEST_USE
from app.services.audience import PUBLIC, Reader, reader_of
from app.services.columns import seconds
from app.services.composites import leaves_of
from app.services.directory import directory
from app.services.feed_pieces import Piece, Pieces
from app.services.feed_series import STATUSES, Date, Facts, series_event
from app.services.feeds import BUSY, MINE, Feed, day_of, opaque_id, window_of
from app.services.place_names import name_of, with_office
from app.services.serializers import booking_url
from calendars.event import Event, uid_of_date, write_event
from calendars.feed import write_download, write_head, zones_in

Found = Row[*tuple[Any, ...]]
BELONGING = {
    "resource": Slot.resource_id,
    "person": Booking.organiser_id,
    "organisation": Booking.organisation_id,
}
MOST_NAMED = 500  # in one IN (…)


@dataclass(frozen=True, slots=True)
class Words:
    """What a feed says in its reader's language: of a booking that is not theirs, or that nobody called
    anything, and as its own name."""

    busy: str
    mine: str
    untitled: str = UNTITLED
    kinds: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Scope:
    """What belongs in a feed, and how it is told."""

    name: str
    timezones: tuple[str, ...]
    counted: str
    """Whose bookings they are, and whose change counters rise with them: see `BELONGING`."""
    counted_ids: Sequence[int]
    names_resources: bool
    """Whether everybody may read which resource it is."""
    has_series: bool
    """Whether a series is one event; else each of its dates is one."""
    readers: Mapping[int, Reader]
    """As whom its owner reads, by office."""

    @property
    def belongs(self) -> ColumnElement[bool]:
        """What is in it."""
        return BELONGING[self.counted].in_(self.counted_ids)


def telling_of(
    feed: Feed, words: Words, *, whole: bool, base_url: str, secret: str, now: datetime
) -> "Telling":
    """What it takes to write a feed, or a part of it: what is in its window unless `whole`.

    A series with a date in that time stands there with all its dates.
    """
    within = None if whole else window_of(feed.thing, day_of(now))
    return Telling(feed, _scope(feed, words), words, base_url, secret, within)


def booking_ics(booking: Booking, *, base_url: str = "") -> bytes:
    """A booking as a file, for somebody who may read it: every date that still stands, a series as one.

    Without an event where no date stands.
    """
    return write_download(*_events_of(booking, base_url))


def _scope(feed: Feed, words: Words) -> _Scope:
    kind, *slugs = feed.thing.split(":")
    known = directory()
    owner = db.session.get_one(Person, feed.person_id) if feed.person_id is not None else None
    readers = {each.id: reader_of(each, owner) if owner else PUBLIC for each in known.offices.values()}
    match kind:
        case "resource" | "busy":
            resource = known.resources[slugs[0]]
            office = known.office_of(resource)
            return _Scope(
                name=name_of(resource, office),
                timezones=(office.timezone,),
                counted="resource",
                counted_ids=[leaf.id for leaf in leaves_of(resource)],
                names_resources=False,
                has_series=kind != BUSY,
                readers=readers,
            )
        case "office" | "kind":
            office, kinds = known.offices[slugs[0]], slugs[1:]
            of_office = [each for each in known.resources.values() if each.office_id == office.id]
            return _Scope(
                name=with_office(words.kinds.get(kinds[0], kinds[0]), office) if kinds else office.name,
                timezones=(office.timezone,),
                counted="resource",
                counted_ids=[each.id for each in of_office if not kinds or each.kind in kinds],
                names_resources=True,
                has_series=False,
                readers=readers,
            )
        case "organisation":
            organisation = known.organisations[slugs[0]]
            return _Scope(organisation.name, (), "organisation", [organisation.id], True, True, readers)
    if feed.thing == MINE and feed.person_id is not None:
        return _Scope(words.mine, (), "person", [feed.person_id], True, True, readers)
    raise ValueError(f"no feed of {feed.thing}")


def _query() -> Select[*tuple[Any, ...]]:
    columns = (
        BookingDate.id.label("date_id"),
        BookingDate.original_start_at,
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
        Booking.version,
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


def _within(time: Interval) -> tuple[ColumnElement[bool], ...]:
    return (
        Slot.starts_at < time.end,
        Slot.starts_at > time.start - LONGEST_USE,
        Slot.ends_at > time.start,
    )


def _dates(query: Select[*tuple[Any, ...]], within: Interval | None) -> list[list[Found]]:
    """The rows of each date: one for every resource that it holds."""
    if within:
        query = query.where(*_within(within))
    return [list(rows) for _, rows in groupby(db.session.execute(query), key=lambda row: row.date_id)]


@dataclass(frozen=True, slots=True)
class Telling:
    """Tells dates to one reader as events."""

    feed: Feed
    scope: _Scope
    words: Words
    base_url: str
    secret: str
    within: Interval | None

    def pieces(self, booking_ids: Collection[int] | None = None) -> Iterator[Piece]:
        """The events of the feed as bytes, in their order; of these bookings, or of all."""
        query = _query().where(self.scope.belongs)
        if booking_ids is not None:
            query = query.where(Booking.id.in_(booking_ids))
        for row, event in self._events(_dates(query, self.within)):
            written = write_event(event)
            zones = (event.timezone, *sorted(zones_in(written)))
            yield Piece(seconds(row.starts_at), row.date_id, row.booking_id, zones, written)

    def booked_between(self, one: date, other: date) -> set[int]:
        """The bookings that are in the window of one of these days and perhaps not in that of the other."""
        before, after = (window_of(self.feed.thing, day) for day in sorted((one, other)))
        found: set[int] = set()
        for edge in (Interval(before.start, after.start), Interval(before.end, after.end)):
            query = _query().where(self.scope.belongs, *_within(edge)).with_only_columns(Booking.id)
            found.update(db.session.scalars(query.order_by(None).distinct()))
        return found

    def head(self, pieces: Pieces) -> bytes:
        """What stands before all of them."""
        found = list(pieces.zones_of())
        return write_head(
            name=self.scope.name,
            uid=opaque_id(self.secret, "calendar", self.feed.person_id, self.feed.thing),
            timezones={*self.scope.timezones, *(zone for zone, *_ in found)},
            used={zone for _, *used in found for zone in used} if found else None,
            changed_at=self.feed.changed_at,
        )

    def _events(self, dates: Sequence[list[Found]]) -> Iterator[tuple[Found, Event]]:
        """A series where its first date is, everything else date by date."""
        readable = [self._may_read(rows) for rows in dates]
        series = self._series(dates, readable) if self.scope.has_series else {}
        told: set[int] = set()
        for rows, may_read in zip(dates, readable, strict=True):
            row = rows[0]
            event = series.get(row.booking_id) if may_read else None
            if event is None:
                yield row, self._date(rows, may_read)
            elif row.booking_id not in told:
                told.add(row.booking_id)
                yield row, event

    def _may_read(self, rows: Iterable[Found]) -> bool:
        readers = self.scope.readers
        return self.feed.thing.partition(":")[0] != BUSY and any(
            readers[each.office_id].may_read(each.organiser_id, each.organisation_id) for each in rows
        )

    def _series(self, shown: Sequence[list[Found]], readable: Sequence[bool]) -> Mapping[int, Event]:
        """The bookings that can be told as one event, with all their dates, in the window or not."""
        told = (rows[0] for rows, may_read in zip(shown, readable, strict=True) if may_read)
        stamps = _stamps({row.booking_id for row in told if row.recurrence})
        found: dict[int, list[list[Found]]] = {}
        for named in _in_parts(stamps):
            for rows in _dates(_query().where(self.scope.belongs, Booking.id.in_(named)), None):
                found.setdefault(rows[0].booking_id, []).append(rows)
        events = {}
        for booking_id, dates in found.items():
            # Who may read one date and not another reads them one by one.
            if all(self._may_read(rows) for rows in dates):
                url = booking_url(booking_id, self.base_url)
                facts = facts_of(dates[0][0], stamps[booking_id], url)
                events[booking_id] = series_event(facts, [_told(rows[0], _place(rows)) for rows in dates])
        return {booking_id: event for booking_id, event in events.items() if event}

    def _called(self, title: str) -> str:
        return self.words.untitled if title == UNTITLED else title

    def _date(self, rows: list[Found], readable: bool) -> Event:
        row = rows[0]
        return Event(
            uid=self._uid(row, readable),
            start=row.starts_at,
            end=row.ends_at,
            timezone=row.timezone,
            summary=self._called(row.title) if readable else self.words.busy,
            stamp=row.changed_at,
            sequence=row.sequence,
            status=STATUSES[row.status],
            location=_place(rows) if readable or self.scope.names_resources else "",
            url=booking_url(row.booking_id, self.base_url) if readable else None,
            conference=row.meeting_url if readable else None,
        )

    def _uid(self, row: Found, readable: bool) -> str:
        if readable and row.recurrence is None:
            return str(row.uid)
        # A date of a series keeps its own for ever, also where the series is parted in two.
        whose = ("date",) if readable else (self.feed.person_id, self.feed.thing)
        return f"{opaque_id(self.secret, *whose, row.date_id)}@motesplats"


def _stamps(booking_ids: Iterable[int]) -> dict[int, datetime]:
    """When anything of each booking last changed; also what went over to a booking that continues it."""
    stamps: dict[int, datetime] = {}
    for named in _in_parts(booking_ids):
        latest = select(BookingDate.booking_id, func.max(BookingDate.changed_at))
        own = latest.where(BookingDate.booking_id.in_(named)).group_by(BookingDate.booking_id)
        of_later = select(Booking.continues_id, func.max(BookingDate.changed_at)).join(Booking.dates)
        gone_over = of_later.where(Booking.continues_id.in_(named)).group_by(Booking.continues_id)
        for booking_id, at in (*db.session.execute(own), *db.session.execute(gone_over)):
            stamps[booking_id] = max(at, stamps.get(booking_id, at))
    return stamps


def _in_parts(ids: Iterable[int]) -> Iterator[list[int]]:
    ordered = sorted(ids)
    for first in range(0, len(ordered), MOST_NAMED):
        yield ordered[first : first + MOST_NAMED]


def facts_of(series: Any, stamp: datetime, url: str | None) -> Facts:
    """Of a booking, or of a row of one of its dates."""
    return Facts(
        uid=series.uid,
        title=series.title,
        timezone=series.timezone,
        recurrence=series.recurrence,
        version=series.version,
        stamp=stamp,
        url=url,
        conference=series.meeting_url,
    )


def _told(date: Any, location: str) -> Date:
    """Of a date, or of a row of it."""
    return Date(
        date.original_start_at,
        date.starts_at,
        date.ends_at,
        STATUSES[date.status],
        date.sequence,
        location,
    )


def _place(rows: Iterable[Found]) -> str:
    return _location([(each.resource, each.office, each.address) for each in rows])


def _location(places: Sequence[tuple[str, str, str]]) -> str:
    """The resources, then where they are, from (resource, office, address): what a map can find."""
    resources = [resource for resource, _, _ in places]
    offices = [", ".join(filter(None, (office, address))) for _, office, address in places]
    return ", ".join(dict.fromkeys([*resources, *offices]))


def _events_of(booking: Booking, base_url: str) -> list[Event]:
    url = booking_url(booking.id, base_url) if base_url else None
    standing = [date for date in booking.dates if date.status in STATUSES]
    if booking.recurrence is None or not standing:
        return [_download(booking, date, url, booking.uid) for date in standing]
    facts = facts_of(booking, _stamps([booking.id])[booking.id], url)
    series = series_event(facts, [_told(date, location_of(date)) for date in standing])
    if series:
        return [series]
    uids = {date.id: uid_of_date(booking.uid, date.original_start_at) for date in standing}
    return [_download(booking, date, url, uids[date.id]) for date in standing]


def _download(booking: Booking, date: BookingDate, url: str | None, uid: str) -> Event:
    return Event(
        uid=uid,
        start=date.starts_at,
        end=date.ends_at,
        timezone=booking.timezone,
        summary=booking.title,
        stamp=date.changed_at,
        sequence=date.sequence,
        status=STATUSES[date.status],
        location=location_of(date),
        url=url,
        conference=booking.meeting_url,
    )


def location_of(date: BookingDate) -> str:
    """What a date holds, and where that is."""
    resources = sorted({slot.resource for slot in date.slots}, key=lambda each: (each.position, each.id))
    return _location([(each.name, each.office.name, each.office.address) for each in resources])
