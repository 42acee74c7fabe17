"""Which days of a period stand in the roll-up as the bookings are now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, exists, select

from app.domain.localtime import local_date, zone
from app.domain.period import Period
from app.domain.utilisation import METHOD_VERSION
from app.extensions import db
from app.models import (
    Office,
    UsageChange,
    UsageDates,
    UsageDay,
    UsageLong,
    UsagePersons,
    UsageShare,
    UsageTime,
)
from app.models.roll_up import OfDay

DETAILS: tuple[type[OfDay], ...] = (UsageTime, UsageShare, UsageDates, UsageLong, UsagePersons)
AN_INSTANT = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Standing:
    """The days from `first` until before `last` but for the `holes` are current, `missing` are all others.

    What was current when it was asked for is named day by day: the rows of a day are only ever replaced
    whole, so a job that works meanwhile cannot make one of them vanish.
    """

    office_id: int
    first: int
    last: int
    holes: frozenset[int]
    missing: tuple[Period, ...]

    def current(self) -> set[int]:
        """The days that are current."""
        return set(range(self.first, self.last)) - self.holes

    def days_in(self, table: type[OfDay]) -> ColumnElement[bool]:
        """The condition for rows of the current days."""
        hull = and_(table.office_id == self.office_id, table.day >= self.first, table.day < self.last)
        return and_(hull, table.day.not_in(self.holes)) if self.holes else hull


def standing(office: Office, period: Period) -> Standing | None:
    """How the days of the period stand; None where none of them is current."""
    within = (
        UsageDay.office_id == office.id,
        UsageDay.day >= period.first.toordinal(),
        UsageDay.day < period.last_exclusive.toordinal(),
    )
    if not db.session.scalar(select(exists().where(*within))):
        return None
    # The changes first: a day that is read as current after it was asked for as changed is none the worse.
    changed = changed_days(office, period)
    counted = select(UsageDay.day).where(*within, UsageDay.method == METHOD_VERSION)
    current = set(db.session.scalars(counted)) - changed
    if not current:
        return None
    first, last = min(current), max(current) + 1
    return Standing(
        office_id=office.id,
        first=first,
        last=last,
        holes=frozenset(range(first, last)) - current,
        missing=tuple(runs(day for day in period.days() if day.toordinal() not in current)),
    )


def changed_days(office: Office, period: Period) -> set[int]:
    """The days of the period that a change since the last roll-up reaches into."""
    timezone = zone(office.timezone)
    within = period.interval(timezone)
    query = select(UsageChange.starts_at, UsageChange.ends_at).distinct()
    query = query.where(
        UsageChange.office_id == office.id,
        UsageChange.starts_at < within.end,
        UsageChange.ends_at > within.start,
    )
    times = [(start, end) for start, end in db.session.execute(query)]
    return days_of(times, period, timezone)


def days_of(times: Iterable[tuple[datetime, datetime]], period: Period, timezone: ZoneInfo) -> set[int]:
    """The days of the period that any of the times reaches into."""
    first, last = period.first.toordinal(), period.last_exclusive.toordinal()
    found: set[int] = set()
    for start, end in times:
        since = local_date(start, timezone).toordinal()
        until = local_date(end - AN_INSTANT, timezone).toordinal()
        found.update(range(max(since, first), min(until + 1, last)))
    return found


def runs(days: Iterable[date]) -> Iterable[Period]:
    """The days, which come in order, as periods without gaps."""
    known = list(days)
    if not known:
        return
    first = known[0]
    for day, following in pairwise(known):
        if following - day > timedelta(days=1):
            yield Period(first, day + timedelta(days=1))
            first = following
    yield Period(first, known[-1] + timedelta(days=1))
