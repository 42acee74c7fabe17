"""Periods by other names than their dates."""

from datetime import date, timedelta

from app.domain.period import Period, PeriodError
from app.models import Project
from app.services.reports.overview import data_from

TO_DATE = "project"


def period_named(text: str, project: Project | None, today: date) -> Period:
    """Reads a period; "project" is the project to date.

    PeriodError, also where there is no project, or it has not begun.
    """
    if text.strip() != TO_DATE:
        return Period.parse(text)
    if project is None or project.starts_on > today:
        raise PeriodError(text, "form")
    return project_to_date(project, today)


def project_to_date(project: Project, today: date) -> Period:
    """What is known of the project up to and with today. ValueError if it has not begun."""
    return project_until(project, today + timedelta(days=1), data_from(project.office, project))


def project_until(project: Project, end: date, known_from: date | None) -> Period:
    """From the project's first day until `end`, or its own; or from the month of the first data in that time.

    ValueError if it has not begun.
    """
    first, end = project.starts_on, min(end, project.ends_on)
    if known_from and (begun := max(first, known_from.replace(day=1))) < end:
        first = begun
    return Period(first, end)
