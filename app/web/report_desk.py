"""What a funder sees first: the month that runs, and all reports that were published."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import url_for

from app.domain.localtime import local_date, zone
from app.domain.period import Period
from app.models import Office, Person
from app.reports import FORMATS
from app.services.deliveries.published import PublishedReport, published_at
from app.services.reports import project_for, report
from app.services.reports.readers import as_seen_by, audience_of, is_told
from app.web import report_page
from app.web.report_page import Asked
from app.web.texts import language
from app.wording.formats import date_short
from app.wording.public_report import reader_note
from app.wording.report import laid_out
from app.wording.reports import FORMAT_NAMES, period_title

CHARTS = ("trend", "by_category", "attendance", "targets")  # the sections whose charts are shown
FIRST_SHOWN = 6  # of a project's reports; the rest are folded


def dashboard(place: Office, moment: datetime, by: Person) -> dict[str, Any] | None:
    """The present month as it stands, as far as it is for this reader; None where no project runs."""
    month = Period.month_of(local_date(moment, zone(place.timezone)))
    project = project_for(place, month)
    if project is None:
        return None
    reads = audience_of(by, [place], month, project)
    seen = as_seen_by(reads, report(place, month, now=moment, project=project))
    layout = laid_out(seen, language(), now=moment)
    asked = Asked([place], month, project, None, reads=reads)
    drawn = replace(layout, sections=[each for each in layout.sections if each.key in CHARTS and each.charts])
    return {
        "title": period_title(month),
        "url": asked.url(),
        "remarks": layout.remarks,
        "reader": reader_note(reads, [place.name]),
        "figures": report_page.figure_views(layout, asked),
        "sections": report_page.section_views(drawn, asked),
    }


def published_lines(place: Office, by: Person) -> list[dict[str, Any]]:
    """By project the latest revision of every published report that is for this reader, with its files."""
    by_project: dict[int, list[PublishedReport]] = {}
    published = published_at(place)
    reads = {
        each.id: audience_of(by, [place], Period(each.starts_on, each.ends_on), each)
        for each in {each.project for each in published}
    }
    for each in published:
        if each.is_latest and is_told(reads[each.project.id], each.period, each.project):
            by_project.setdefault(each.project.id, []).append(each)
    return [
        {
            "name": some[0].project.name,
            "reports": _lines(some[:FIRST_SHOWN], place),
            "older": _lines(some[FIRST_SHOWN:], place),
        }
        for some in by_project.values()
    ]


def _lines(some: Sequence[PublishedReport], place: Office) -> list[dict[str, Any]]:
    return [_line(each, place) for each in some]


def _line(each: PublishedReport, place: Office) -> dict[str, Any]:
    which = {
        "office": place.slug,
        "period": each.period.label,
        "project": each.project.slug,
        "revision": each.revision,
    }
    return {
        "title": period_title(each.period),
        "url": url_for("reports.show", **which),
        "when": date_short(each.frozen_at, place.timezone),
        "revision": each.revision,
        "files": [
            (str(FORMAT_NAMES[form]), url_for("reports.download", form=form, **which)) for form in FORMATS
        ],
    }
