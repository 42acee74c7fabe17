"""Between the office's wall clock and UTC.

Twice a year they disagree: one hour in spring does not exist (a gap), one hour in autumn comes twice.
A person who books is refused or asked; opening hours and series are shifted by a fixed rule.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.domain.errors import DomainError
from app.domain.interval import Interval


class UnknownTimezone(DomainError):
    """No such IANA time zone."""

    code = "unknown_timezone"


class TimeDoesNotExist(DomainError):
    """The clock jumps over this local time."""

    code = "time_does_not_exist"

    def __init__(self, local: datetime, tz: ZoneInfo) -> None:
        super().__init__(local=local, timezone=tz.key)
        self.local = local
        self.tz = tz


class TimeIsAmbiguous(DomainError):
    """The clock shows this local time twice; `choices` are the two instants in UTC, first and second."""

    code = "time_is_ambiguous"

    def __init__(self, local: datetime, tz: ZoneInfo, choices: tuple[datetime, datetime]) -> None:
        super().__init__(local=local, timezone=tz.key, choices=choices)
        self.local = local
        self.tz = tz
        self.choices = choices


def zone(name: str) -> ZoneInfo:
    """The time zone of that IANA name. UnknownTimezone if there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as problem:  # a folder's name ("Europe") gives an OSError
        raise UnknownTimezone(name=name) from problem


def to_utc(local: datetime, tz: ZoneInfo, fold: int | None = None) -> datetime:
    """The instant at which the clock of `tz` shows the naive `local`.

    `fold` chooses between the first (0) and second (1) time of an hour that comes twice.
    TimeDoesNotExist in a gap, TimeIsAmbiguous if the time comes twice and nothing is chosen.
    """
    # Equal on all but two nights a year. A gap turns them round, because fold=0 reads by the offset
    # before the jump and fold=1 by the one after it (PEP 495).
    first, second = _read(local, tz, fold=0), _read(local, tz, fold=1)
    if first > second:
        raise TimeDoesNotExist(local, tz)
    if first < second and fold is None:
        raise TimeIsAmbiguous(local, tz, (first, second))
    return second if fold else first


def to_utc_shifting(local: datetime, tz: ZoneInfo) -> datetime:
    """The same for series and opening hours: a gap shifts forward by its length, twice means the first."""
    return _read(local, tz, fold=0)


def day_bounds(day: date, tz: ZoneInfo) -> Interval:
    """The local day, midnight to midnight: 25 October 2026 in Stockholm has 25 hours.

    TimeDoesNotExist for a day that a zone left out altogether.
    """
    midnight = datetime.combine(day, time())
    start = to_utc_shifting(midnight, tz)
    end = to_utc_shifting(midnight + timedelta(days=1), tz)
    if start == end:
        raise TimeDoesNotExist(midnight, tz)
    return Interval(start, end)


def midnight(day: date, tz: ZoneInfo) -> datetime:
    """When the local day begins."""
    return to_utc_shifting(datetime.combine(day, time()), tz)


def local_date(instant: datetime, tz: ZoneInfo) -> date:
    """The date that the calendar of `tz` shows at the instant."""
    return instant.astimezone(tz).date()


def _read(local: datetime, tz: ZoneInfo, fold: int) -> datetime:
    if local.tzinfo is not None:
        raise ValueError(f"not a local time: {local}")
    return local.replace(tzinfo=tz, fold=fold).astimezone(UTC)
