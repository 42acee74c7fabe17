"""The bookings behind a whole report, for a spreadsheet: what was counted, nothing about persons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.domain.period import Period
from app.domain.utilisation import DateTally, in_hours
from app.extensions import db
from app.models import BookingDate, Office, Project
from app.services.reports.checksum import checksum
from app.services.reports.material import Material, load_together

HEADS = ("women", "men", "other")


@dataclass(frozen=True, slots=True)
class CountedRow:
    """One date. `hours` are those that it counts for; instants are naive, by the office's clock."""

    number: int
    start: datetime
    end: datetime
    resources: str
    status: str
    category: str
    activity: str | None
    hours: float
    heads: tuple[int | None, int | None, int | None]


def counted_rows(
    offices: Sequence[Office], period: Period, project: Project | None, expected: str
) -> list[CountedRow] | None:
    """Every used date and no-show, by start; None if `expected` is not the checksum of today's data."""
    material = load_together(offices, period, project)
    if checksum(material) != expected:
        return None
    tallies = sorted(material.measurement().dates(), key=lambda tally: (tally.row.date_start, tally.row.key))
    ends, places = _ends(material), _places(material)
    return [_row(tally, material, ends, places) for tally in tallies]


def _row(
    tally: DateTally, material: Material, ends: Mapping[int, datetime], places: Mapping[int, dict[str, None]]
) -> CountedRow:
    row, date_id = tally.row, int(tally.row.date_id)
    return CountedRow(
        number=date_id,
        start=_local(row.date_start, material),
        end=_local(ends[date_id], material),
        resources=", ".join(material.names[slug] for slug in places[date_id]),
        status=row.status,
        category=row.category,
        activity=row.activity,
        hours=in_hours(tally.used),
        heads=(row.women, row.men, row.other),
    )


def _local(instant: datetime, material: Material) -> datetime:
    return instant.astimezone(material.timezone).replace(tzinfo=None)


def _places(material: Material) -> dict[int, dict[str, None]]:
    found: dict[int, dict[str, None]] = {}
    for row in material.rows:
        found.setdefault(int(row.date_id), {})[row.resource] = None
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
