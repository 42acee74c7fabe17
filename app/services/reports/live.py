"""The report of a period as the bookings stand now."""

from datetime import datetime
from zoneinfo import ZoneInfo

from app.domain.period import Period
from app.domain.utilisation import Measurement, figures
from app.models import Office, Person, Project
from app.services.authorize import authorize
from app.services.offices import office_named
from app.services.reports.checksum import checksum
from app.services.reports.document import Report, document
from app.services.reports.material import Material, load
from app.services.reports.projects import project_for
from app.services.reports.targets import targets


def report(office: Office, period: Period, *, now: datetime, project: Project | None = None) -> Report:
    """The report JSON. Without a project, the one in whose time the period lies, if there is any."""
    project = project or project_for(office, period)
    material = load(office, period, project)
    return compose(office, period, project, material, material.measurement(), now)


def report_for(office_slug: str, period_text: str, *, now: datetime, by: Person | None) -> Report:
    """The report, for somebody who may read it. NotFound, NotAllowed, PeriodError."""
    office = office_named(office_slug)
    authorize(by, "see_report", office)
    return report(office, Period.parse(period_text), now=now)


def compose(
    office: Office,
    period: Period,
    project: Project | None,
    material: Material,
    measurement: Measurement,
    now: datetime,
) -> Report:
    """The report JSON of what was measured already."""
    counted = figures(measurement, material.timezone)
    found = document(office, period, project, counted, material.names, checksum(material))
    return {**found, "targets": targets(project, period, counted, now)}


def report_with_months(
    office: Office, period: Period, *, now: datetime, project: Project | None = None
) -> tuple[Report, list[tuple[Period, float | None]]]:
    """The report, and the utilisation of every month in the period, from the same reading."""
    project = project or project_for(office, period)
    material = load(office, period, project)
    measurement = material.measurement()
    return compose(office, period, project, material, measurement, now), by_month(
        period, material.timezone, measurement
    )


def by_month(
    period: Period, timezone: ZoneInfo, measurement: Measurement
) -> list[tuple[Period, float | None]]:
    """The utilisation of each of the period's months."""
    months = period.months()
    shares = measurement.shares([month.interval(timezone) for month in months])
    return list(zip(months, shares, strict=True))
