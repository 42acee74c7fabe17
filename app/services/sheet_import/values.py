"""Days, times, lengths and counts as people write them in sheets. What is not understood is None."""

import re
from datetime import date, datetime, time, timedelta

from app.domain.period import FIRST_YEAR, LAST_YEAR

_NUMERIC = re.compile(r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})\.?")
_DAY_FIRST = re.compile(r"(?P<d>\d{1,2})[-/. ](?P<m>\d{1,2})[-/. ](?P<y>\d{4})")
_COMPACT = re.compile(r"(?P<y>(?:\d\d)?\d\d)(?P<m>\d\d)(?P<d>\d\d)")
_NAMED = re.compile(r"(?P<d>\d{1,2})\.? (?P<name>[a-zåäö]{3,9})\.? (?P<y>\d{4})")
_MONTHS = ["jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec"]
_ENGLISH = {"may": 5, "oct": 10}
_CLOCK = re.compile(r"(?:kl\.? ?)?(\d{1,2})(?:[:.](\d{2}))?(?:[:.]\d{2})?(?: ?h)?")
_CLOCK_COMPACT = re.compile(r"(\d{2})(\d{2})")
_BETWEEN = re.compile(r"\s*(?:[-–—]|\btill\b|\bto\b)\s*")
_SERIAL = re.compile(r"[2-6]\d{4}")  # days as Excel counts them: 1954 to 2091
_HOURS_MINUTES = re.compile(r"(\d{1,3}):(\d{2})(?::\d{2})?")
_NUMBER = re.compile(r"(\d{1,4}(?:[.,]\d{1,6})?) ?([a-zåäö]*)\.?")
_HOURS = ("h", "t", "tim", "timme", "timmar", "hour", "hours", "hrs")
_MINUTES = ("m", "min", "minut", "minuter", "minutes", "mins")
_EPOCH = date(1899, 12, 30)
MOST_HOURS = 24  # a bare number above it is minutes


def day_of(text: str) -> date | None:
    """2019-03-04, 4.3.2019, 4/3 2019 (day first), 20190304, 190304, 4 mars 2019, or Excel's own number."""
    text = text.casefold().strip()
    if _SERIAL.fullmatch(text):
        return _EPOCH + timedelta(days=int(text))
    named = _NAMED.fullmatch(text)
    if named:
        month = _ENGLISH.get(named["name"][:3]) or _month(named["name"])
        return _date(int(named["y"]), month, int(named["d"]))
    found = _NUMERIC.fullmatch(text) or _DAY_FIRST.fullmatch(text) or _COMPACT.fullmatch(text)
    if not found:
        return None
    year = int(found["y"])
    return _date(year + 2000 if year < 100 else year, int(found["m"]), int(found["d"]))


def clock_of(text: str) -> timedelta | None:
    """8, 08:00, 8.30, 0800 or kl 8, as time after midnight; 24:00 is the midnight that follows."""
    text = text.casefold().strip()
    found = _CLOCK_COMPACT.fullmatch(text) or _CLOCK.fullmatch(text)
    if not found:
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    inside = (hour < 24 and minute < 60) or (hour, minute) == (24, 0)
    return timedelta(hours=hour, minutes=minute) if inside else None


def moment_of(text: str) -> tuple[date | None, timedelta | None]:
    """The day and the time of a cell that may hold either or both."""
    day = day_of(text)
    if day:
        return day, None
    clock = clock_of(text)
    if clock is not None:
        return None, clock
    for separator in ("T", " kl ", " "):
        before, found, after = text.strip().rpartition(separator)
        if found and day_of(before.rstrip(",")) and clock_of(after) is not None:
            return day_of(before.rstrip(",")), clock_of(after)
    return None, None


def span_of(text: str) -> tuple[timedelta, timedelta] | None:
    """9-12, 08:00–10:30, 9 till 12."""
    parts = _BETWEEN.split(text.strip())
    if len(parts) != 2:
        return None
    start, end = map(clock_of, parts)
    return (start, end) if start is not None and end is not None else None


def length_of(text: str) -> timedelta | None:
    """2 or 2,5 (hours; above 24 minutes), 1:30, 90 min, 2 tim."""
    text = text.casefold().strip()
    clock = _HOURS_MINUTES.fullmatch(text)
    if clock:
        return timedelta(hours=int(clock[1]), minutes=int(clock[2]))
    found = _NUMBER.fullmatch(text)
    if not found:
        return None
    amount, unit = float(found[1].replace(",", ".")), found[2]
    if unit in _MINUTES or (not unit and amount > MOST_HOURS):
        return timedelta(seconds=round(amount * 60))
    return timedelta(minutes=round(amount * 60)) if unit in ("", *_HOURS) else None


def at(day: date, clock: timedelta) -> datetime:
    """The local time."""
    return datetime.combine(day, time()) + clock


def _month(name: str) -> int:
    return _MONTHS.index(name[:3]) + 1 if name[:3] in _MONTHS else 0


def _date(year: int, month: int, day: int) -> date | None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
