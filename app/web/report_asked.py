"""What the address of a project's report names, for what hosts do with one."""

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue

from app.clock import now
from app.domain.localtime import local_date, zone
from app.domain.period import Period, PeriodError
from app.models import Office, Project
from app.services.reports import project_for, project_named
from app.services.reports.periods import period_named
from app.web.errors import error_page
from app.wording import say


def no_period(error: PeriodError) -> ResponseReturnValue:
    """For addresses that name none."""
    return error_page(404, say(error))


def project_asked(place: Office, period: str) -> tuple[Project, Period]:
    """The project that the address names, or that runs through the period; 404 where there is none."""
    today = local_date(now(), zone(place.timezone))
    named = project_named(place, slug) if (slug := request.args.get("project")) else None
    about = period_named(period, named, today)
    return named or project_for(place, about) or abort(404), about


def report_url(project: Project, about: Period, **more: object) -> str:
    """The page of the project's report."""
    return url_for(
        "reports.show", office=project.office.slug, period=about.label, project=project.slug, **more
    )
