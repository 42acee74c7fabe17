"""The event: what a calendar says about one booking."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from calendars.lines import utc_text

_OF_A_DATE = re.compile(r"(?P<name>[^@]+)-(?P<at>[0-9]{8}T[0-9]{6}Z)(?P<host>@.*)")


@dataclass(frozen=True)
class Event:
    """One event or one series, with its dates that were moved.

    All datetimes are aware, whole seconds count, the interval is `[start, end)`. Raises
    `ValueError` for naive times, an end that is not after the start, and overrides that are not
    dates of this event.
    """

    uid: str
    start: datetime
    end: datetime
    timezone: str
    """IANA name of the zone in whose wall clock the event is written and repeats."""
    summary: str
    stamp: datetime
    """When the event last changed: never the time of rendering, so that equal events stay equal bytes."""
    sequence: int
    status: Literal["CONFIRMED", "TENTATIVE"]
    location: str = ""
    description: str = ""
    url: str | None = None
    conference: str | None = None
    """Where to meet from afar (an address): as CONFERENCE, and as the description's last line."""
    recurrence: str | None = None
    """RRULE value with COUNT or UNTIL; `start` is its first date. Length is exact time on every date."""
    exdates: tuple[datetime, ...] = ()
    """Original starts of cancelled dates."""
    overrides: tuple["Event", ...] = ()
    """Dates that differ; each carries this event's uid and its own `original_start`."""
    original_start: datetime | None = None
    busy: bool = True
    categories: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        instants = (self.start, self.end, self.stamp, *self.exdates)
        if any(at.utcoffset() is None for at in instants):
            raise ValueError("an event needs aware times")
        if instant(self.end) <= instant(self.start):
            raise ValueError("an event ends after it starts")
        if any(o.uid != self.uid or o.original_start is None or o.recurrence for o in self.overrides):
            raise ValueError("an override carries its master's uid and an original start")


def instant(at: datetime) -> datetime:
    """The datetime in UTC, whole seconds. (Python subtracts within one zone by wall clock.)"""
    if at.tzinfo is UTC and not at.microsecond:  # as nearly all are
        return at
    return at.astimezone(UTC).replace(microsecond=0)


def uid_of_date(uid: str, original_start: datetime) -> str:
    """A lasting UID for one date of a series that is written as an event of its own."""
    name, at, host = uid.partition("@")
    return f"{name}-{utc_text(original_start)}{at}{host}"


def series_and_date(uid: str) -> tuple[str, datetime | None]:
    """What `uid_of_date` made a UID of: that of the series, and the date. Any other as it is, and None."""
    found = _OF_A_DATE.fullmatch(uid)
    try:
        at = datetime.strptime(found["at"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) if found else None
    except ValueError:  # digits, and yet no date
        at = None
    return (found["name"] + found["host"], at) if found and at else (uid, None)
