"""Words about reports: what a period is called, where they are."""

from collections.abc import Mapping
from typing import Any

from flask import current_app
from flask_babel import gettext, lazy_gettext

from app.domain.period import Period
from app.wording.formats import date_plain, days_or_hours, month, percent, sentence

FORMAT_NAMES = {
    "pdf": "PDF",
    "xlsx": "Excel",
    "excel-csv": lazy_gettext("CSV for Excel"),
    "csv": "CSV",
    "json": "JSON",
}


def period_name(period: Period) -> str:
    """oktober 2026, kvartal 4 2026, 2026, 1 november 2015 – 30 november 2018"""
    label, year = period.label, period.first.year
    if period.is_month:
        return month(period.first)
    if "-Q" in label:
        return gettext("quarter %(number)s of %(year)s", number=label[-1], year=year)
    if label.endswith("-H1"):
        return gettext("first half of %(year)s", year=year)
    if label.endswith("-H2"):
        return gettext("second half of %(year)s", year=year)
    if ".." in label:
        last = period.last
        if last == period.first:
            return date_plain(last)
        return f"{date_plain(period.first)} – {date_plain(last)}"
    return label


def period_title(period: Period) -> str:
    """The same with a capital."""
    return sentence(period_name(period))


def report_path(office: str, period: str, project: str, revision: int, form: str | None = None) -> str:
    """The path of a published report's page, or of its file in that form."""
    values = {"office": office, "period": period, "project": project, "revision": revision}
    # Bound by hand: jobs have no request, and a request's host is not to be trusted.
    paths = current_app.url_map.bind("localhost")
    if form is None:
        return paths.build("reports.show", values)
    return paths.build("reports.download", {**values, "form": form})


def bookings_path(office: str, period: str, choice: Mapping[str, str]) -> str:
    """The path of the page with the bookings behind a figure."""
    values = {"office": office, "period": period, **choice}
    return current_app.url_map.bind("localhost").build("reports.bookings", values)


def utilisation_text(share: float | None) -> str:
    """71,4 %, or that there was no open time."""
    return gettext("no open time") if share is None else percent(share, 1)


def reached_text(report: Mapping[str, Any]) -> str:
    """The utilisation of a report; of a time before any data, that there is none."""
    return gettext("no data") if report.get("no_data") else utilisation_text(report["totals"]["utilisation"])


def lead_time_text(hours: float | None) -> str:
    """6,9 dygn, or that it was entered when it had begun."""
    return gettext("entered afterwards") if hours is not None and hours < 0 else days_or_hours(hours)
