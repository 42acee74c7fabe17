"""Periods by other names than their dates."""

from datetime import date, timedelta

from app.domain.period import Period, PeriodError
from app.models import Project

TO_DATE = "project"


def period_named(text: str, project: Project | None, today: date) -> Period:
    """Reads a period; "project" is the project up to and with today, and all of it when it is over.

    PeriodError, also where there is no project, or it has not begun.
    """
    if text.strip() != TO_DATE:
        return Period.parse(text)
    if project is None or project.starts_on > today:
        raise PeriodError(text, "form")
    return project_to_date(project, today)


def project_to_date(project: Project, today: date) -> Period:
    """From the project's first day up to and with today. ValueError if it has not begun."""
    return Period(project.starts_on, min(project.ends_on, today + timedelta(days=1)))
