"""A report as a file in its reader's language."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from flask import current_app
from flask_babel import force_locale, gettext

from app.models import ReportSnapshot
from app.reports import render
from app.reports.behind import Address, Choice
from app.reports.layout import RawRows
from app.services.reports.document import period_of
from app.services.reports.names import activity_names, category_names
from app.services.reports.rows import CountedRow
from app.wording.languages import LOCALES
from app.wording.report import Line, laid_out
from app.wording.report.words import STATUSES
from app.wording.reports import bookings_path

Progress = Callable[[int], None]


def report_file(
    report: Line,
    form: str,
    language: str,
    *,
    now: datetime,
    rows: Sequence[CountedRow] | None = None,
    progress: Progress | None = None,
    listing: bool = True,
    replaced_by: ReportSnapshot | None = None,
) -> bytes:
    """The file. `rows` are the bookings that were counted; None if they are not those any more.

    Without `listing` there is no sheet for them. `replaced_by`: the revision that stands instead of a frozen
    one, which files for people say, and those for programs, JSON and CSV, do not.
    """
    layout = laid_out(report, language, now=now, replaced_by=replaced_by)
    with force_locale(LOCALES[language]):
        raw = _raw(report, rows, language) if form == "xlsx" and listing else None
        address = _address(report) if form == "pdf" else None
    return render(report, form, layout, raw, progress, address)


def _address(report: Line) -> Address | None:
    """Where the bookings behind a figure are listed; nowhere for the public."""
    if report.get("audience") == "public":
        return None
    office, period = report["office"], period_of(report).label
    which = {"project": report["project"], "revision": report["revision"]} if report["revision"] else {}

    def address(choice: Choice) -> str:
        return f"{current_app.config['BASE_URL']}{bookings_path(office, period, {**choice, **which})}"

    return address


def _raw(report: Line, rows: Sequence[CountedRow] | None, language: str) -> RawRows | None:
    if report.get("audience") == "public":
        return None
    headings = [
        (gettext("Number"), "count"),
        (gettext("From"), "moment"),
        (gettext("To"), "moment"),
        (gettext("Where"), "text"),
        (gettext("Status"), "text"),
        (gettext("Category"), "text"),
        (gettext("Activity"), "text"),
        (gettext("Counted hours"), "hours"),
        (gettext("Women"), "count"),
        (gettext("Men"), "count"),
        (gettext("Other"), "count"),
    ]
    if rows is None:
        note = gettext("The bookings have changed since this revision, so they are not listed here.")
    else:
        note = gettext("What was counted, without personal data. The counted hours add up to the used hours.")
    names = [name for name, _ in headings]
    kinds = [kind for _, kind in headings]
    return RawRows(names, kinds, None if rows is None else _values(rows, language), note)


def _values(rows: Sequence[CountedRow], language: str) -> list[Sequence[Any]]:
    categories = {slug: names.get(language, slug) for slug, names in category_names().items()}
    activities = {slug: names.get(language, slug) for slug, names in activity_names().items()}
    statuses = {status: str(name) for status, name in STATUSES.items()}
    return [
        (
            row.number,
            row.start,
            row.end,
            row.resources,
            statuses.get(row.status, row.status),
            categories.get(row.category, row.category),
            activities.get(row.activity or "", row.activity),
            row.hours,
            *row.heads,
        )
        for row in rows
    ]
