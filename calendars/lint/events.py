"""Rules for each VEVENT by itself, and for their identities together."""

import re
from collections.abc import Iterator

from calendars.lint.content import Property
from calendars.lint.defect import Defect, Kind
from calendars.lint.times import Moment, moment, moments
from calendars.lint.tree import Component

_TIMES = ("DTSTART", "DTEND", "DTSTAMP", "LAST-MODIFIED", "CREATED", "RECURRENCE-ID", "EXDATE")
_STATUSES = {"TENTATIVE", "CONFIRMED", "CANCELLED"}
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S")
_FREE = {"FREE", "WORKINGELSEWHERE"}


def check_events(calendar: Component, kind: Kind) -> Iterator[Defect]:
    """Every event of the calendar."""
    seen: set[tuple[str, str]] = set()
    for event in calendar.children("VEVENT"):
        identity = event.value("UID"), _identity(event)
        if identity in seen:
            yield Defect(event.line, "event-duplicate", " ".join(identity).strip())
        seen.add(identity)
        yield from _check_properties(event)
        yield from _check_times(event)
        yield from _check_status(event, kind)
        yield from _check_addresses(event)


def _identity(event: Component) -> str:
    original = moment(event.get("RECURRENCE-ID"))
    return f"{original.at:%Y%m%dT%H%M%SZ}" if original else event.value("RECURRENCE-ID")


def _check_properties(event: Component) -> Iterator[Defect]:
    if not event.value("UID"):
        yield Defect(event.line, "event-uid", "no UID")
    stamp = moment(event.get("DTSTAMP"))
    if stamp is None or stamp.form != "utc":
        yield Defect(event.line, "event-stamp", event.value("DTSTAMP") or "no DTSTAMP")
    if not event.value("SEQUENCE").isdigit():
        yield Defect(event.line, "event-sequence", event.value("SEQUENCE") or "no SEQUENCE")


def _check_times(event: Component) -> Iterator[Defect]:
    for prop in event.properties:
        if prop.name in _TIMES:
            yield from _check_time(prop)
    if not event.get("DTSTART"):
        yield Defect(event.line, "event-start", "no DTSTART")
        return
    start, end = moment(event.get("DTSTART")), moment(event.get("DTEND"))
    ends = len(event.all("DTEND")) + len(event.all("DURATION"))
    if ends > 1:
        yield Defect(event.line, "event-end", f"{ends} ends")
    elif ends == 0 and not (start is not None and start.form == "date"):
        yield Defect(event.line, "event-no-end", "neither DTEND nor DURATION")
    if start is not None and end is not None:
        yield from _check_span(start, end)


def _check_time(prop: Property) -> Iterator[Defect]:
    try:
        found = moments(prop)
    except ValueError:
        yield Defect(prop.line, "bad-time", f"{prop.name}:{prop.value[:40]}")
        return
    if any(time.form == "floating" for time in found):
        yield Defect(prop.line, "floating-time", prop.value[:40])
    if not all(time.is_plain for time in found):
        yield Defect(prop.line, "unsure-time", f"{prop.value} in {prop.parameter('TZID')}")


def _check_span(start: Moment, end: Moment) -> Iterator[Defect]:
    if start.form != end.form:
        yield Defect(end.line, "time-types", f"{start.form} to {end.form}")
    elif end.at <= start.at:
        yield Defect(end.line, "event-end", "not after the start")


def _check_status(event: Component, kind: Kind) -> Iterator[Defect]:
    status = event.get("STATUS")
    if status is None and kind != "message":
        yield Defect(event.line, "event-no-status", "no STATUS")
    if status and status.value not in _STATUSES:
        yield Defect(status.line, "event-status", status.value)
    if status and status.value == "CANCELLED" and kind == "feed":
        yield Defect(status.line, "cancelled-in-feed", event.value("UID"))
    busy, shown = event.value("X-MICROSOFT-CDO-BUSYSTATUS"), event.value("TRANSP") or "OPAQUE"
    if busy and (busy in _FREE) != (shown == "TRANSPARENT"):
        yield Defect(event.line, "busy-disagrees", f"{shown} and {busy}")


def _check_addresses(event: Component) -> Iterator[Defect]:
    for prop in (*event.all("ORGANIZER"), *event.all("ATTENDEE")):
        sent_by = prop.parameter("SENT-BY") or "mailto:"
        if not all(address.lower().startswith("mailto:") for address in (prop.value, sent_by)):
            yield Defect(prop.line, "address", f"{prop.name}:{prop.value[:50]}")
    for prop in event.all("CONFERENCE"):
        if prop.parameter("VALUE") != "URI" or not _URI.match(prop.value):
            yield Defect(prop.line, "conference", prop.value[:50])
