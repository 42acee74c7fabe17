"""What the linter reports."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["feed", "download", "message"]


@dataclass(frozen=True, order=True)
class Defect:
    """One defect: where (line of the file, from 1), which class of defect, and what exactly."""

    line: int
    code: str
    message: str

    def __post_init__(self) -> None:
        if self.code not in CODES:
            raise ValueError(f"unknown defect code {self.code!r}")

    @property
    def is_fault(self) -> bool:
        """Whether it is wrong by the standard, or shown wrongly by some program; else it is advice."""
        return self.code not in ADVICE


CODES = {
    # bytes
    "bom": "the file begins with a byte order mark",
    "bare-newline": "a line ends with LF or CR alone",
    "no-final-newline": "the last line does not end",
    "empty-line": "a line without content",
    "long-line": "a line of more than 75 octets",
    "split-character": "a fold inside a character",
    "not-utf8": "bytes that are not UTF-8",
    "control-character": "a control character",
    "malformed-line": "a line that is no property",
    "unquoted-parameter": "a parameter value that needs quotes",
    "unescaped-text": "a TEXT value with raw semicolons, commas or backslashes",
    # calendar
    "structure": "BEGIN and END do not match",
    "calendar-count": "not exactly one VCALENDAR, or something beside it",
    "empty-calendar": "a VCALENDAR without components",
    "version": "VERSION is not 2.0, once",
    "prodid": "PRODID is missing",
    "repeated-property": "a property that may occur once occurs more often",
    "calendar-name": "a feed without NAME and X-WR-CALNAME that agree",
    "name-in-download": "a name in a download or message: it would rename people's calendars",
    "refresh": "a feed without REFRESH-INTERVAL;VALUE=DURATION and X-PUBLISHED-TTL that agree",
    "calendar-uid": "a feed without UID",
    "calendar-last-modified": "a feed without LAST-MODIFIED in UTC",
    "method-in-feed": "METHOD in a feed",
    # zones
    "zone-missing": "a TZID without its VTIMEZONE",
    "zone-unused": "a VTIMEZONE that nothing uses",
    "zone-duplicate": "two VTIMEZONEs of the same TZID",
    "zone-name": "a TZID that is neither an IANA nor a Windows zone",
    "zone-broken": "a VTIMEZONE without usable observances",
    "zone-rule": "observances that are not a yearly RRULE with BYMONTH and BYDAY",
    "zone-seconds": "an offset that is not in whole minutes",
    "zone-offset": "offsets that differ from the zone's",
    # events
    "event-uid": "an event without UID",
    "event-duplicate": "two events with the same UID and RECURRENCE-ID",
    "event-stamp": "an event without DTSTAMP in UTC",
    "event-sequence": "an event without a SEQUENCE number",
    "event-start": "an event without DTSTART",
    "event-end": "an event that does not end after it starts, or has two ends",
    "event-no-end": "an event that does not say when it ends",
    "bad-time": "a time that cannot be read",
    "time-types": "start and end of different types",
    "floating-time": "a time without a zone",
    "unsure-time": "a local time that a clock change skips or shows twice",
    "event-status": "a STATUS that an event cannot have",
    "event-no-status": "an event without STATUS in a feed or download",
    "cancelled-in-feed": "a cancelled event in a feed looks live in Outlook",
    "busy-disagrees": "TRANSP and X-MICROSOFT-CDO-BUSYSTATUS disagree",
    "address": "an address without mailto:",
    "conference": "a CONFERENCE that is no address with VALUE=URI",
    # recurrence
    "rule-broken": "a recurrence that cannot be read",
    "rule-unusual": "a recurrence too long or too rare to be followed here",
    "rule-end": "a recurrence with both COUNT and UNTIL",
    "rule-endless": "a recurrence without an end",
    "rule-until": "UNTIL that is not in UTC, or not of the type of DTSTART",
    "rule-start": "DTSTART is no date of its rule",
    "rule-outlook": "a recurrence outside Outlook's patterns",
    "rule-rdate": "RDATE, which Outlook ignores",
    "exdate-form": "EXDATE in another form than DTSTART",
    "exdate-miss": "EXDATE that hits no date",
    "recurrence-id-form": "RECURRENCE-ID in another form than DTSTART",
    "recurrence-id-miss": "RECURRENCE-ID that hits no date",
    "override-orphan": "an override without its master",
    "clock-change": "a date of a series that readers place differently over a clock change",
    # messages
    "method-party": "ORGANIZER or ATTENDEE as the METHOD does not allow",
    "content-type-method": "method of the Content-Type is not the METHOD",
    "message-reader": "a message to somebody whose calendar program makes nothing of it",
    # two states of one calendar
    "calendar-uid-changed": "a calendar that changed its UID",
    "sequence-fell": "a SEQUENCE that fell",
    "stamp-fell": "a DTSTAMP that fell",
    "stamp-without-change": "another DTSTAMP or SEQUENCE on an event that did not change",
    "change-without-stamp": "an event that changed without a later DTSTAMP or higher SEQUENCE",
    # the answer it came with
    "http-status": "an address that does not answer 200 at once",
    "http-type": "a Content-Type that is not text/calendar, or another charset than utf-8",
    "http-charset": "a Content-Type without a charset",
    "http-encoding": "a compressed answer, at which Microsoft 365 stops",
    "http-validators": "an answer without ETag or Last-Modified",
    "http-not-modified": "what has not changed is not answered 304",
    "http-head": "HEAD that answers otherwise than GET",
    "http-authorization": "an empty Authorization that changes the answer",
    # privacy
    "privacy": "something that this audience must not see",
}
"""Every class of defect, with what it means."""

ADVICE = frozenset(
    {
        *("long-line", "calendar-name", "name-in-download", "refresh", "calendar-uid"),
        *("calendar-last-modified", "method-in-feed"),
        *("zone-unused", "zone-name", "zone-rule", "zone-seconds"),
        *("event-sequence", "event-no-end", "event-no-status", "floating-time", "unsure-time"),
        *("busy-disagrees", "address"),
        *("rule-unusual", "rule-endless", "exdate-miss", "override-orphan", "clock-change"),
        *("calendar-uid-changed", "stamp-without-change"),
        *("http-charset", "http-validators", "http-not-modified", "http-head"),
    }
)
"""Those that the standard allows and calendar programs live with; our own calendars have none of them."""
