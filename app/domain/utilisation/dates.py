"""Dates of bookings over all their resources: counted once, however many rows they have."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
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


@dataclass(slots=True)
class DateTally:
    """What one date comes to on the counted resources. `visited`: its heads count in this period."""

    row: UseRow
    used: timedelta = timedelta()
    seats: timedelta = timedelta()
    visited: bool = False

    @property
    def is_no_show(self) -> bool:
        return not self.row.is_used


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
    return [*tallies.values(), *(DateTally(row) for date_id, row in no_shows.items() if date_id not in tallies)]
