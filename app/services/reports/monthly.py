"""Which reports are due: every project's months, and what its schedules ask for besides.

A report is due from the first working day after its period on; one that is held back is not.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from app.domain.localtime import local_date, to_utc_shifting, zone
from app.domain.period import Period
from app.domain.workday import first_working_day
from app.extensions import db
from app.models import Closure, Office, Project, ReportHold
from app.services.deliveries.schedules import MONTHS, schedules_of
from app.services.holidays import holidays_of
from app.services.job_claims import periods_of
from app.services.offices import offices
from app.services.reports.projects import projects_of

JOB = "monthly-reports"
HOUR = time(6)  # on the office's clock
REMIND_DAYS = 3  # before a report is due its hosts are told, on a day from Monday to Friday
MONTH = "month"

Known = Mapping[str, datetime | None]


@dataclass(frozen=True, slots=True)
class DueReport:
    """A period of a project that has not been reported. `key` names it among the job's periods.

    `every` is the kind of period: what has no such schedule gets no mail of it.
    """

    office: Office
    project: Project
    period: Period
    key: str
    every: str
    due_at: datetime

    @property
    def remind_at(self) -> datetime:
        """When its hosts are told that it is coming."""
        tz = zone(self.office.timezone)
        day = local_date(self.due_at, tz) - timedelta(days=REMIND_DAYS)
        while day.weekday() > 4:
            day -= timedelta(days=1)
        return to_utc_shifting(datetime.combine(day, HOUR), tz)


def due_reports(now: datetime, *, asked: bool = False) -> list[DueReport]:
    """The oldest first, so that whoever was down catches up in order.

    Months that were over before the office was loaded are nobody's to report, or a fresh installation
    would mail years of history. Where somebody asks for the job, the last month is due all the same.
    """
    known, held = periods_of(JOB), _held()
    return [
        each
        for office in offices()
        for project in projects_of(office)
        for each in _open_of(project, known, now, asked)
        if each.due_at <= now and (project.id, each.period) not in held
    ]


def reports_ahead(project: Project, now: datetime) -> list[DueReport]:
    """What is due or held and not done, and what the present periods will come to."""
    return [*_open_of(project, periods_of(JOB), now, False)]


def kind_of(project: Project, period: Period) -> str | None:
    """The kind of period that schedules would call this one: the shortest; None where they have no such."""
    for every, months in MONTHS.items():
        if _within(project, Period.around(period.first, months)) == period:
            return every
    return None


def _within(project: Project, period: Period) -> Period | None:
    """As much of the period as the project lasts."""
    first, end = max(period.first, project.starts_on), min(period.last_exclusive, project.ends_on)
    return Period(first, end) if first < end else None


def _held() -> set[tuple[int, Period]]:
    query = select(ReportHold.project_id, ReportHold.starts_on, ReportHold.ends_on).where(
        ReportHold.released_at.is_(None)
    )
    return {(project, Period(first, end)) for project, first, end in db.session.execute(query)}


def _open_of(project: Project, known: Known, now: datetime, asked: bool) -> Iterator[DueReport]:
    """By kind of period, the oldest first, up to the period that runs."""
    tz = zone(project.office.timezone)
    for every, since in _kinds(project).items():
        present = Period.around(local_date(now, tz), MONTHS[every])
        if every == MONTH:
            period = _first_month(project, known, present.previous() if asked else None)
        else:
            period = Period.around(local_date(since, tz), MONTHS[every]) if since else None
        while period is not None and period <= present:
            key, within = _key(project, period), _within(project, period)
            if within and known.get(key) is None:
                due_at = reported_at(project.office, period)
                yield DueReport(project.office, project, within, key, every, due_at)
            period = period.next()


def _kinds(project: Project) -> dict[str, datetime | None]:
    """The kinds of period that are reported, the shortest first, and since when somebody wants them."""
    found: dict[str, datetime | None] = {MONTH: None}
    chosen = [each for each in schedules_of(project) if each.active and each.every != MONTH]
    for every in MONTHS:
        wanted = [each.since_at for each in chosen if each.every == every and each.since_at]
        if wanted:
            found[every] = min(wanted)
    return found


def _first_month(project: Project, known: Known, asked_for: Period | None) -> Period | None:
    """The first month that the job has to do with."""
    office, prefix = project.office, _key(project, None)
    labels = (Period.parse(key.removeprefix(prefix)) for key in known if key.startswith(prefix))
    months = [period for period in labels if period.is_month]
    if office.created_at:
        months.append(Period.month_of(local_date(office.created_at, zone(office.timezone))))
    if asked_for:
        months.append(asked_for)
    return min(months, default=None)


def _key(project: Project, period: Period | None) -> str:
    return f"{project.slug}/{period.label if period else ''}"


def reported_at(office: Office, period: Period) -> datetime:
    """When the period's report is due: at six o'clock on the first working day after it."""
    after = period.last_exclusive
    day = first_working_day(after.year, after.month, _holidays(office, Period.month_of(after)))
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
