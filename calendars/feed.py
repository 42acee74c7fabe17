"""Kept VEVENT bytes joined to a calendar: a feed to subscribe to, or a single download."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import cast

from icalendar import vDuration

from calendars.event import Event, needed_zones, write_event
from calendars.lines import FOOT, HEAD, line, text_line, utc_text
from calendars.zones import is_representable, is_utc, vtimezone

CONTENT_TYPE = "text/calendar; charset=utf-8"
_duration_text = cast("Callable[[vDuration], bytes]", vDuration.to_ical)
_IN_UTC = b"\r\nDTSTART:"


def write_feed(
    *,
    name: str,
    uid: str,
    timezones: Iterable[str],
    events: Iterable[bytes],
    changed_at: datetime,
    refresh: timedelta = timedelta(hours=1),
    description: str = "",
) -> bytes:
    """A calendar to subscribe to, from bytes that `write_event` made.

    `timezones` are the IANA zones of the events; those that no event uses are left out. `changed_at`
    is when anything in the feed last changed. No METHOD: PUBLISH would demand an ORGANIZER.
    """
    zones = sorted(set(timezones))
    body = b"".join(events)
    # In small letters: vdirsyncer (0.19) takes the first "UID:" of a file for that of each of its events.
    head = [HEAD, text_line("uid", uid), line("LAST-MODIFIED", utc_text(changed_at))]
    head += [text_line("NAME", name), text_line("X-WR-CALNAME", name)]
    if description:
        head += [text_line("DESCRIPTION", description), text_line("X-WR-CALDESC", description)]
    if len(zones) == 1 and _IN_UTC not in body:
        # Some readers put times in UTC on that zone's clock, which shows an hour twice in autumn.
        head.append(line("X-WR-TIMEZONE", zones[0]))
    every = _duration_text(vDuration(refresh)).decode()
    head += [line("REFRESH-INTERVAL;VALUE=DURATION", every), line("X-PUBLISHED-TTL", every)]
    return b"".join([*head, *_zone_blocks(zones, body), body, FOOT])


def write_download(*events: Event) -> bytes:
    """Events or series as a file: without a name, which would rename people's calendars."""
    body = b"".join(map(write_event, events))
    zones = [vtimezone(zone) for zone in sorted(needed_zones(events))] if body else _zone_blocks([], body)
    return b"".join([HEAD, *zones, body, FOOT])


def _zone_blocks(zones: list[str], body: bytes) -> list[bytes]:
    """The VTIMEZONEs that the body uses.

    An empty calendar gets one all the same: a VCALENDAR needs a component, and some readers insist.
    """
    used = [zone for zone in zones if _is_used(zone, body)]
    if not body:
        used = [zone for zone in zones if not is_utc(zone) and is_representable(zone)][:1] or ["Etc/UTC"]
    return [vtimezone(zone) for zone in used]


def _is_used(zone: str, body: bytes) -> bool:
    # The line break keeps text that only looks like a property from counting; a match comes early.
    needles = [f"\r\n{name};TZID={zone}:".encode() for name in ("DTSTART", "RECURRENCE-ID")]
    return any(needle in body for needle in needles)
