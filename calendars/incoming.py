"""Calendar messages that come by mail: what they ask, about which meeting, and from whom."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from calendars.read import LONG_AGO, ReadError, as_read_errors, aware, calendars_in, events_of
from calendars.record import Event, instant

MAX_BYTES = 200_000  # an invitation; a whole calendar comes another way
MOST_EVENTS = 500


@dataclass(frozen=True)
class Party:
    """A person named in a message: lower-case address without `mailto:`, and what they answer."""

    address: str
    partstat: str = "NEEDS-ACTION"


@dataclass(frozen=True)
class Incoming:
    """One message (RFC 5546) about one UID.

    `event` is a single event, or a series with its overrides and exdates; None where all that the message
    speaks of is cancelled. `originals`: the original starts that it speaks of by RECURRENCE-ID; `whole`:
    whether it speaks of the meeting as a whole too.
    """

    method: str
    uid: str
    sequence: int
    stamp: datetime
    organizer: str
    attendees: tuple[Party, ...]
    summary: str
    event: Event | None
    originals: tuple[datetime, ...]
    whole: bool


def parse_message(ics: bytes, *, timezone: str) -> Incoming:
    """The message. `timezone` (IANA) is for times without a zone. Raises `TooLarge`, `ReadError`."""
    with as_read_errors():
        (calendar,) = calendars_in(ics, MAX_BYTES)
        return _incoming(calendar, timezone)


def _incoming(calendar: Any, timezone: str) -> Incoming:
    found = calendar.walk("VEVENT")
    uids = {str(each.get("UID", "")) for each in found}
    if not found or len(found) > MOST_EVENTS or len(uids) != 1 or "" in uids:
        raise ReadError("a message is about one meeting")
    events = events_of(found, timezone)
    if len(events) > 1:
        raise ReadError("a message is about one meeting")
    first = next((each for each in found if "RECURRENCE-ID" not in each), found[0])
    starts = [_instant(each["RECURRENCE-ID"], timezone) for each in found if "RECURRENCE-ID" in each]
    stamps = [_instant(each["DTSTAMP"], "UTC") for each in found if "DTSTAMP" in each]
    return Incoming(
        method=str(calendar.get("METHOD", "")).upper(),
        uid=uids.pop(),
        sequence=max(int(each.get("SEQUENCE", 0)) for each in found),
        stamp=max(stamps, default=LONG_AGO),
        organizer=_address(first.get("ORGANIZER", "")),
        attendees=tuple(_parties(first)),
        summary=" ".join(str(first.get("SUMMARY", "")).split()),
        event=events[0] if events else None,
        originals=tuple(starts),
        whole=any("RECURRENCE-ID" not in each for each in found),
    )


def _parties(event: Any) -> Iterator[Party]:
    named = event.get("ATTENDEE", [])
    for each in named if isinstance(named, list) else [named]:
        yield Party(_address(each), str(each.params.get("PARTSTAT", "NEEDS-ACTION")).upper())


def _address(value: object) -> str:
    text = str(value).strip()
    return (text[7:] if text.lower().startswith("mailto:") else text).strip().lower()


def _instant(prop: Any, timezone: str) -> datetime:
    return instant(aware(prop.dt, prop.params.get("TZID"), timezone))
