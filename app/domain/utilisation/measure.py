"""From slots and open time to the figures of a period."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from zoneinfo import ZoneInfo

from app.domain.interval import Interval
from app.domain.localtime import local_date, midnight
from app.domain.utilisation.dates import (
    DateTally,
    Weights,
    attendance_of,
    grouped,
    median_lead_time,
    persons_hours,
    tally_dates,
    weights_of,
)
from app.domain.utilisation.ownership import Piece
from app.domain.utilisation.records import (
    METHOD_VERSION,
    NO_SHOW,
    USED_STATUSES,
    GroupFigures,
    KindFigures,
    ResourceFacts,
    UseRow,
    Utilisation,
)
from app.domain.utilisation.resources import Measured, measure_resource

Beside = tuple[Sequence[ResourceFacts], Sequence[UseRow]]
NOTHING_BESIDE: Beside = ((), ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """Every resource measured in the period; `figures` draws all figures from it.

    `kinds` are what the totals count, None means all. `held` are the rows that count, by resource.
    `beside` are resources that are not measured, on which some of the dates were as well, and their rows.
    """

    period: Interval
    kinds: Collection[str] | None
    held: dict[str, list[UseRow]]
    measured: Sequence[Measured]
    beside: Beside = NOTHING_BESIDE

    @property
    def counted(self) -> list[Measured]:
        return [one for one in self.measured if self.kinds is None or one.facts.kind in self.kinds]

    def dates(self) -> list[DateTally]:
        """One tally for every date with counted time or visits."""
        return tally_dates(self.counted, self.period)

    def weights(self) -> Weights:
        """How the heads of each date are split over all the resources that it was on."""
        others, rows = self.beside
        facts = chain((one.facts for one in self.measured), others)
        return weights_of({one.slug: one for one in facts}, chain(*self.held.values(), rows))


def measure(
    resources: Iterable[ResourceFacts],
    rows: Iterable[UseRow],
    *,
    period: Interval,
    timezone: ZoneInfo,
    kinds: Collection[str] | None = None,
) -> Utilisation:
    """The utilisation of the resources in the period, whose days are those of `timezone`.

    `kinds` are what the totals count, None means all; other kinds appear in `by_kind` alone. Rows of
    resources not given and rows that were cancelled, declined or only requested count nothing.
    """
    return figures(measure_each(resources, rows, period=period, kinds=kinds), timezone)


def measure_each(
    resources: Iterable[ResourceFacts],
    rows: Iterable[UseRow],
    *,
    period: Interval,
    kinds: Collection[str] | None = None,
    beside: Beside = NOTHING_BESIDE,
) -> Measurement:
    """The first half of `measure`: each resource by itself."""
    facts = list(resources)
    held = _held(facts, rows)
    measured = [measure_resource(one, held[one.slug], period) for one in facts]
    return Measurement(period=period, kinds=kinds, held=held, measured=measured, beside=beside)


def figures(
    measurement: Measurement, timezone: ZoneInfo, tallies: Sequence[DateTally] | None = None
) -> Utilisation:
    """The second half of `measure`: sums first, then shares. `tallies`: its dates, if they are known."""
    period, counted = measurement.period, measurement.counted
    if tallies is None:
        tallies = measurement.dates()
    available = _sum(one.figures.available for one in counted)
    used = _sum(one.figures.used for one in counted)
    midnights = _midnights(period, timezone)

    def by(key: Callable[[UseRow], str | None]) -> tuple[GroupFigures, ...]:
        return grouped(tallies, key, used=used, available=available)

    return Utilisation(
        method=METHOD_VERSION,
        period=period,
        available=available,
        booked=_sum(one.figures.booked for one in counted),
        used=used,
        outside=_sum(one.figures.outside for one in counted),
        lost=_sum(one.figures.lost for one in counted),
        bookings=sum(bool(tally.used) for tally in tallies),
        no_shows=sum(tally.is_no_show for tally in tallies),
        days_open=_days(chain.from_iterable(one.open for one in counted), midnights),
        days_used=_days(chain.from_iterable(one.used for one in counted), midnights),
        lead_time=median_lead_time(tallies),
        attendance=attendance_of(tallies),
        persons_hours=persons_hours(counted, measurement.weights()),
        seats_counted=_sum(tally.seats for tally in tallies),
        seats_available=_sum(one.seats_available for one in counted),
        by_resource=tuple(one.figures for one in counted),
        by_kind=_by_kind(measurement.measured, measurement.kinds),
        by_category=by(lambda row: row.category),
        by_activity=by(lambda row: row.activity),
        by_organisation=by(lambda row: row.organisation),
    )


def _held(facts: Sequence[ResourceFacts], rows: Iterable[UseRow]) -> dict[str, list[UseRow]]:
    """By resource, the rows that held its time in the end."""
    held: dict[str, list[UseRow]] = {one.slug: [] for one in facts}
    for row in rows:
        if row.resource in held and (row.status in USED_STATUSES or row.status == NO_SHOW):
            held[row.resource].append(row)
    return held


def _by_kind(measured: Sequence[Measured], kinds: Collection[str] | None) -> tuple[KindFigures, ...]:
    members: defaultdict[str, list[Measured]] = defaultdict(list)
    for one in measured:
        members[one.facts.kind].append(one)
    return tuple(
        KindFigures(
            kind=kind,
            counted=kinds is None or kind in kinds,
            resources=len(of_kind),
            available=_sum(one.figures.available for one in of_kind),
            booked=_sum(one.figures.booked for one in of_kind),
            used=_sum(one.figures.used for one in of_kind),
            bookings=len(set().union(*(one.used_by_date for one in of_kind))),
        )
        for kind, of_kind in members.items()
    )


def _midnights(period: Interval, timezone: ZoneInfo) -> list[datetime]:
    """The beginning of every local day that the period touches."""
    first, last = (local_date(instant, timezone) for instant in (period.start, period.end))
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [midnight(day, timezone) for day in days]


def _days(times: Iterable[Interval | Piece], midnights: Sequence[datetime]) -> int:
    """On how many days any of the times falls; what ends at midnight is not on the next day."""
    days: set[int] = set()
    for span in times:
        days.update(range(bisect_right(midnights, span.start), bisect_left(midnights, span.end) + 1))
    return len(days)


def _sum(times: Iterable[timedelta]) -> timedelta:
    return sum(times, timedelta())
