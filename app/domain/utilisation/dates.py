"""Dates of bookings over all their resources: counted once, however many rows they have."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from app.domain.interval import Interval
from app.domain.utilisation.records import (
    HOUR,
    MICROSECOND,
    Attendance,
    DateId,
    GroupFigures,
    ResourceFacts,
    UseRow,
)
from app.domain.utilisation.resources import Measured

Weights = Mapping[DateId, Mapping[str, int]]  # of each date: how much of its heads is on which resource


@dataclass(slots=True)
class DateTally:
    """What one date comes to on the counted resources.

    `seats` is capacity times used time if it has a head count; `visited`: its heads count in this period.
    """

    row: UseRow
    used: timedelta = timedelta()
    seats: timedelta = timedelta()
    visited: bool = False
    is_no_show: bool = False


def tally_dates(counted: Iterable[Measured], period: Interval) -> list[DateTally]:
    """One tally for every date with counted time or visits in the period."""
    tallies: dict[DateId, DateTally] = {}
    no_shows: dict[DateId, UseRow] = {}
    for measured in counted:
        no_shows |= measured.no_shows
        for date_id, row in measured.attended.items():
            tally = tallies.setdefault(date_id, DateTally(row))
            tally.used += measured.used_by_date.get(date_id, timedelta())
            tally.seats += measured.seats_by_date.get(date_id, timedelta())
            tally.visited = period.holds(row.date_start)
    absent = (DateTally(row, is_no_show=True) for date_id, row in no_shows.items() if date_id not in tallies)
    return [*tallies.values(), *absent]


def persons_hours(counted: Iterable[Measured], weights: Weights) -> Fraction:
    """Heads times used hours on the counted resources, of dates with a head count.

    The heads of a date are split by capacity over all the resources it was on, counted or not.
    """
    by_whole: defaultdict[int, int] = defaultdict(int)  # exact, and far faster than adding fractions
    for measured in counted:
        for date_id, used in measured.used_by_date.items():
            if date_id not in weights:
                continue
            weight, heads = weights[date_id], measured.attended[date_id].heads
            by_whole[sum(weight.values())] += heads * weight[measured.facts.slug] * (used // MICROSECOND)
    microseconds = sum((Fraction(part, whole) for whole, part in by_whole.items()), Fraction())
    return microseconds / (HOUR // MICROSECOND)


def weights_of(facts: Mapping[str, ResourceFacts], rows: Iterable[UseRow]) -> Weights:
    """For every date with a head count: the capacity of each resource it was on when it began."""
    weights: defaultdict[DateId, dict[str, int]] = defaultdict(dict)
    for row in rows:
        if row.is_used and row.has_heads:
            weights[row.date_id][row.resource] = facts[row.resource].capacity_at(row.date_start)
    return {
        date_id: weight if any(weight.values()) else dict.fromkeys(weight, 1)
        for date_id, weight in weights.items()
    }


def attendance_of(tallies: Iterable[DateTally]) -> Attendance:
    """The visits of all dates that count in the period."""
    visits = [tally.row for tally in tallies if tally.visited]
    counted = [row for row in visits if row.has_heads]
    return Attendance(
        women=sum(row.women or 0 for row in counted),
        men=sum(row.men or 0 for row in counted),
        other=sum(row.other or 0 for row in counted),
        counted=len(counted),
        missing=len(visits) - len(counted),
    )


def median_lead_time(tallies: Iterable[DateTally]) -> timedelta | None:
    """The median time from making the booking to the start, over used dates that know it.

    Negative where it was entered afterwards.
    """
    leads = sorted(
        tally.row.date_start - tally.row.created_at
        for tally in tallies
        if tally.used and tally.row.created_at is not None
    )
    if not leads:
        return None
    return (leads[(len(leads) - 1) // 2] + leads[len(leads) // 2]) / 2


def grouped(
    tallies: Iterable[DateTally],
    key: Callable[[UseRow], str | None],
    *,
    used: timedelta,
    available: timedelta,
) -> tuple[GroupFigures, ...]:
    """The dates by `key`, most used first. `used` and `available` are the wholes that shares are of.

    Groups with nothing but no-shows are left out.
    """
    members: defaultdict[str | None, list[DateTally]] = defaultdict(list)
    for tally in tallies:
        members[key(tally.row)].append(tally)
    groups = (_group(name, dates, used, available) for name, dates in members.items())
    found = [group for group in groups if group.used or group.heads]
    return tuple(sorted(found, key=lambda group: (-group.used, group.key or "")))


def _group(
    name: str | None, dates: Sequence[DateTally], whole_used: timedelta, whole_available: timedelta
) -> GroupFigures:
    used_dates = [tally for tally in dates if tally.used]
    used = sum((tally.used for tally in used_dates), timedelta())
    visits = attendance_of(dates)
    return GroupFigures(
        key=name,
        used=used,
        share_of_use=used / whole_used if whole_used else None,
        share_of_capacity=used / whole_available if whole_available else None,
        bookings=len(used_dates),
        no_shows=sum(tally.is_no_show for tally in dates),
        organisations=len({tally.row.organisation for tally in used_dates} - {None}),
        women=visits.women,
        men=visits.men,
        other=visits.other,
    )
