"""Time zones: VTIMEZONE blocks that Outlook reads, and what a wall clock may say.

Outlook understands only observances with a yearly RRULE and BYDAY; lists of dates are ignored.
A zone is written so where one such pair of rules has held since `FIRST_YEAR`. Any other zone
raises `UnrepresentableZone`, and its events are written in UTC.
"""

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from calendars.lines import line

FIRST_YEAR = 2010  # older than any office; the rules of the United States date from 2007
LAST_YEAR = 2040
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_BEGINNING = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC)
_STEP = timedelta(days=7)  # no zone keeps a clock change for less than a week


class ZoneError(ValueError):
    """A zone that cannot be written; `args[0]` says why."""


class UnknownZone(ZoneError):
    """No such name among the IANA zones."""


class UnrepresentableZone(ZoneError):
    """The zone follows no pair of yearly rules."""


@dataclass(frozen=True)
class Switch:
    """One change of offset."""

    at: datetime  # UTC, first instant of the new offset
    before: timedelta
    after: timedelta
    name: str  # abbreviation after it

    @property
    def wall(self) -> datetime:
        """Local time of the switch by the clock that was in use until then."""
        return (self.at + self.before).replace(tzinfo=None)


@cache
def zone(name: str) -> ZoneInfo:
    """The zone of that IANA name. Raises `UnknownZone`."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise UnknownZone(f"unknown time zone: {name!r}") from error


def to_utc(wall: datetime, name: str) -> datetime:
    """The instant of a naive local time: in a gap shifted forward by it, the first of two."""
    return wall.replace(tzinfo=zone(name), fold=0).astimezone(UTC)


def is_plain(wall: datetime, name: str) -> bool:
    """Whether the naive local time exists, and exists once."""
    if _is_quiet(wall.date(), name):
        return True
    first = wall.replace(tzinfo=zone(name), fold=0).utcoffset()
    return first == wall.replace(tzinfo=zone(name), fold=1).utcoffset()


@lru_cache(maxsize=10_000)
def _is_quiet(day: date, name: str) -> bool:
    """Whether no clock is changed on that day, which spares nearly all times a closer look."""
    begins, tz = datetime.combine(day, time()), zone(name)
    ends = begins + timedelta(days=1)
    offsets = {at.replace(tzinfo=tz, fold=fold).utcoffset() for at in (begins, ends) for fold in (0, 1)}
    return len(offsets) == 1


def is_utc(name: str) -> bool:
    """Whether the zone is UTC under one of its names, and so needs no VTIMEZONE."""
    return name.removeprefix("Etc/") in {"UTC", "UCT", "Zulu", "Universal", "GMT"}


def is_representable(name: str) -> bool:
    """Whether `vtimezone` can write the zone. Raises `UnknownZone`."""
    try:
        vtimezone(name)
    except UnrepresentableZone:
        return False
    return True


@cache
def vtimezone(name: str) -> bytes:
    """The VTIMEZONE block of an IANA zone, valid from 1970 for the reader, exact from `FIRST_YEAR`.

    Raises `UnknownZone` or `UnrepresentableZone`.
    """
    changes = switches(name)
    if changes:
        observances = b"".join(_yearly(name, group) for group in _by_direction(name, changes))
    else:
        observances = _constant(name)
    return b"BEGIN:VTIMEZONE\r\n" + line("TZID", name) + observances + b"END:VTIMEZONE\r\n"


@cache
def switches(name: str) -> tuple[Switch, ...]:
    """Every change of offset from `FIRST_YEAR` to `LAST_YEAR`. Raises `UnknownZone`."""
    tz = zone(name)
    weeks = (datetime(LAST_YEAR + 1, 1, 1, tzinfo=UTC) - _BEGINNING) // _STEP
    days = [_BEGINNING + _STEP * n for n in range(weeks + 1)]
    offsets = [_offset(day, tz) for day in days]
    return tuple(
        _switch_between(days[n], days[n + 1], tz) for n in range(weeks) if offsets[n] != offsets[n + 1]
    )


def _switch_between(early: datetime, late: datetime, tz: ZoneInfo) -> Switch:
    before, after = _offset(early, tz), _offset(late, tz)
    while late - early > timedelta(minutes=1):
        middle = early + (late - early) // timedelta(minutes=2) * timedelta(minutes=1)
        if _offset(middle, tz) == before:
            early = middle
        else:
            late = middle
    return Switch(late, before, after, late.astimezone(tz).tzname() or "")


def offset_at(at: datetime, name: str) -> timedelta:
    """The zone's offset from UTC at an instant."""
    return _offset(at, zone(name))


def _offset(at: datetime, tz: ZoneInfo) -> timedelta:
    return at.astimezone(tz).utcoffset() or timedelta()


def _by_direction(name: str, changes: tuple[Switch, ...]) -> tuple[list[Switch], list[Switch]]:
    """Switches to winter time and to summer time, each once a year and all alike."""
    back = [s for s in changes if s.after < s.before]
    forward = [s for s in changes if s.after > s.before]
    every_year = list(range(FIRST_YEAR, LAST_YEAR + 1))
    for group in (back, forward):
        once_a_year = [s.wall.year for s in group] == every_year
        alike = len({(s.before, s.after, s.name, s.wall.month, s.wall.time()) for s in group}) == 1
        if not (once_a_year and alike):
            raise UnrepresentableZone(f"{name} has no yearly rule for its clock changes")
    return back, forward


def _yearly(name: str, group: list[Switch]) -> bytes:
    one = group[0]
    month, weekday, nth = one.wall.month, one.wall.weekday(), _position(name, group)
    onset = day_of(1970, month, weekday, nth)
    start = datetime(1970, month, onset, one.wall.hour, one.wall.minute)
    rule = f"FREQ=YEARLY;BYMONTH={month};BYDAY={nth}{WEEKDAYS[weekday]}"
    return _observance("DAYLIGHT" if one.after > one.before else "STANDARD", one, start, rule)


def _constant(name: str) -> bytes:
    offset = offset_at(_BEGINNING, name)
    always = Switch(_BEGINNING, offset, offset, _BEGINNING.astimezone(zone(name)).tzname() or "")
    return _observance("STANDARD", always, datetime(1970, 1, 1), None)


def _position(name: str, group: list[Switch]) -> int:
    """Which of its weekday in the month the switch falls on: -1 the last, else 1 to 4."""
    if len({s.wall.weekday() for s in group}) == 1:
        if all(s.wall.day + 7 > calendar.monthrange(s.wall.year, s.wall.month)[1] for s in group):
            return -1
        positions = {(s.wall.day - 1) // 7 + 1 for s in group}
        if len(positions) == 1:
            return positions.pop()
    raise UnrepresentableZone(f"{name} changes its clock on no fixed weekday of the month")


def day_of(year: int, month: int, weekday: int, nth: int) -> int:
    """The day of the month that is its `nth` such weekday (Monday 0), -1 for the last."""
    first_weekday, length = calendar.monthrange(year, month)
    days = range((weekday - first_weekday) % 7 + 1, length + 1, 7)
    return days[nth if nth < 0 else nth - 1]


def _observance(kind: str, switch: Switch, start: datetime, rule: str | None) -> bytes:
    parts = [
        line("BEGIN", kind),
        line("TZNAME", switch.name),
        line("TZOFFSETFROM", _offset_text(switch.before)),
        line("TZOFFSETTO", _offset_text(switch.after)),
        line("DTSTART", f"{start:%Y%m%dT%H%M%S}"),
    ]
    if rule:
        parts.append(line("RRULE", rule))
    return b"".join([*parts, line("END", kind)])


def _offset_text(offset: timedelta) -> str:
    if offset % timedelta(minutes=1):
        raise UnrepresentableZone(f"an offset of {offset} is not in whole minutes")
    minutes = abs(offset) // timedelta(minutes=1)
    return f"{'-' if offset < timedelta() else '+'}{minutes // 60:02}{minutes % 60:02}"


def wall_time(at: datetime, name: str) -> datetime:
    """The naive local time of an instant.

    One that is given in the zone itself keeps its wall time, also one that a gap swallowed:
    a series at 02:30 whose first date is 29 March 2026 still is a series at 02:30.
    """
    tz = zone(name)
    return (at if at.tzinfo is tz else at.astimezone(tz)).replace(tzinfo=None, fold=0)
