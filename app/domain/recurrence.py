"""Series: a restricted RRULE, laid out at constant local wall-clock time.

Only what every calendar shows right: daily, weekly, monthly; by weekday, by day of the month or by
nth weekday; until a date or a count. At most 366 dates and two years.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import islice
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr

from app.domain.errors import Refusal, Refused
from app.domain.interval import Interval
from app.domain.localtime import to_utc_shifting

MOST_DATES = 366
LONGEST = timedelta(days=731)
FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY")
PARTS = ("FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "WKST")
ENDS = ("COUNT", "UNTIL")
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
LATEST = datetime.fromisoformat("9999-12-31T23:59:59")  # local, of any zone
SEEN_AHEAD = timedelta(days=30 * 366)  # the date after the last: of rules for every 99 months, it is far off
LAST_FIRST_YEAR = 9960  # what is seen ahead still lies before the year 9999


def expand(rule: str, first: Interval, tz: ZoneInfo) -> list[Interval]:
    """The dates of a series whose first is `first`; all as long as it, in exact time.

    A local time that does not exist shifts forward by the gap; one that exists twice means the first.
    Refused (`bad_recurrence`, `too_many_dates`, `series_too_long`) where the rule is outside the limits.
    """
    parts = _parts(rule)
    start = first.start.astimezone(tz).replace(tzinfo=None)
    dates: list[Interval] = []
    for wall in _local_starts(parts, start, tz):
        if not dates and wall != start:
            break
        if len(dates) == MOST_DATES:
            raise Refused(Refusal("too_many_dates", "recurrence", {"most": MOST_DATES}))
        if wall - start > LONGEST:
            raise Refused(Refusal("series_too_long", "recurrence", {"years": 2}))
        instant = first.start if wall == start else to_utc_shifting(wall, tz)
        dates.append(Interval(instant, instant + first.duration))
    if not dates:
        raise Refused(Refusal("series_without_first", "recurrence"))
    if len(dates) < int(parts.get("COUNT", 0)):
        raise Refused(Refusal("series_too_long", "recurrence", {"years": 2}))
    return dates


def normal_form(rule: str) -> str:
    """The rule in upper case with its parts in a fixed order, without the RRULE: prefix. Refused if bad."""
    return _written(_parts(rule))


def without_first(rule: str, dates: int) -> str:
    """The rule of what is left of a series without so many of its first dates."""
    parts = _parts(rule)
    if "COUNT" in parts:
        parts["COUNT"] = str(int(parts["COUNT"]) - dates)
    return _written(parts)


def only_first(rule: str, dates: int, last: date) -> str:
    """The rule of so many of the first dates, of which `last` is the last local day."""
    parts = _parts(rule)
    ends = {"COUNT": str(dates)} if "COUNT" in parts else {"UNTIL": f"{last:%Y%m%d}"}
    return _written(parts | ends)


def turned(rule: str, days: int, last: date) -> str | None:
    """The rule of the same dates so many days later, of which `last` is the last local day.

    None where no rule says that of every month: whoever asks has to see whether the dates are the same.
    """
    parts = _parts(rule)
    if "UNTIL" in parts:
        parts["UNTIL"] = f"{last:%Y%m%d}"
    if days and parts["FREQ"] == "MONTHLY":
        if "BYDAY" in parts:
            return None
        if "BYMONTHDAY" in parts:
            parts["BYMONTHDAY"] = ",".join(str(int(day) + days) for day in parts["BYMONTHDAY"].split(","))
    elif days:
        if "BYMONTHDAY" in parts:
            return None
        if "BYDAY" in parts:
            parts["BYDAY"] = ",".join(_later(day, days) for day in parts["BYDAY"].split(","))
        if parts["FREQ"] == "WEEKLY" and ("BYDAY" in parts or "WKST" in parts):
            parts["WKST"] = _later(parts.get("WKST", "MO"), days)
        if parts.get("INTERVAL", "1") == "1":
            parts.pop("WKST", None)  # means nothing then
    return _written(parts)


def _written(parts: dict[str, str]) -> str:
    return ";".join(f"{name}={parts[name]}" for name in PARTS if name in parts)


def _later(day: str, days: int) -> str:
    return WEEKDAYS[(WEEKDAYS.index(day) + days) % 7]


def _parts(rule: str) -> dict[str, str]:
    bad = Refused(Refusal("bad_recurrence", "recurrence"))
    text = rule.strip().upper().removeprefix("RRULE:")
    if len(text) > 300 or not text.isascii():
        raise bad
    parts: dict[str, str] = {}
    for part in text.split(";"):
        name, equals, value = part.partition("=")
        if not equals or not value or name not in PARTS or name in parts:
            raise bad
        parts[name] = value
    count, interval = parts.get("COUNT", "1"), parts.get("INTERVAL", "1")
    if parts.get("FREQ") not in FREQUENCIES or ("COUNT" in parts) == ("UNTIL" in parts):
        raise bad
    if not (count.isascii() and count.isdigit() and interval.isascii() and interval.isdigit()):
        raise bad
    if not 1 <= int(interval) <= 99 or int(count) < 1:
        raise bad
    if parts["FREQ"] != "MONTHLY" and any(character.isdigit() for character in parts.get("BYDAY", "")):
        raise bad  # the second Monday of what?
    if int(count) > MOST_DATES:
        raise Refused(Refusal("too_many_dates", "recurrence", {"most": MOST_DATES}))
    return parts


def _local_starts(parts: dict[str, str], start: datetime, tz: ZoneInfo) -> Iterator[datetime]:
    """The starts in naive local time, until the rule's end or beyond the longest series."""
    furthest = start + SEEN_AHEAD if start.year <= LAST_FIRST_YEAR else LATEST
    # dateutil looks for a next date until the year 9999, seconds of work for a rule without any. So the
    # search begins whole cycles of 400 years later, in which the calendar is the same.
    later = (LAST_FIRST_YEAR - start.year) // 400 * 400
    try:
        until = min(until_of(parts["UNTIL"], tz), furthest) if "UNTIL" in parts else furthest
        text = ";".join(f"{name}={value}" for name, value in parts.items() if name not in ENDS)
        rule = rrulestr(text, dtstart=start.replace(year=start.year + later))
        assert isinstance(rule, rrule)
        starts = rule.replace(until=until.replace(year=until.year + later))
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise Refused(Refusal("bad_recurrence", "recurrence")) from error
    count = int(parts["COUNT"]) if "COUNT" in parts else None
    return (each.replace(year=each.year - later) for each in islice(starts, count))


def until_of(value: str, tz: tzinfo) -> datetime:
    """UNTIL as naive local time: a date means the whole day, a Z time is converted."""
    if "T" not in value:
        return datetime.strptime(value, "%Y%m%d") + timedelta(hours=23, minutes=59, seconds=59)
    if value.endswith("Z"):
        instant = datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        try:
            return instant.astimezone(tz).replace(tzinfo=None)
        except OverflowError:  # the last evening of 9999, "for ever": there is no local time for it
            return LATEST
    return datetime.strptime(value, "%Y%m%dT%H%M%S")
