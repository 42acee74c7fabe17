"""What there is to read: the latest months of an office with their utilisation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import exists, func, select

from app.domain.localtime import local_date, midnight, zone
from app.domain.period import Period
from app.extensions import db
from app.models import Office, Project, ReportSnapshot, Resource, Slot
from app.services.reports.projects import project_for
from app.services.reports.times import month_times

MONTHS = 12
QUIET = timedelta(days=92)  # without any booking, and the office was not in use


@dataclass(frozen=True, slots=True)
class MonthLine:
    """A month as it stands now, and when it was last published."""

    period: Period
    utilisation: float | None
    revision: int | None = None
    frozen_at: datetime | None = None


def first_day(office: Office, since: date | None = None) -> date | None:
    """The local day of the office's first booked time, or of the first from that day on."""
    timezone = zone(office.timezone)
    resources = select(Resource.id).where(Resource.office_id == office.id)
    query = select(func.min(Slot.starts_at)).where(Slot.resource_id.in_(resources))
    if since:
        query = query.where(Slot.starts_at >= midnight(since, timezone))
    first = db.session.scalar(query)
    return local_date(first, timezone) if first else None


def data_from(office: Office, project: Project | None) -> date | None:
    """Since when there is anything to count: the first booking, of a project the first in its time.

    An office that was in use shortly before the project began has data from its first day on, used or not.
    None: nothing was ever booked.
    """
    since = project.starts_on - QUIET if project else None
    first = first_day(office, since)
    return max(first, project.starts_on) if first and project and first < project.starts_on else first


def known_since(offices: Sequence[Office], period: Period, project: Project | None) -> dict[str, date | None]:
    """By office, since when there is anything to count in a period: of several in each one's own project."""
    return {each.slug: data_from(each, project or project_for(each, period)) for each in offices}


def months_used(office: Office, today: date) -> list[Period]:
    """The months up to the end of this year in which anything was booked, in order."""
    first = first_day(office)
    if first is None or first.year > today.year:
        return []
    timezone = zone(office.timezone)
    months = Period(first.replace(day=1), date(today.year + 1, 1, 1)).months()
    resources = select(Resource.id).where(Resource.office_id == office.id)
    asked = []
    for month in months:
        within = month.interval(timezone)
        used = Slot.resource_id.in_(resources), Slot.starts_at >= within.start, Slot.starts_at < within.end
        asked.append(exists().where(*used).label(month.label))
    found = db.session.execute(select(*asked)).one()
    return [month for month, is_used in zip(months, found, strict=True) if is_used]


def latest_months(office: Office, now: datetime) -> list[MonthLine]:
    """The months up to the present one, at most twelve, the latest first; from one reading.

    Months before the first of them that was used are left out.
    """
    first = first_day(office)
    today = local_date(now, zone(office.timezone))
    if first is None or first > today:
        return []
    months = _months(Period.month_of(first), Period.month_of(today))
    shares = _shares(office, months)
    while len(months) > 1 and not shares[months[0]]:
        months.pop(0)
    published = _published(office, months)
    return [
        MonthLine(month, shares[month], *published.get((month.first, month.last_exclusive), (None, None)))
        for month in reversed(months)
    ]


def _months(first: Period, last: Period) -> list[Period]:
    months = [last]
    while len(months) < MONTHS and months[0] > first:
        months.insert(0, months[0].previous())
    return months


def _shares(office: Office, months: Sequence[Period]) -> dict[Period, float | None]:
    of_project: dict[Project | None, list[Period]] = {}
    for month in months:  # what the totals count may change from one project to the next
        of_project.setdefault(project_for(office, month), []).append(month)
    found: dict[Period, float | None] = {}
    for project, own in of_project.items():
        times = month_times([office], own, project.kinds if project else None)
        found.update((month, time.utilisation) for month, time in zip(own, times, strict=True))
    return found


def _published(office: Office, months: Sequence[Period]) -> dict[tuple[date, date], tuple[int, datetime]]:
    query = (
        select(
            ReportSnapshot.starts_on,
            ReportSnapshot.ends_on,
            ReportSnapshot.revision,
            ReportSnapshot.frozen_at,
        )
        .where(ReportSnapshot.office_id == office.id, ReportSnapshot.starts_on >= months[0].first)
        .order_by(ReportSnapshot.revision)
    )
    return {(first, end): (revision, at) for first, end, revision, at in db.session.execute(query)}
