"""An event as the bytes of its VEVENTs: made when it changes, kept, and joined by `feed`."""

from collections.abc import Iterable, Iterator

from calendars.lines import clean, escape, line, text_line, utc_text
from calendars.record import Event, uid_of_date
from calendars.series import ClockTime, Part, needed_zones, occurrences, outlook_safe, parts, rule_dates

__all__ = [
    "Event",
    "needed_zones",
    "occurrences",
    "outlook_safe",
    "rule_dates",
    "uid_of_date",
    "write_event",
    "write_part",
]


def write_event(event: Event) -> bytes:
    """The VEVENT blocks of an event: CRLF, folded, the same bytes for the same event.

    Empty for a series whose every date is cancelled. Raises `RuleError` and `UnknownZone` as
    `series.parts` does.
    """
    return b"".join(map(write_part, parts(event)))


def write_part(part: Part, parties: Iterable[bytes] = (), *, cancelled: bool = False) -> bytes:
    """One VEVENT block. `parties` are the lines of a message's organizer and attendees.

    A cancelled one says no more than that: Outlook shows any that is said to be busy as if it stood.
    """
    return b"".join(_lines(part, parties, cancelled))


def _lines(part: Part, parties: Iterable[bytes], cancelled: bool) -> Iterator[bytes]:
    event = part.event
    yield b"BEGIN:VEVENT\r\n"
    yield text_line("UID", part.uid)
    if part.recurrence_id:
        yield _time_line("RECURRENCE-ID", part.recurrence_id)
    stamp = utc_text(event.stamp)
    yield line("DTSTAMP", stamp)
    yield line("LAST-MODIFIED", stamp)
    yield line("SEQUENCE", str(event.sequence))
    yield _time_line("DTSTART", part.start)
    yield _time_line("DTEND", part.end)
    if part.rule:
        yield line("RRULE", str(part.rule))
    for exdate in part.exdates:
        yield _time_line("EXDATE", exdate)
    yield from parties
    yield from _words(event)
    yield from [line("STATUS", "CANCELLED")] if cancelled else _busy_lines(event)
    yield b"END:VEVENT\r\n"


def _words(event: Event) -> Iterator[bytes]:
    yield text_line("SUMMARY", event.summary)
    if event.location:
        yield text_line("LOCATION", event.location)
    conference = _address(event.conference or "")
    # Many readers know no CONFERENCE, but make a link of what stands in the description.
    if said := "\n".join(filter(None, (event.description, conference))):
        yield text_line("DESCRIPTION", said)
    if event.url:
        yield line("URL", _address(event.url))
    if conference:
        yield line("CONFERENCE;VALUE=URI;FEATURE=VIDEO", conference)
    if event.categories:
        yield line("CATEGORIES", ",".join(escape(category) for category in event.categories))


def _address(url: str) -> str:
    return "".join(clean(url).split())


def _busy_lines(event: Event) -> Iterator[bytes]:
    yield line("STATUS", event.status)
    yield line("TRANSP", "OPAQUE" if event.busy else "TRANSPARENT")
    busy = "TENTATIVE" if event.status == "TENTATIVE" else "BUSY"
    yield line("X-MICROSOFT-CDO-BUSYSTATUS", busy if event.busy else "FREE")


def _time_line(name: str, time: ClockTime) -> bytes:
    text = f"{time.value:%Y%m%dT%H%M%S}"
    return line(name, text + "Z") if time.tzid is None else line(f"{name};TZID={time.tzid}", text)
