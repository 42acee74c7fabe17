"""What properties say."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from calendars.entries.raw import Property
from calendars.entries.zones import Zones

TITLE_LENGTH = 300
YEARS = range(1990, 2101)
_TIME = re.compile(r"([0-9]{8})(?:T([0-9]{4})([0-9]{2})?(Z?))?")
_DURATION = re.compile(
    r"\+?P(?:([0-9]{1,4})W)?(?:([0-9]{1,5})D)?(?:T(?:([0-9]{1,5})H)?(?:([0-9]{1,6})M)?(?:([0-9]{1,8})S)?)?"
)
_ESCAPED = re.compile(r"\\(.)")
_SPACE = re.compile(r"[\s\x85\u2028\u2029]+")
_ADDRESS = re.compile(r"[^@\s<>\"]{1,64}@[^@\s<>\"]{1,190}")


class ValueWrong(ValueError):
    """A property that cannot be understood: a code, and what the file says."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail[:100]


@dataclass(frozen=True, slots=True)
class When:
    """A wall clock time in a zone; a whole day begins at its midnight. `note`: floating, own_zone."""

    wall: datetime
    tz: tzinfo
    whole_day: bool = False
    note: str = ""

    @property
    def at(self) -> datetime:
        return to_utc(self.wall, self.tz)


def to_utc(wall: datetime, tz: tzinfo) -> datetime:
    """The instant of a naive local time: in a gap shifted forward by it, the first of two."""
    return wall.replace(tzinfo=tz, fold=0).astimezone(UTC)


def when(given: Property, zones: Zones) -> When:
    """A date, or a date with a time."""
    match = _TIME.fullmatch(given.value.strip())
    if not match:
        raise ValueWrong("bad_time", given.value)
    day, minutes, seconds, utc = match.groups()
    try:
        wall = datetime.strptime(day + (minutes or "0000"), "%Y%m%d%H%M")
        wall += timedelta(seconds=min(59, int(seconds or 0)))  # a leap second is none here
    except (ValueError, OverflowError) as error:
        raise ValueWrong("bad_time", given.value) from error
    if wall.year not in YEARS:
        raise ValueWrong("year_out_of_range", given.value)
    if minutes is None:
        return When(wall, zones.here, whole_day=True)
    if utc:
        return When(wall, UTC)
    name = given.parameters.get("TZID", "")
    if not name:
        return When(wall, zones.here, note="floating")
    tz, own = zones.named(name)
    if tz is None:
        raise ValueWrong("unknown_zone", name)
    return When(wall, tz, note="own_zone" if own else "")


def duration(value: str) -> timedelta:
    """How long an event lasts that has no end."""
    match = _DURATION.fullmatch(value.strip().upper())
    if not match or not any(match.groups()):
        raise ValueWrong("bad_time", value)
    weeks, days, hours, minutes, seconds = (int(each or 0) for each in match.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)


def text(value: str) -> str:
    """On one line, without escapes."""
    plain = _ESCAPED.sub(lambda match: " " if match[1] in "nN" else match[1], value)
    return _SPACE.sub(" ", plain).strip()


def title(value: str) -> tuple[str, bool]:
    """A title that can be kept, and whether it had to be cut."""
    whole = text(value)
    if len(whole) <= TITLE_LENGTH:
        return whole, False
    return f"{whole[: TITLE_LENGTH - 1].rstrip()}…", True


def address(value: str) -> str:
    """The address of `mailto:…`, in lower case; "" for what is none."""
    plain = value.strip().lower().removeprefix("mailto:").strip()
    return plain if _ADDRESS.fullmatch(plain) else ""


def number(value: str) -> int:
    """A SEQUENCE; 0 where it is none."""
    plain = value.strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 10 else 0
