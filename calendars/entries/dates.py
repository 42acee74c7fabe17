"""A series laid out, from its first date to the end of a window: never further, whatever its rule says."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta, tzinfo
from itertools import islice
from typing import cast

from dateutil.rrule import rrule, rrulestr

from calendars.entries.values import ValueWrong, When, to_utc
from calendars.recurrence import Rule, RuleError

LAST_YEAR = 9998


def starts_of(rule: str, first: When, last: datetime) -> Iterator[datetime]:
    """The naive local starts, `first` among them, none after the instant `last`."""
    try:
        parsed = Rule.parse(rule)
        yield from _followed(parsed, first, min(last, _until(parsed["UNTIL"], first.tz) or last))
    except (RuleError, ValueError, OverflowError) as error:
        raise ValueWrong("bad_rule", rule) from error


def _followed(rule: Rule, first: When, last: datetime) -> Iterator[datetime]:
    """The first date is one of the series, also where the rule says otherwise."""
    yield first.wall
    count = int(rule["COUNT"]) - 1 if rule["COUNT"] else None
    others = (wall for wall in _endless(rule, first.wall, last) if wall > first.wall)
    for wall in islice(others, count):
        if to_utc(wall, first.tz) > last:
            return
        yield wall


def _endless(rule: Rule, first: datetime, last: datetime) -> Iterator[datetime]:
    # dateutil looks for a next date until the year 9999, seconds of work for a rule without any. So the
    # search begins whole cycles of 400 years later, in which the calendar is the same.
    furthest = max(last.replace(tzinfo=None), first) + timedelta(days=2)
    later = (LAST_YEAR - furthest.year) // 400 * 400
    text = ";".join(f"{key}={value}" for key, value in rule.parts if key not in ("COUNT", "UNTIL"))
    dates = cast(rrule, rrulestr(text, dtstart=first.replace(year=first.year + later)))
    for each in dates.replace(until=furthest.replace(year=furthest.year + later)):
        yield each.replace(year=each.year - later)


def _until(value: str | None, tz: tzinfo) -> datetime | None:
    """A date means the whole day; a time without Z is local."""
    if value is None:
        return None
    day = datetime.strptime(value[:8], "%Y%m%d")
    if len(value) == 8:
        return to_utc(datetime.combine(day, time(23, 59, 59)), tz)
    at = datetime.strptime(value.rstrip("Z"), "%Y%m%dT%H%M%S")
    return at.replace(tzinfo=UTC) if value.endswith("Z") else to_utc(at, tz)
