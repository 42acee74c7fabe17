"""Readers that share no code with `calendars`: the intervals they find, sorted, in UTC."""

from datetime import UTC, date, datetime, time, timedelta

import icalendar
import recurring_ical_events
import vobject
import xandikos.icalendar

from tests.calendars.samples import Spans

_FIRST, _LAST = date(2026, 1, 1), date(2028, 12, 31)


def by_recurring_ical_events(ics: bytes) -> Spans:
    """As recurring-ical-events reads the file."""
    calendar = icalendar.Calendar.from_ical(ics)
    found = recurring_ical_events.of(calendar).between(_FIRST, _LAST)
    return sorted((one.start.astimezone(UTC), one.end.astimezone(UTC)) for one in found)


def by_vobject(ics: bytes, *, exact: bool) -> Spans:
    """As vobject reads the file, with its own expansion and the VTIMEZONEs of the file.

    `exact` takes a series' length as elapsed time, otherwise as difference of wall clocks: readers differ.
    """
    calendar = vobject.readOne(ics.decode())
    overrides: dict[str, set[datetime]] = {}
    for one in calendar.contents.get("vevent", []):
        if "recurrence-id" in one.contents:
            overrides.setdefault(one.uid.value, set()).add(one.recurrence_id.value.replace(tzinfo=None))
    spans: Spans = []
    for one in calendar.contents.get("vevent", []):
        start, end = one.dtstart.value, one.dtend.value
        if "rrule" not in one.contents:
            spans.append((start.astimezone(UTC), end.astimezone(UTC)))
            continue
        replaced = overrides.get(one.uid.value, set())
        for begins in one.getrruleset():
            if begins.replace(tzinfo=None) not in replaced:
                spans.append(_span(begins.replace(tzinfo=start.tzinfo), start, end, exact))
    return sorted(spans)


def by_xandikos(ics: bytes) -> Spans:
    """As the CalDAV server Xandikos expands the events, each series by itself as it keeps them.

    AssertionError where its strict validation finds fault.
    """
    calendar = icalendar.Calendar.from_ical(ics)
    assert list(xandikos.icalendar.validate_calendar(calendar, strict=True)) == []
    by_uid: dict[str, icalendar.Calendar] = {}
    for event in calendar.walk("VEVENT"):
        by_uid.setdefault(event["UID"], icalendar.Calendar()).add_component(event)
    first, last = (datetime.combine(day, time(), UTC) for day in (_FIRST, _LAST))
    spans: Spans = []
    for one in by_uid.values():
        found = xandikos.icalendar.expand_calendar_rrule(one, first, last).walk("VEVENT")
        spans += [(each.start.astimezone(UTC), each.end.astimezone(UTC)) for each in found]
    return sorted(spans)


def _span(begins: datetime, start: datetime, end: datetime, exact: bool) -> tuple[datetime, datetime]:
    length: timedelta = end.astimezone(UTC) - start.astimezone(UTC)
    if exact:
        return begins.astimezone(UTC), begins.astimezone(UTC) + length
    wall_length = end.replace(tzinfo=None) - start.replace(tzinfo=None)
    return begins.astimezone(UTC), (begins + wall_length).astimezone(UTC)
