"""Kept VEVENT bytes joined to a calendar: a feed to subscribe to, or a single download."""

import re
from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta
from typing import NotRequired, TypedDict, Unpack, cast

from icalendar import vDuration

from calendars.event import Event, needed_zones, write_event
from calendars.lines import FOOT, HEAD, line, text_line, utc_text
from calendars.zones import is_representable, is_utc, vtimezone

CONTENT_TYPE = "text/calendar; charset=utf-8"
IN_UTC = ""
_TIME = re.compile(rb"\r\n(DTSTART|RECURRENCE-ID)(?:;TZID=([^:\r]+))?:")
_duration_text = cast("Callable[[vDuration], bytes]", vDuration.to_ical)


class Head(TypedDict):
    """What a feed says of itself. `changed_at`: when anything in it last changed."""

    name: str
    uid: str
    changed_at: datetime
    refresh: NotRequired[timedelta]
    description: NotRequired[str]


def write_head(*, used: Collection[str] | None, timezones: Iterable[str], **head: Unpack[Head]) -> bytes:
    """What stands before the events of a feed: its name, and the zones they use.

    `timezones` are the IANA zones of the events; those that no event uses are left out. `used` is what
    `zones_in` finds in all of them, None where there is none. No METHOD: PUBLISH would demand an ORGANIZER.
    """
    zones = sorted(set(timezones))
    name, description = head["name"], head.get("description", "")
    # In small letters: vdirsyncer (0.19) takes the first "UID:" of a file for that of each of its events.
    lines = [HEAD, text_line("uid", head["uid"]), line("LAST-MODIFIED", utc_text(head["changed_at"]))]
    lines += [text_line("NAME", name), text_line("X-WR-CALNAME", name)]
    if description:
        lines += [text_line("DESCRIPTION", description), text_line("X-WR-CALDESC", description)]
    if len(zones) == 1 and IN_UTC not in (used or ()):
        # Some readers put times in UTC on that zone's clock, which shows an hour twice in autumn.
        lines.append(line("X-WR-TIMEZONE", zones[0]))
    every = _duration_text(vDuration(head.get("refresh", timedelta(hours=1)))).decode()
    lines += [line("REFRESH-INTERVAL;VALUE=DURATION", every), line("X-PUBLISHED-TTL", every)]
    return b"".join([*lines, *_zone_blocks(zones, used)])


def zones_in(events: bytes) -> frozenset[str]:
    """The zones in which written events begin or were to begin, and `IN_UTC` where one begins in UTC."""
    # The line break keeps text that only looks like a property from counting.
    found = {(name, zone) for name, zone in _TIME.findall(events)}
    return frozenset(zone.decode() for name, zone in found if zone or name == b"DTSTART")


def write_download(*events: Event) -> bytes:
    """Events or series as a file: without a name, which would rename people's calendars."""
    body = b"".join(map(write_event, events))
    zones = [vtimezone(zone) for zone in sorted(needed_zones(events))] if body else _zone_blocks([], None)
    return b"".join([HEAD, *zones, body, FOOT])


def _zone_blocks(zones: list[str], used: Collection[str] | None) -> list[bytes]:
    """The VTIMEZONEs that the events use.

    An empty calendar gets one all the same: a VCALENDAR needs a component, and some readers insist.
    """
    if used is None:
        named = [zone for zone in zones if not is_utc(zone) and is_representable(zone)][:1] or ["Etc/UTC"]
    else:
        named = [zone for zone in zones if zone in used]
    return [vtimezone(zone) for zone in named]
