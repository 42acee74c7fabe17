"""What the report page shows, drawn from the layout of the report, live or frozen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext, lazy_gettext

from app.domain.localtime import local_date, zone
from app.domain.period import Period
from app.models import Office, Project, ReportSnapshot
from app.reports.behind import Choice, behind_figure, behind_row
from app.reports.layout import HIDDEN, Bar, Chart, Heat, Layout, Row, Section, Table
from app.services.reports import projects_of
from app.services.reports.periods import project_to_date
from app.services.reports.public import is_for_public
from app.services.reports.readers import PUBLIC

ONLY = {
    "no_show": lazy_gettext("No-shows"),
    "counted": lazy_gettext("With a head count"),
    "uncounted": lazy_gettext("Without a head count"),
    "outside": lazy_gettext("Outside opening hours"),
    "out_of_service": lazy_gettext("On resources that were not in service"),
}
# Judgements look like the status of a booking that is as good, and so does what the project counts by.
SIGNS = {
    "met": "checked_in",
    "partly": "requested",
    "not_met": "no_show",
    "open": "open",
    "headline": "confirmed",
}
FOLDED = {  # tables that say again what their chart shows in full, or are for few
    "trend": lazy_gettext("Show as a table"),
    "changes": lazy_gettext("Show every figure"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address of a report names, and how much of it is for the reader.

    Several offices are counted together, live. `public`: the version for the public is what they want.
    """

    offices: Sequence[Office]
    period: Period
    project: Project | None
    snapshot: ReportSnapshot | None
    public: bool = False
    named: bool = False  # whether the address names the project of a live report
    reads: str = PUBLIC  # what they may read of it, see `app.services.reports.readers`

    @property
    def office(self) -> Office:
        return self.offices[0]

    @property
    def slug(self) -> str:
        return "+".join(office.slug for office in self.offices)

    @property
    def which(self) -> dict[str, Any]:
        """What the address needs besides offices and period."""
        if self.snapshot:
            return {"project": self.snapshot.project.slug, "revision": self.snapshot.revision}
        return {"project": self.project.slug} if self.named and self.project else {}

    def url(self, endpoint: str = "reports.show", period: Period | None = None, **more: Any) -> str:
        """The address of the same report, or of the same offices at another time, for the same readers."""
        which = {**(self.which if period is None else {}), "audience": self.audience, **more}
        return url_for(endpoint, office=self.slug, period=(period or self.period).label, **which)

    @property
    def audience(self) -> str | None:
        """As addresses name it; None: as much as the reader may."""
        return "public" if self.public else None

    @property
    def seen(self) -> str:
        """What they get of it."""
        return PUBLIC if self.public else self.reads

    @property
    def is_public(self) -> bool:
        """Whether that is the version for the public: by their wish, or since they may read no more."""
        return self.seen == PUBLIC

    def behind(self, **choice: str) -> str | None:
        """The bookings behind a figure; None in the version for the public."""
        return None if self.is_public else self.url("reports.bookings", **choice)


def figure_views(layout: Layout, asked: Asked) -> list[dict[str, Any]]:
    """The figures at the top, with the address of what they are made of."""
    return [
        {
            "term": each.term,
            "value": each.text,
            "note": each.note,
            "url": _behind(behind_figure(each), asked),
        }
        for each in layout.figures
    ]


def measures_view(layout: Layout, asked: Asked) -> dict[str, Any]:
    """Hours, days and seats, for the definitions."""
    return _section(layout.measures, layout, asked)


def section_views(layout: Layout, asked: Asked) -> list[dict[str, Any]]:
    """The sections, ready to be written out."""
    return [_section(section, layout, asked) for section in layout.sections]


def _section(section: Section, layout: Layout, asked: Asked) -> dict[str, Any]:
    charts = [_chart(each) for each in section.charts]
    first = section.charts[0].kind if section.charts else ""
    title = f"{layout.labels['annex']}: {section.title}" if section.annex else section.title
    return {
        "key": section.key.replace("_", "-"),
        "title": title,
        "lead": section.lead,
        "notes": section.notes,
        "charts": charts,
        "tables": [_table(section, each, asked) for each in section.tables],
        # Months need the width of the page; bars stand beside their table.
        "beside": bool(charts) and first != "columns" and bool(section.tables),
    }


def _chart(chart: Chart | Heat) -> dict[str, Any]:
    found: dict[str, Any] = {"kind": chart.kind, "alt": chart.alt, "note": chart.note}
    if isinstance(chart, Heat):
        return {**found, "rows": chart.rows, "columns": chart.columns, "cells": chart.cells}
    return {**found, "bars": [_bar(each) for each in chart.bars], "goal": chart.goal}


def _bar(bar: Bar) -> dict[str, Any]:
    return {"label": bar.label, "share": bar.share, "text": bar.text, "strong": bar.strong}


def _table(section: Section, table: Table, asked: Asked) -> dict[str, Any]:
    rows = [_row(section, table, row, asked) for row in table.rows]
    return {
        "caption": table.caption,
        "columns": [{"heading": each.heading, "number": each.kind != "text"} for each in table.columns],
        "rows": rows[: table.most],
        "more": rows[table.most :],
        "total": _row(section, table, table.total, asked) if table.total else None,
        "folded": FOLDED.get(section.key),
        "facts": table.is_facts,
    }


def _row(section: Section, table: Table, row: Row, asked: Asked) -> dict[str, Any]:
    about, *cells = row.cells
    return {
        "name": about.text,
        "cells": [
            {"text": each.text, "hidden": each.text == HIDDEN, "sign": SIGNS.get(each.code)} for each in cells
        ],
        "url": _behind(behind_row(section, table, row), asked),
    }


def _behind(chosen: Choice | None, asked: Asked) -> str | None:
    return None if chosen is None else asked.behind(**chosen)


def period_switch(asked: Asked, now: datetime) -> list[tuple[str, str, bool]]:
    """The same time as month, quarter, half-year, year and project."""
    period = asked.period
    today = local_date(now, zone(asked.office.timezone))
    anchor = today if today in period else period.last
    year, month = anchor.year, anchor.month
    choices = [
        (gettext("Month"), Period.month_of(anchor)),
        (gettext("Quarter"), Period.parse(f"{year:04}-Q{(month + 2) // 3}")),
        (gettext("Half-year"), Period.parse(f"{year:04}-H{(month + 5) // 6}")),
        (gettext("Year"), Period.parse(f"{year:04}")),
    ]
    if len(asked.offices) == 1:
        choices += _of_project(asked.office, anchor, today)
    if asked.is_public:
        choices = [(label, each) for label, each in choices if is_for_public(each, asked.project)]
    return [(label, asked.url(period=each), each == period) for label, each in choices]


def _of_project(office: Office, anchor: date, today: date) -> list[tuple[str, Period]]:
    running = [each for each in projects_of(office) if each.starts_on <= anchor < each.ends_on][:1]
    found = []
    for project in running:
        if project.starts_on <= today < project.ends_on - timedelta(days=1):
            found.append((gettext("Project to date"), project_to_date(project, today)))
        found.append((gettext("Project"), Period(project.starts_on, project.ends_on)))
    return found


def neighbours(period: Period, first: date | None, today: date) -> tuple[Period | None, Period | None]:
    """The period before and after, where there is anything to see."""
    if ".." in period.label:
        return None, None
    before, after = period.previous(), period.next()
    return (
        before if first and before.last_exclusive > first else None,
        after if after.first <= today else None,
    )
