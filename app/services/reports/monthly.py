"""Which monthly reports are due: those of every project, from the first working day of the next month on."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import select

from app.domain.localtime import local_date, to_utc_shifting, zone
from app.domain.period import Period
from app.domain.workday import first_working_day
from app.extensions import db
from app.models import Closure, Office, Project
from app.services.holidays import holidays_of
from app.services.job_claims import periods_of
from app.services.offices import offices
from app.services.reports.projects import projects_of

JOB = "monthly-reports"
HOUR = time(6)  # on the office's clock


@dataclass(frozen=True, slots=True)
class DueReport:
    """A month of a project that has not been reported. `key` names it among the job's periods."""

    office: Office
    project: Project
    period: Period
    key: str


def due_reports(now: datetime, *, asked: bool = False) -> list[DueReport]:
    """The oldest first, so that whoever was down catches up in order.

    Months that were over before the office was loaded are nobody's to report, or a fresh installation
    would mail years of history. Where somebody asks for the job, the last month is due all the same.
    """
    known = periods_of(JOB)
    return [
        due
        for office in offices()
        for project in projects_of(office)
        for due in _due_of(office, project, known, now, asked)
        if known.get(due.key) is None
    ]


def _due_of(
    office: Office, project: Project, known: dict[str, datetime | None], now: datetime, asked: bool
) -> Iterator[DueReport]:
    last = Period.month_of(local_date(now, zone(office.timezone))).previous()
    month = _first_month(office, project, known, last if asked else None)
    while month is not None and month <= last:
        first, end = max(month.first, project.starts_on), min(month.last_exclusive, project.ends_on)
        if first < end and now >= _due_at(office, month.next()):
            yield DueReport(office, project, Period(first, end), _key(project, month))
        month = month.next()


def _first_month(
    office: Office, project: Project, known: dict[str, datetime | None], asked_for: Period | None
) -> Period | None:
    """The first month that the job has to do with."""
    prefix = _key(project, None)
    months = [Period.parse(key.removeprefix(prefix)) for key in known if key.startswith(prefix)]
    if office.created_at:
        months.append(Period.month_of(local_date(office.created_at, zone(office.timezone))))
    if asked_for:
        months.append(asked_for)
    return min(months, default=None)


def _key(project: Project, month: Period | None) -> str:
    return f"{project.slug}/{month.label if month else ''}"


def _due_at(office: Office, month: Period) -> datetime:
    """Six o'clock on the first working day of the month."""
    day = first_working_day(month.first.year, month.first.month, _holidays(office, month))
    return to_utc_shifting(datetime.combine(day, HOUR), zone(office.timezone))


def _holidays(office: Office, month: Period) -> set[date]:
    """As stored with the office; of a year not stored yet, as the package has them."""
    tz = zone(office.timezone)
    year, within = month.first.year, month.interval(tz)
    if office.holidays and not (office.holidays_from_year or year + 1) <= year <= (
        office.holidays_to_year or 0
    ):
        return set(holidays_of(office.holidays, office.language, [year]))
    query = select(Closure.starts_at).where(
        Closure.office_id == office.id,
        Closure.source == "holiday",
        Closure.retired_at.is_(None),
        Closure.starts_at >= within.start,
        Closure.starts_at < within.end,
    )
    return {local_date(start, tz) for start in db.session.scalars(query)}
