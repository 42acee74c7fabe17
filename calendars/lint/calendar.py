"""Rules for the VCALENDAR itself."""

import re
from collections import Counter
from collections.abc import Iterator

from calendars.lint.defect import Defect, Kind
from calendars.lint.times import moment
from calendars.lint.tree import Component

_DURATION = re.compile(r"P(?:\d+W|\d+D(?:T(?:\d+H)?(?:\d+M)?(?:\d+S)?)?|T(?:\d+H)?(?:\d+M)?(?:\d+S)?)")
_FEED_ONLY = ("NAME", "X-WR-CALNAME", "REFRESH-INTERVAL", "X-PUBLISHED-TTL")
_ONCE = {
    "VCALENDAR": {"VERSION", "PRODID", "CALSCALE", "METHOD", "UID", "LAST-MODIFIED", "REFRESH-INTERVAL"}
    | {"X-WR-CALNAME", "X-WR-CALDESC", "X-WR-TIMEZONE", "X-PUBLISHED-TTL"},
    "VEVENT": {"UID", "DTSTAMP", "DTSTART", "DTEND", "DURATION", "SEQUENCE", "STATUS", "SUMMARY"}
    | {"LOCATION", "DESCRIPTION", "URL", "TRANSP", "CLASS", "CREATED", "LAST-MODIFIED", "ORGANIZER"}
    | {"RECURRENCE-ID", "RRULE", "PRIORITY", "X-MICROSOFT-CDO-BUSYSTATUS"},
}


def kind_of(calendar: Component) -> Kind:
    """What the file looks like, where the caller does not say."""
    several = len({event.value("UID") for event in calendar.children("VEVENT")}) > 1
    if any(calendar.get(name) for name in _FEED_ONLY) or (several and not calendar.get("METHOD")):
        return "feed"
    return "message" if calendar.get("METHOD") else "download"


def check_file(root: Component) -> Iterator[Defect]:
    """Exactly one VCALENDAR, and nothing beside it."""
    calendars = root.children("VCALENDAR")
    beside = [prop.line for prop in root.properties]
    beside += [component.line for component in root.components if component.name != "VCALENDAR"]
    if len(calendars) != 1 or beside:
        line = min(beside, default=1)
        yield Defect(line, "calendar-count", f"{len(calendars)} calendars, {len(beside)} things beside")


def check_calendar(calendar: Component, kind: Kind) -> Iterator[Defect]:
    """The properties of the calendar."""
    if [p.value for p in calendar.all("VERSION")] != ["2.0"]:
        yield Defect(calendar.line, "version", calendar.value("VERSION") or "no VERSION")
    if not calendar.value("PRODID"):
        yield Defect(calendar.line, "prodid", "no PRODID")
    if not calendar.components:
        yield Defect(calendar.line, "empty-calendar", "no component")
    for component in calendar.walk():
        yield from _repeated(component)
    yield from _check_feed(calendar) if kind == "feed" else _check_single(calendar)


def _repeated(component: Component) -> Iterator[Defect]:
    once = _ONCE.get(component.name, set())
    for name, times in Counter(p.name for p in component.properties).items():
        if name in once and times > 1:
            yield Defect(component.line, "repeated-property", f"{name}, {times} times")


def _check_feed(calendar: Component) -> Iterator[Defect]:
    if not calendar.value("NAME") or calendar.value("NAME") != calendar.value("X-WR-CALNAME"):
        yield Defect(calendar.line, "calendar-name", "NAME and X-WR-CALNAME")
    interval = calendar.get("REFRESH-INTERVAL")
    has_type = interval is not None and interval.parameter("VALUE") == "DURATION"
    duration = calendar.value("REFRESH-INTERVAL")
    agrees = duration == calendar.value("X-PUBLISHED-TTL")
    if not (has_type and agrees and _DURATION.fullmatch(duration)):
        yield Defect(interval.line if interval else calendar.line, "refresh", duration or "missing")
    if not calendar.value("UID"):
        yield Defect(calendar.line, "calendar-uid", "no UID")
    changed_at = moment(calendar.get("LAST-MODIFIED"))
    if changed_at is None or changed_at.form != "utc":
        yield Defect(calendar.line, "calendar-last-modified", "no LAST-MODIFIED in UTC")
    if method := calendar.get("METHOD"):
        yield Defect(method.line, "method-in-feed", method.value)


def _check_single(calendar: Component) -> Iterator[Defect]:
    for name in ("NAME", "X-WR-CALNAME"):
        if prop := calendar.get(name):
            yield Defect(prop.line, "name-in-download", name)
