"""The bookings behind a whole report, for a spreadsheet: what was counted, nothing about persons."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from app.domain.period import Period
from app.domain.utilisation import in_hours
from app.models import Office, Project
from app.services.reports.checksum import checksum
from app.services.reports.material import load_together
from app.services.reports.origin import Heads, Origin, Share, origin_of


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
    heads: Heads


def counted_rows(
    offices: Sequence[Office], period: Period, project: Project | None, expected: str
) -> list[CountedRow] | None:
    """Every used date and no-show, by start; None if `expected` is not the checksum of today's data."""
    material = load_together(offices, period, project)
    if checksum(material) != expected:
        return None
    return rows_of(origin_of(material, material.measurement()), material.timezone)


def rows_of(origin: Origin, timezone: ZoneInfo) -> list[CountedRow]:
    """The same of what a frozen report was counted from."""
    return [_row(share, origin, timezone) for share in origin.shares()]


def _row(share: Share, origin: Origin, timezone: ZoneInfo) -> CountedRow:
    date = share.date
    return CountedRow(
        number=date.date_id,
        start=date.start.astimezone(timezone).replace(tzinfo=None),
        end=date.end.astimezone(timezone).replace(tzinfo=None),
        resources=", ".join(origin.names[slug] for slug in date.places),
        status=date.status,
        category=date.category,
        activity=date.activity,
        hours=in_hours(share.used),
        heads=date.heads,
    )
