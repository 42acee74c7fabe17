"""A small, bounded reader: other people's .ics files as `Event`.

All-day and floating times are taken in the zone the caller names. Cancelled events are left out, a
cancelled date of a series becomes an exdate. Of two versions of the same date the one with the higher
SEQUENCE wins, then the later DTSTAMP.
"""

import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from icalendar import Calendar
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from calendars.record import Event, instant
from calendars.zones import ZoneError, zone

MAX_BYTES = 1_000_000
_LONGEST_NAME = 3  # America/Argentina/Buenos_Aires
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class ReadError(ValueError):
    """The file is too large or cannot be understood; `args[0]` says why."""


def read(ics: bytes, *, timezone: str = "UTC") -> list[Event]:
    """The live events of a file, series with their overrides and exdates.

    `timezone` (IANA) is used for times without a zone. Raises `ReadError`.
    """
    with as_read_errors():
        found = [component for calendar in calendars_in(ics) for component in calendar.walk("VEVENT")]
        return events_of(found, timezone)


class TooLarge(ReadError):
    """The file has more bytes than are read."""


def calendars_in(ics: bytes, most: int = MAX_BYTES) -> list[Any]:
    """The VCALENDARs of a file of so many bytes at most, as the library has them. `TooLarge`."""
    if len(ics) > most:
        raise TooLarge(f"more than {most} bytes")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        calendars: list[Any] = Calendar.from_ical(ics, multiple=True)
    if not calendars:
        raise ReadError("no whole VCALENDAR in it")
    return calendars


def events_of(found: Iterable[Any], timezone: str) -> list[Event]:
    """The live ones of these VEVENTs, each series as one."""
    newest = _newest(_Entry(component, timezone) for component in found)
    return [event for entries in newest.values() for event in _joined(entries)]


@contextmanager
def as_read_errors() -> Iterator[None]:
    """Whatever the library stumbles over, for it says so in many ways."""
    try:
        yield
    except ReadError:
        raise
    except (
        ValueError,
        KeyError,
        IndexError,
        TypeError,
        AttributeError,
        OverflowError,
        RecursionError,
    ) as error:
        raise ReadError(f"not a calendar that can be read: {error}") from error


def iana_name(tzid: str) -> str | None:
    """The IANA zone that a TZID means: itself, a Windows name, or one behind a vendor's prefix."""
    parts = tzid.strip("/").split("/")[-_LONGEST_NAME:]
    names = [WINDOWS_TO_OLSON.get(tzid, ""), *("/".join(parts[i:]) for i in range(len(parts)))]
    for name in filter(None, names):
        try:
            return zone(name).key
        except ZoneError:
            continue
    return None


def aware(value: date, tzid: str | None, fallback: str) -> datetime:
    """The value in its zone; the library's own zone objects may come from the file itself."""
    if not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day, tzinfo=zone(fallback))
    name = iana_name(tzid) if tzid else None
    if name is not None:
        return value.replace(tzinfo=zone(name))
    return value if value.tzinfo else value.replace(tzinfo=zone(fallback))


class _Entry:
    """One VEVENT, read."""

    def __init__(self, component: Any, timezone: str) -> None:
        self.component = component  # the library types every property as the union of all
        self.fallback = timezone
        self.uid = str(component.get("UID", ""))
        self.sequence = int(component.get("SEQUENCE", 0))
        self.stamp = self._at("DTSTAMP") or LONG_AGO
        self.original_start = self._at("RECURRENCE-ID")
        self.is_cancelled = str(component.get("STATUS", "")).upper() == "CANCELLED"

    @property
    def rank(self) -> tuple[int, datetime]:
        return self.sequence, self.stamp

    def event(self) -> Event:
        start = self._at("DTSTART")
        if start is None:
            raise ReadError(f"event {self.uid!r} has no DTSTART")
        tentative = str(self.component.get("STATUS", "")).upper() == "TENTATIVE"
        url = self.component.get("URL")
        return Event(
            uid=self.uid,
            start=start,
            end=self._end(start),
            timezone=self._zone_name("DTSTART"),
            summary=self._text("SUMMARY"),
            stamp=self.stamp,
            sequence=self.sequence,
            status="TENTATIVE" if tentative else "CONFIRMED",
            location=self._text("LOCATION"),
            description=self._text("DESCRIPTION"),
            url=str(url) if url else None,
            recurrence=self._rule(),
            exdates=tuple(self._exdates()),
            original_start=self.original_start,
            busy=str(self.component.get("TRANSP", "")).upper() != "TRANSPARENT",
            categories=tuple(str(category) for category in self.component.categories),
        )

    def _text(self, name: str) -> str:
        return "\n".join(str(text) for text in _all(self.component.get(name)))

    def _rule(self) -> str | None:
        rules = _all(self.component.get("RRULE"))
        return rules[0].to_ical().decode() if rules else None

    def _end(self, start: datetime) -> datetime:
        """DTEND, or what stands for it; a moment without length lasts a minute."""
        first = self.component["DTSTART"].dt
        end = self._at("DTEND")
        if end is None and "DURATION" in self.component:
            end = instant(start) + timedelta(seconds=self.component["DURATION"].dt.total_seconds())
        if end is None and not isinstance(first, datetime):
            end = aware(first + timedelta(days=1), None, self.fallback)
        return max(end or start, instant(start) + timedelta(minutes=1), key=instant)

    def _exdates(self) -> Iterable[datetime]:
        for dates in _all(self.component.get("EXDATE")):
            for one in dates.dts:
                yield aware(one.dt, dates.params.get("TZID"), self.fallback)

    def _at(self, name: str) -> datetime | None:
        prop = self.component.get(name)
        return None if prop is None else aware(prop.dt, prop.params.get("TZID"), self.fallback)

    def _zone_name(self, name: str) -> str:
        prop = self.component[name]
        if tzid := prop.params.get("TZID"):
            return iana_name(tzid) or "UTC"
        in_utc = isinstance(prop.dt, datetime) and prop.dt.tzinfo is not None
        return "UTC" if in_utc else self.fallback


def _all(value: Any) -> list[Any]:
    """A property's values: the library gives one, or a list where the property is repeated."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _newest(entries: Iterable[_Entry]) -> dict[str, list[_Entry]]:
    """The newest version of each date, by UID."""
    newest: dict[tuple[str, datetime | None], _Entry] = {}
    for entry in entries:
        key = entry.uid, entry.original_start and instant(entry.original_start)
        if key not in newest or newest[key].rank <= entry.rank:
            newest[key] = entry
    by_uid: dict[str, list[_Entry]] = {}
    for (uid, _), entry in newest.items():
        by_uid.setdefault(uid, []).append(entry)
    return by_uid


def _joined(entries: list[_Entry]) -> list[Event]:
    """Master and its dates as one event; dates without a master as they are."""
    masters = [entry for entry in entries if entry.original_start is None]
    dates = [entry for entry in entries if entry.original_start is not None]
    live = [entry.event() for entry in dates if not entry.is_cancelled]
    if not masters or masters[0].is_cancelled:
        return [] if masters else live
    event = masters[0].event()
    cancelled = tuple(e.original_start for e in dates if e.is_cancelled and e.original_start)
    return [replace(event, exdates=event.exdates + cancelled, overrides=tuple(live))]
