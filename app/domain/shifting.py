"""A series cut in two, and a series moved to another day or hour: which dates it has then, by which rule."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.domain.errors import Refusal, Refused
from app.domain.interval import Interval
from app.domain.localtime import local_date, to_utc_shifting
from app.domain.recurrence import expand, only_first, turned, without_first


@dataclass(frozen=True, slots=True)
class Shift:
    """So many days later, at this local time."""

    days: int
    clock: time
    tz: ZoneInfo

    @classmethod
    def between(cls, old: datetime, new: datetime, tz: ZoneInfo) -> "Shift":
        """What takes one start of a series to another; both are instants."""
        days = (local_date(new, tz) - local_date(old, tz)).days
        return cls(days, new.astimezone(tz).time(), tz)

    def of(self, start: datetime) -> datetime:
        """Where a start of the series comes to, by the wall clock of that day."""
        day = local_date(start, self.tz) + timedelta(days=self.days)
        return to_utc_shifting(datetime.combine(day, self.clock), self.tz)


def pattern(rule: str, starts: Collection[datetime], tz: ZoneInfo) -> list[datetime]:
    """Every start that the rule says, those left out too; just `starts`, where they are not by the rule."""
    known = sorted(starts)
    first = Interval(known[0], known[0] + timedelta(minutes=1))
    try:
        said = [date.start for date in expand(rule, first, tz)]
    except Refused:
        return known
    return said if set(known) <= set(said) else known


def cut(rule: str, said: Sequence[datetime], before: int, tz: ZoneInfo) -> tuple[str, str]:
    """The rules of the first so many starts of a pattern, and of the rest."""
    return only_first(rule, before, local_date(said[before - 1], tz)), without_first(rule, before)


def shifted(rule: str, said: Sequence[datetime], shift: Shift) -> str:
    """The rule of a pattern that is moved. Refused (`cannot_shift_series`) where no rule says those dates."""
    starts = [shift.of(start) for start in said]
    new = turned(rule, shift.days, local_date(starts[-1], shift.tz))
    if new is None or (shift.days and not _says(new, starts, shift.tz)):
        raise Refused(Refusal("cannot_shift_series", "date"))
    return new


def _says(rule: str, starts: Sequence[datetime], tz: ZoneInfo) -> bool:
    try:
        dates = expand(rule, Interval(starts[0], starts[0] + timedelta(minutes=1)), tz)
    except Refused:
        return False
    return [date.start for date in dates] == list(starts)
