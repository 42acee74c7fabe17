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
from app.domain.utilisation import Measurement, UseRow
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
    """All dates of a period. `totals`: the resources that the totals count; `homes` of the organisations."""

    within: Interval
    totals: Collection[str]
    names: Mapping[str, str]
    homes: Mapping[str, str | None]
    dates: Mapping[int, OriginDate]

    def shares(self, resource: str | None = None) -> list[Share]:
        """What each date comes to in the totals, or on one resource, by start."""
        on = self.totals if resource is None else {resource}
        found = (self.share_of(each, on) for each in self.dates.values())
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
    ends, places = _ends(material), _places(material)
    dates = {
        number: OriginDate(
            date_id=number,
            key=row.key,
            start=row.date_start,
            end=ends[number],
            status=row.status,
            category=row.category,
            activity=row.activity,
            organisation=row.organisation,
            heads=(row.women, row.men, row.other),
            places=[slug for slug in material.names if slug in places[number]],
            used=used.get(number, {}),
            missed=missed.get(number, []),
        )
        for number, row in rows.items()
    }
    totals = [one.facts.slug for one in measurement.counted]
    return Origin(material.within, totals, material.names, home_municipalities(), dates)


def _places(material: Material) -> Mapping[int, set[str]]:
    found: defaultdict[int, set[str]] = defaultdict(set)
    for row in material.rows:
        found[int(row.date_id)].add(row.resource)
    return found


def _ends(material: Material) -> dict[int, datetime]:
    """When each date ends: a long one may go on after the period."""
    ends: dict[int, datetime] = {}
    for row in material.rows:
        date_id = int(row.date_id)
        ends[date_id] = max(row.end, ends.get(date_id, row.end))
    reaching = [date_id for date_id, end in ends.items() if end >= material.within.end]
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
    known = {each.organisation for each in origin.dates.values()}
    return {
        "within": [int(instant.timestamp()) for instant in (origin.within.start, origin.within.end)],
        "totals": sorted(origin.totals),
        "names": dict(origin.names),
        "homes": {slug: home for slug, home in sorted(origin.homes.items()) if slug in known},
        "columns": list(_PLAIN),
        "dates": [
            [plain(each) for plain in _PLAIN.values()]
            for each in sorted(origin.dates.values(), key=lambda each: (each.start, each.key))
        ],
    }


def from_kept(kept: Mapping[str, Any]) -> Origin:
    """What `as_kept` made."""
    lines = (dict(zip(kept["columns"], values, strict=True)) for values in kept["dates"])
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
    within = Interval(*(_instant(each) for each in kept["within"]))
    return Origin(
        within, kept["totals"], kept["names"], kept["homes"], {each.date_id: each for each in dates}
    )


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
