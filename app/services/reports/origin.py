"""Which dates a report was counted from, and what each came to.

Kept with a frozen report, so that its figures go on opening to what was counted. No persons are in it.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.domain.interval import Interval
from app.domain.utilisation import APART, Measurement, UseRow, apart
from app.extensions import db
from app.models import BookingDate
from app.services.reports.material import Material
from app.services.reports.names import home_municipalities

Heads = tuple[int | None, int | None, int | None]  # women, men, other


@dataclass(frozen=True, slots=True)
class OriginDate:
    """One date as it was counted.

    `used`: seconds by resource, 0 where people came but another date owns the time; `missed`: the resources
    that it held and nobody came to; `places`: all that it was on.
    """

    date_id: int
    key: str
    start: datetime
    end: datetime
    status: str
    category: str
    activity: str | None
    organisation: str | None
    heads: Heads
    places: Sequence[str]
    used: Mapping[str, int]
    missed: Sequence[str]

    @property
    def has_heads(self) -> bool:
        return any(each is not None for each in self.heads)


@dataclass(frozen=True, slots=True)
class Share:
    """What a date comes to on some of the resources. `visited`: its heads count in the period."""

    date: OriginDate
    used: timedelta
    visited: bool
    is_no_show: bool


@dataclass(frozen=True, slots=True)
class Origin:
    """All dates of a period. `totals`: the resources that the totals count; `homes` of the organisations.

    `apart`: of time that nothing counts, OUTSIDE the hours or OUT_OF_SERVICE, the dates; their `used` is the
    time of that. Empty where it was not kept.
    """

    within: Interval
    totals: Collection[str]
    names: Mapping[str, str]
    homes: Mapping[str, str | None]
    dates: Mapping[int, OriginDate]
    apart: Mapping[str, Mapping[int, OriginDate]]

    def shares(self, resource: str | None = None, apart: str | None = None) -> list[Share]:
        """What each date comes to in the totals, or on one resource, by start; or what of it stands apart."""
        dates = self.dates if apart is None else self.apart.get(apart, {})
        on = (self.totals if apart is None else self.names) if resource is None else {resource}
        found = (self.share_of(each, on) for each in dates.values())
        return sorted(filter(None, found), key=lambda share: (share.date.start, share.date.key))

    def share_of(self, date: OriginDate, on: Collection[str]) -> Share | None:
        """None where it comes to nothing on these resources."""
        used = [seconds for slug, seconds in date.used.items() if slug in on]
        if used:
            visited = self.within.holds(date.start)
            return Share(date, timedelta(seconds=sum(used)), visited, is_no_show=False)
        if any(slug in on for slug in date.missed):
            return Share(date, timedelta(), visited=False, is_no_show=True)
        return None


def origin_of(material: Material, measurement: Measurement) -> Origin:
    """The dates of what is measured."""
    used: defaultdict[int, dict[str, int]] = defaultdict(dict)
    missed: defaultdict[int, list[str]] = defaultdict(list)
    rows: dict[int, UseRow] = {}
    for one in measurement.measured:
        for number, row in one.attended.items():
            time = one.used_by_date.get(number, timedelta())
            used[int(number)][one.facts.slug] = round(time.total_seconds())
            rows[int(number)] = row
        for number, row in one.no_shows.items():
            missed[int(number)].append(one.facts.slug)
            rows[int(number)] = row
    made = _Dates.of(material)
    dates = {
        number: made.date(row, used.get(number, {}), missed.get(number, []), on=material.names)
        for number, row in rows.items()
    }
    totals = [one.facts.slug for one in measurement.counted]
    beside = {what: _apart(made, measurement, what) for what in APART}
    return Origin(material.within, totals, made.names, home_municipalities(), dates, beside)


@dataclass(frozen=True, slots=True)
class _Dates:
    """Makes them of rows. `names` of resources, also of those out of service."""

    names: Mapping[str, str]
    ends: Mapping[int, datetime]
    places: Mapping[int, set[str]]

    @classmethod
    def of(cls, material: Material) -> "_Dates":
        rows = [*material.rows, *material.beside[1]]
        places: defaultdict[int, set[str]] = defaultdict(set)
        for row in rows:
            places[int(row.date_id)].add(row.resource)
        used = {row.resource for row in material.beside[1]}
        names = material.names | {slug: name for slug, name in material.beside_names.items() if slug in used}
        return cls(names, _ends(rows, material.within), places)

    def date(
        self, row: UseRow, used: Mapping[str, int], missed: Sequence[str], on: Collection[str]
    ) -> OriginDate:
        number = int(row.date_id)
        return OriginDate(
            date_id=number,
            key=row.key,
            start=row.date_start,
            end=self.ends[number],
            status=row.status,
            category=row.category,
            activity=row.activity,
            organisation=row.organisation,
            heads=(row.women, row.men, row.other),
            places=[slug for slug in on if slug in self.places[number]],
            used=used,
            missed=missed,
        )


def _apart(made: _Dates, measurement: Measurement, what: str) -> dict[int, OriginDate]:
    time: defaultdict[int, defaultdict[str, timedelta]] = defaultdict(lambda: defaultdict(timedelta))
    rows: dict[int, UseRow] = {}
    for slug, piece in apart(measurement, what):
        number = int(piece.row.date_id)
        rows[number] = piece.row
        time[number][slug] += piece.end - piece.start
    return {number: made.date(row, _seconds(time[number]), [], on=made.names) for number, row in rows.items()}


def _seconds(time: Mapping[str, timedelta]) -> dict[str, int]:
    return {slug: round(each.total_seconds()) for slug, each in time.items()}


def _ends(rows: Sequence[UseRow], within: Interval) -> dict[int, datetime]:
    """When each date ends: a long one may go on after the period."""
    ends: dict[int, datetime] = {}
    for row in rows:
        date_id = int(row.date_id)
        ends[date_id] = max(row.end, ends.get(date_id, row.end))
    reaching = [date_id for date_id, end in ends.items() if end >= within.end]
    query: Any = select(BookingDate.id, BookingDate.ends_at).where(BookingDate.id.in_(reaching))
    return ends | dict(db.session.execute(query).all())


# As it is kept: the columns named once, a list for each date, instants in epoch seconds.
_PLAIN: Mapping[str, Callable[[OriginDate], Any]] = {
    "date": lambda each: each.date_id,
    "key": lambda each: each.key,
    "start": lambda each: int(each.start.timestamp()),
    "end": lambda each: int(each.end.timestamp()),
    "status": lambda each: each.status,
    "category": lambda each: each.category,
    "activity": lambda each: each.activity,
    "organisation": lambda each: each.organisation,
    "heads": lambda each: list(each.heads),
    "places": lambda each: list(each.places),
    "used": lambda each: dict(each.used),
    "missed": lambda each: list(each.missed),
}


def as_kept(origin: Origin) -> dict[str, Any]:
    """As JSON, in the order of start."""
    known = {each.organisation for dates in (origin.dates, *origin.apart.values()) for each in dates.values()}
    return {
        "within": [int(instant.timestamp()) for instant in (origin.within.start, origin.within.end)],
        "totals": sorted(origin.totals),
        "names": dict(origin.names),
        "homes": {slug: home for slug, home in sorted(origin.homes.items()) if slug in known},
        "columns": list(_PLAIN),
        "dates": _lines(origin.dates),
        "apart": {what: _lines(dates) for what, dates in origin.apart.items()},
    }


def _lines(dates: Mapping[int, OriginDate]) -> list[list[Any]]:
    ordered = sorted(dates.values(), key=lambda each: (each.start, each.key))
    return [[plain(each) for plain in _PLAIN.values()] for each in ordered]


def from_kept(kept: Mapping[str, Any]) -> Origin:
    """What `as_kept` made."""
    columns = kept["columns"]
    return Origin(
        within=Interval(*(_instant(each) for each in kept["within"])),
        totals=kept["totals"],
        names=kept["names"],
        homes=kept["homes"],
        dates=_dates(columns, kept["dates"]),
        apart={what: _dates(columns, lines) for what, lines in kept.get("apart", {}).items()},
    )


def _dates(columns: Sequence[str], kept: Sequence[Sequence[Any]]) -> dict[int, OriginDate]:
    lines = (dict(zip(columns, values, strict=True)) for values in kept)
    dates = [
        OriginDate(
            date_id=line["date"],
            key=line["key"],
            start=_instant(line["start"]),
            end=_instant(line["end"]),
            status=line["status"],
            category=line["category"],
            activity=line["activity"],
            organisation=line["organisation"],
            heads=(line["heads"][0], line["heads"][1], line["heads"][2]),
            places=line["places"],
            used=line["used"],
            missed=line["missed"],
        )
        for line in lines
    ]
    return {each.date_id: each for each in dates}


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
