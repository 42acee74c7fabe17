"""The figures of single local days, and how those of a longer period are put together from them.

Times add up, dates do not: one that goes over midnight is on two days and is one booking. So what lies
within a day is counted there, and what does not is kept date by date (`LongDate`).
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from itertools import chain
from math import gcd
from typing import Literal
from zoneinfo import ZoneInfo

from app.domain.localtime import local_date
from app.domain.utilisation.measure import Measurement
from app.domain.utilisation.records import HOUR, SECOND, Attendance, DateId, Summary, UseRow
from app.domain.utilisation.resources import Measured

Kinds = frozenset[str]
Group = tuple[Kinds, str, str | None]  # the kinds that dates count on, category, organisation


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceDay:
    """Whole seconds of a leaf on one day; `seats_…` are capacity times seconds."""

    kind: str
    available: int
    booked: int
    used: int
    seats_available: int
    seats_counted: int


@dataclass(slots=True)
class DatesOfDay:
    """Dates that begin and end on the day. `counted` visits have a head count, `missing` have none."""

    bookings: int = 0
    no_shows: int = 0
    counted: int = 0
    missing: int = 0
    women: int = 0
    men: int = 0
    other: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LongDate:
    """One day of a date that goes over midnight, with the kinds on which it counts as what on this day."""

    date_id: DateId
    starts_on: date
    category: str
    organisation: str | None
    heads: tuple[int | None, int | None, int | None]  # women, men, other
    used: Kinds
    attended: Kinds
    no_show: Kinds


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFigures:
    """What one local day came to, by slugs.

    `shares` is what each category used of each resource. `persons` is heads times used seconds by kind, as
    so many parts of one: the heads of a date on several resources are split.
    """

    day: date
    resources: Mapping[str, ResourceDay]
    shares: Mapping[tuple[str, str], int]
    persons: Mapping[tuple[str, int], int]
    dates: Mapping[Group, DatesOfDay]
    long: Sequence[LongDate]


@dataclass(slots=True)
class _OnDay:
    """One date on the day: on which kinds it is what."""

    row: UseRow
    used: set[str] = field(default_factory=set)
    attended: set[str] = field(default_factory=set)
    no_show: set[str] = field(default_factory=set)


def day_figures(measurement: Measurement, day: date, timezone: ZoneInfo) -> DayFigures:
    """Draws the figures from a measurement of the day, whatever kinds it counts."""
    found: dict[DateId, _OnDay] = {}
    shares: Counter[tuple[str, str]] = Counter()
    for one in measurement.measured:
        _note_dates(one, found)
        for date_id, used in one.used_by_date.items():
            shares[one.facts.slug, one.attended[date_id].category] += used // SECOND
    long = _long_dates(measurement)
    return DayFigures(
        day=day,
        resources={one.facts.slug: _resource(one) for one in measurement.measured},
        shares=shares,
        persons=_persons(measurement),
        dates=_within_day(each for date_id, each in found.items() if date_id not in long),
        long=[_long(each, timezone) for date_id, each in found.items() if date_id in long],
    )


def _resource(one: Measured) -> ResourceDay:
    return ResourceDay(
        kind=one.facts.kind,
        available=one.figures.available // SECOND,
        booked=one.figures.booked // SECOND,
        used=one.figures.used // SECOND,
        seats_available=one.seats_available // SECOND,
        seats_counted=sum(one.seats_by_date.values(), timedelta()) // SECOND,
    )


def _note_dates(one: Measured, found: dict[DateId, _OnDay]) -> None:
    kind = one.facts.kind
    for date_id, row in one.attended.items():
        date_of_day = found.setdefault(date_id, _OnDay(row))
        date_of_day.attended.add(kind)
        if date_id in one.used_by_date:
            date_of_day.used.add(kind)
    for date_id, row in one.no_shows.items():
        found.setdefault(date_id, _OnDay(row)).no_show.add(kind)


def _long_dates(measurement: Measurement) -> set[DateId]:
    """Those that go over midnight. One that reaches it may: its next row begins there, on another day."""
    first, last = measurement.period.start, measurement.period.end
    return {
        row.date_id
        for row in chain.from_iterable(measurement.held.values())
        if row.end >= last or row.date_start < first
    }


def _within_day(dates: Iterable[_OnDay]) -> dict[Group, DatesOfDay]:
    groups: defaultdict[Group, DatesOfDay] = defaultdict(DatesOfDay)

    def group(kinds: set[str], row: UseRow) -> DatesOfDay:
        return groups[frozenset(kinds), row.category, row.organisation]

    for each in dates:
        if each.used:
            group(each.used, each.row).bookings += 1
        if each.no_show:
            group(each.no_show, each.row).no_shows += 1
        if each.attended:
            _add_visit(group(each.attended, each.row), (each.row.women, each.row.men, each.row.other))
    return dict(groups)


def _long(each: _OnDay, timezone: ZoneInfo) -> LongDate:
    row = each.row
    return LongDate(
        date_id=row.date_id,
        starts_on=local_date(row.date_start, timezone),
        category=row.category,
        organisation=row.organisation,
        heads=(row.women, row.men, row.other),
        used=frozenset(each.used),
        attended=frozenset(each.attended),
        no_show=frozenset(each.no_show),
    )


def _persons(measurement: Measurement) -> Counter[tuple[str, int]]:
    weights = measurement.weights()
    found: Counter[tuple[str, int]] = Counter()
    for one in measurement.measured:
        for date_id, used in one.used_by_date.items():
            if heads := one.attended[date_id].heads if date_id in weights else 0:
                part, whole = weights[date_id][one.facts.slug], sum(weights[date_id].values())
                same = gcd(part, whole)  # most are on one resource: parts of one then
                found[one.facts.kind, whole // same] += heads * (part // same) * (used // SECOND)
    return found


def _add_visit(to: "DatesOfDay | DaySums", heads: tuple[int | None, int | None, int | None]) -> None:
    if heads == (None, None, None):
        to.missing += 1
        return
    to.counted += 1
    women, men, other = heads
    to.women += women or 0
    to.men += men or 0
    to.other += other or 0


@dataclass(slots=True, kw_only=True)
class DaySums(DatesOfDay):
    """The days of a period added up. `kinds` are what counts, None means all; dates in `long` count once."""

    kinds: Collection[str] | None
    available: int = 0
    booked: int = 0
    used: int = 0
    seats_available: int = 0
    seats_counted: int = 0
    days_open: int = 0
    days_used: int = 0
    persons: Counter[int] = field(default_factory=Counter)  # by parts
    by_category: Counter[str] = field(default_factory=Counter)
    long: list[LongDate] = field(default_factory=list)

    def add(self, figures: DayFigures) -> None:
        """Adds a day."""
        counted = {
            slug: each for slug, each in figures.resources.items() if is_counted({each.kind}, self.kinds)
        }
        self.add_time(
            *(
                sum(getattr(each, name) for each in counted.values())
                for name in ("available", "booked", "used", "seats_available", "seats_counted")
            )
        )
        for (slug, category), used in figures.shares.items():
            if slug in counted:
                self.by_category[category] += used
        for (kind, parts), person_seconds in figures.persons.items():
            if is_counted({kind}, self.kinds):
                self.persons[parts] += person_seconds
        for (kinds, _, _), dates in figures.dates.items():
            if is_counted(kinds, self.kinds):
                self.add_dates(dates)
        self.long += figures.long

    def add_time(
        self, available: int, booked: int, used: int, seats_available: int, seats_counted: int
    ) -> None:
        """Adds the seconds of a day."""
        self.available += available
        self.booked += booked
        self.used += used
        self.seats_available += seats_available
        self.seats_counted += seats_counted
        self.days_open += available > 0
        self.days_used += used > 0

    def add_dates(self, dates: DatesOfDay) -> None:
        """Adds dates that lie within their days."""
        self.bookings += dates.bookings
        self.no_shows += dates.no_shows
        self.counted += dates.counted
        self.missing += dates.missing
        self.women += dates.women
        self.men += dates.men
        self.other += dates.other

    def summary(self, first: date) -> Summary:
        """The figures of the period that begins on `first`, when all its days have been added."""
        self._count_long(first)
        seconds = sum((Fraction(part, parts) for parts, part in self.persons.items()), Fraction())
        return Summary(
            available=self.available * SECOND,
            booked=self.booked * SECOND,
            used=self.used * SECOND,
            bookings=self.bookings,
            no_shows=self.no_shows,
            days_open=self.days_open,
            days_used=self.days_used,
            attendance=Attendance(
                women=self.women, men=self.men, other=self.other, counted=self.counted, missing=self.missing
            ),
            persons_hours=seconds / (HOUR // SECOND),
            seats_counted=self.seats_counted * SECOND,
            seats_available=self.seats_available * SECOND,
            by_category={name: used * SECOND for name, used in self.by_category.items()},
        )

    def _count_long(self, first: date) -> None:
        days: defaultdict[DateId, list[LongDate]] = defaultdict(list)
        for each in self.long:
            days[each.date_id].append(each)
        self.long = []
        for of_date in days.values():
            self.bookings += self._any(of_date, "used")
            self.no_shows += self._any(of_date, "no_show")
            if of_date[0].starts_on >= first and self._any(of_date, "attended"):
                _add_visit(self, of_date[0].heads)

    def _any(self, days: Iterable[LongDate], what: Literal["used", "attended", "no_show"]) -> bool:
        return any(is_counted(getattr(each, what), self.kinds) for each in days)


def first_uses(days: Iterable[DayFigures], category: str, kinds: Collection[str] | None) -> dict[str, date]:
    """Of every organisation of the category that used time: on which day its first used date began."""
    found: dict[str, date] = {}

    def note(organisation: str | None, day: date) -> None:
        if organisation and day <= found.get(organisation, day):
            found[organisation] = day

    for figures in days:
        for (on, of_category, organisation), dates in figures.dates.items():
            if dates.bookings and of_category == category and is_counted(on, kinds):
                note(organisation, figures.day)
        for each in figures.long:
            if each.category == category and is_counted(each.used, kinds):
                note(each.organisation, each.starts_on)
    return found


def is_counted(kinds: Iterable[str], counted: Collection[str] | None) -> bool:
    """Whether any of the kinds is counted; None counts all, of which there must be one."""
    return any(counted is None or kind in counted for kind in kinds)
