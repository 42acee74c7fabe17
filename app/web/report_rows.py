"""Lines of the list of reports, and of the bookings behind a figure."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext

from app.domain.localtime import local_date, zone
from app.domain.period import Period
from app.models import Office, Project
from app.services.reports import projects_of
from app.services.reports.behind import CountedDate
from app.services.reports.overview import MonthLine, latest_months, months_used
from app.services.reports.periods import project_to_date
from app.web.naming import STATUSES
from app.web.report_days import days_form, is_readable
from app.wording.formats import date_short, month, number, span
from app.wording.names import titled
from app.wording.reports import period_title, utilisation_text


def office_lines(place: Office, moment: datetime, readable: Collection[Office]) -> dict[str, Any]:
    """What there is to read about an office."""
    today = local_date(moment, zone(place.timezone))
    return {
        "name": place.name,
        "months": [_month_line(place, each, moment) for each in latest_months(place, moment)],
        "projects": [
            (
                each.name,
                _url(place, Period(each.starts_on, each.ends_on)),
                _months_of(each),
                _to_date(place, each, moment),
            )
            for each in projects_of(place)
            if each.starts_on <= today
        ],
        "years": _years(place, months_used(place, today)),
        "days": days_form(place, readable),
    }


def _years(place: Office, months: Sequence[Period]) -> list[dict[str, Any]]:
    """The latest first: .title .url .groups of links, which are half-years, quarters and months in which
    anything was booked."""
    years: dict[Period, list[Period]] = {}
    for each in months:
        years.setdefault(Period.around(each.first, 12), []).append(each)
    return [
        {
            "title": str(year.first.year),
            "url": _url(place, year),
            "groups": [_spans(place, own, length) for length in (6, 3, 1)],
        }
        for year, own in reversed(years.items())
    ]


def _spans(place: Office, months: Sequence[Period], length: int) -> list[tuple[str, str]]:
    """Titles and addresses of the spans of so many months that these lie in."""
    spans = dict.fromkeys(Period.around(each.first, length) for each in months)
    return [(period_title(each), _url(place, each)) for each in spans]


def _to_date(place: Office, project: Project, moment: datetime) -> str | None:
    """The address of the project so far, while it runs."""
    today = local_date(moment, zone(place.timezone))
    if today >= project.ends_on - timedelta(days=1):
        return None
    about = project_to_date(project, today)
    return _url(place, about) if is_readable(place, about) else None


def _url(place: Office, about: Period) -> str:
    return url_for("reports.show", office=place.slug, period=about.label)


def _months_of(project: Project) -> str:
    return f"{month(project.starts_on)} – {month(project.ends_on - timedelta(days=1))}"


def _month_line(place: Office, line: MonthLine, moment: datetime) -> dict[str, Any]:
    is_over = line.period.interval(zone(place.timezone)).end <= moment
    if line.frozen_at:
        state = gettext(
            "Frozen %(day)s, revision %(number)s",
            day=date_short(line.frozen_at, place.timezone),
            number=line.revision,
        )
    else:
        state = gettext("Not published") if is_over else gettext("Under way")
    return {
        "title": period_title(line.period),
        "url": _url(place, line.period),
        "share": line.utilisation,
        "text": utilisation_text(line.utilisation) if line.utilisation != 0 else gettext("no use"),
        "state": state,
    }


def booking_line(each: CountedDate, place: Office, names: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """One date behind a figure."""
    women, men, other = each.heads or (None, None, None)
    return {
        "day": date_short(each.start, place.timezone),
        "time": span(each.start, each.end, place.timezone),
        "title": titled(each.title),
        "url": url_for("bookings.show", booking=each.booking_id, date_id=each.date_id)
        if each.booking_id
        else None,
        "organisation": each.organisation,
        "resources": ", ".join(each.resources),
        "category": names["category"].get(each.category, each.category),
        "activity": names["activity"].get(each.activity or "", each.activity or ""),
        "status": each.status,
        "status_text": str(STATUSES[each.status]),
        "heads": [number(women), number(men), number(other)],
        "counted": number(each.counted.total_seconds() / 3600, 2),
    }
