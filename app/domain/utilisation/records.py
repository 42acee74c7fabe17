"""What utilisation is counted from, and what comes out.

Time is `timedelta`, differences of UTC instants, exact. A ratio is None where nothing could be
divided ("no open time"). Sums come first: no ratio is ever the mean of ratios.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from app.domain.interval import Interval, total

METHOD_VERSION = "1"

USED_STATUSES = frozenset({"confirmed", "checked_in"})
NO_SHOW = "no_show"

DateId = int | str
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
MICROSECOND = timedelta(microseconds=1)


def in_hours(time: timedelta) -> float:
    """Hours as a number, for output."""
    return time / HOUR


def exact_hours(time: timedelta) -> Fraction:
    """Hours as a fraction, for sums and quotients."""
    return Fraction(time // MICROSECOND, HOUR // MICROSECOND)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceFacts:
    """A leaf resource: never a composite or a pool, whose time is that of their parts or members.

    `hours` is what the opening hours lay out, `open` the same less holidays and closures. `service`
    None means always. `capacity` holds except in the intervals of `other_capacities`, which may not
    overlap (ValueError).
    """

    slug: str
    kind: str
    hours: Sequence[Interval]
    open: Sequence[Interval]
    service: Interval | None = None
    capacity: int = 1
    other_capacities: Sequence[tuple[Interval, int]] = ()

    def __post_init__(self) -> None:
        spans = [span for span, _ in self.other_capacities]
        if sum((span.duration for span in spans), timedelta()) != total(spans):
            raise ValueError(f"two capacities at once: {self.slug}")

    def capacity_at(self, instant: datetime) -> int:
        for span, capacity in self.other_capacities:
            if span.holds(instant):
                return capacity
        return self.capacity

    def seat_time(self, start: datetime, end: datetime) -> timedelta:
        """Capacity times time from `start` to `end`, with the capacity of each moment."""
        seats = self.capacity * (end - start)
        for span, capacity in self.other_capacities:
            shared = min(span.end, end) - max(span.start, start)
            if shared > timedelta():
                seats += (capacity - self.capacity) * shared
        return seats


@dataclass(frozen=True, slots=True, kw_only=True)
class UseRow:
    """One slot: one date of a booking on one resource, as it was used (buffers left out).

    `start` and `end` are the time of use; a use that ended early ends there. `date_start` is when the
    whole date begins, the same in all its rows, also where a long date arrives as several rows
    back to back; it is not the RECURRENCE-ID of a date that was moved. `key` is the identifier that
    settles who owns an overlap of dates with the same start. Heads are of the date, not of the row;
    all three None means that nobody counted.
    """

    date_id: DateId
    key: str
    resource: str
    start: datetime
    end: datetime
    date_start: datetime
    status: str
    category: str
    activity: str | None = None
    organisation: str | None = None
    women: int | None = None
    men: int | None = None
    other: int | None = None
    created_at: datetime | None = None

    @property
    def is_used(self) -> bool:
        return self.status in USED_STATUSES

    @property
    def has_heads(self) -> bool:
        return not (self.women is None and self.men is None and self.other is None)

    @property
    def heads(self) -> int:
        return (self.women or 0) + (self.men or 0) + (self.other or 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTime:
    """Open time (A), booked time (B) and used time (N), by the words of `Utilisation`."""

    available: timedelta
    booked: timedelta
    used: timedelta

    @property
    def utilisation(self) -> float | None:
        """N / A (nyttjandegrad)."""
        return _ratio(self.used, self.available)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceFigures(OpenTime):
    """Time of one resource in the period; `bookings` are its used dates."""

    resource: str
    kind: str
    outside: timedelta
    lost: timedelta
    bookings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KindFigures(OpenTime):
    """All resources of a kind. `counted` tells whether the kind is part of the totals."""

    kind: str
    counted: bool
    resources: int
    bookings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Heads:
    """People who came."""

    women: int
    men: int
    other: int

    @property
    def heads(self) -> int:
        return self.women + self.men + self.other


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupFigures(Heads):
    """Dates of one category, activity or organisation (`key`; None where not stated).

    `used` adds up to the whole over all groups. `bookings` and heads count a date once, on however
    many resources it was; `organisations` is how many different ones used time.
    """

    key: str | None
    used: timedelta
    share_of_use: float | None
    share_of_capacity: float | None
    bookings: int
    no_shows: int
    organisations: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance(Heads):
    """Visits, not unique persons: heads of used dates that start in the period and have open time in it.

    `counted` of these dates have a head count, `missing` have none.
    """

    counted: int
    missing: int

    @property
    def share_women(self) -> float | None:
        """Women of women and men; other or not stated is left out of both."""
        return self.women / (self.women + self.men) if self.women + self.men else None

    @property
    def share_men(self) -> float | None:
        return self.men / (self.women + self.men) if self.women + self.men else None


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodFigures(OpenTime):
    """The figures of a period that other periods are compared by.

    `bookings` are dates with used time, `no_shows` dates that held booked time and were used by nobody.
    `persons_hours` is heads times used hours of the dates with a head count, the heads of a date on
    several resources split by capacity; `seats_counted` is capacity times used time of those dates,
    `seats_available` capacity times open time.
    """

    bookings: int
    no_shows: int
    days_open: int
    days_used: int
    attendance: Attendance
    persons_hours: Fraction
    seats_counted: timedelta
    seats_available: timedelta

    @property
    def booked_share(self) -> float | None:
        """B / A."""
        return _ratio(self.booked, self.available)

    @property
    def no_show_rate(self) -> float | None:
        """No-shows of all dates with counted time."""
        return self.no_shows / (self.bookings + self.no_shows) if self.bookings + self.no_shows else None

    @property
    def day_frequency(self) -> float | None:
        """Days with any use of the days on which any counted resource was open."""
        return self.days_used / self.days_open if self.days_open else None

    @property
    def occupancy(self) -> float | None:
        """How full used rooms were: persons·h / (capacity · N), of dates with a head count."""
        return self._fill_of(self.seats_counted)

    @property
    def seat_fill(self) -> float | None:
        """How full the office was: persons·h / (capacity · A)."""
        return self._fill_of(self.seats_available)

    def share_of(self, category: str) -> float | None:
        """What the category had of all that was used."""
        return _ratio(self.used_of(category), self.used)

    def used_of(self, category: str) -> timedelta:
        """What the category used."""
        raise NotImplementedError

    def _fill_of(self, seats: timedelta) -> float | None:
        return float(self.persons_hours / exact_hours(seats)) if seats else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary(PeriodFigures):
    """Put together from the figures of the period's days (see `days`)."""

    by_category: Mapping[str, timedelta]

    def used_of(self, category: str) -> timedelta:
        return self.by_category.get(category, timedelta())


@dataclass(frozen=True, slots=True, kw_only=True)
class Utilisation(PeriodFigures):
    """All figures of one period.

    Held time is the union, per resource, of all dates confirmed, checked in or no-shows, in service
    and in the period. It falls into three parts, so that `booked + outside + lost` is the whole:

    - `booked` (B): inside open time. A no-show whose time was booked again adds only the rest.
    - `lost`: within the opening hours laid out, but under a closure or holiday.
    - `outside`: outside the opening hours laid out.

    `available` (A) is open time; `used` (N) is `booked` without what only no-shows held.
    """

    method: str
    period: Interval
    outside: timedelta
    lost: timedelta
    lead_time: timedelta | None
    by_resource: tuple[ResourceFigures, ...]
    by_kind: tuple[KindFigures, ...]
    by_category: tuple[GroupFigures, ...]
    by_activity: tuple[GroupFigures, ...]
    by_organisation: tuple[GroupFigures, ...]

    @property
    def lead_time_hours(self) -> float | None:
        """Median time from booking to start, of the bookings that know when they were made."""
        return None if self.lead_time is None else in_hours(self.lead_time)

    def used_of(self, category: str) -> timedelta:
        return next((group.used for group in self.by_category if group.key == category), timedelta())


def _ratio(part: timedelta, whole: timedelta) -> float | None:
    return part / whole if whole else None
