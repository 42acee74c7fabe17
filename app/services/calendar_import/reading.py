"""A calendar file, read within a window that has an end whatever its series say."""

from datetime import date, datetime, time, timedelta
from typing import ClassVar

from app.domain.errors import DomainError
from app.domain.localtime import to_utc_shifting, zone
from app.models import Resource
from calendars.entries import FileError, Found, read_apart

# Endless series are followed as far ahead as one of ours may go.
AHEAD = timedelta(days=731)
MOST_DATES = 3000


class CalendarFileInvalid(DomainError):
    """A file of which nothing can be read.

    `reason`: too_large, no_calendar, too_many_dates, too_slow, broken.
    """

    code: ClassVar[str] = "calendar_file_invalid"


def window_from(today: date) -> date:
    """The first day that is read unless another is asked for: the year before begins."""
    return date(today.year - 1, 1, 1)


def read_calendar(
    ics: bytes, resource: Resource, *, since: date, now: datetime, most: int = MOST_DATES
) -> Found:
    """Every date from the local day `since` on. Times without a zone are the office's.

    Raises CalendarFileInvalid.
    """
    name = resource.office.timezone
    begins = to_utc_shifting(datetime.combine(since, time()), zone(name))
    try:
        return read_apart(ics, timezone=name, since=begins, until=now + AHEAD, most=most)
    except FileError as error:
        raise CalendarFileInvalid(reason=error.code, most=error.most) from error
