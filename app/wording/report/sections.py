"""The sections of a report, in the order of reading: how much, by whom, what for; the rest is in `more`."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext, ngettext

from app.reports.layout import Cell, Column, Row, Section, Table
from app.services.reports.targets import is_goal, judgement_of
from app.wording.formats import month
from app.wording.public_report import public_note
from app.wording.report import charts
from app.wording.report.cells import Line, Tables, category_names, cell, lacks_data, name_of
from app.wording.report.goals import goals_section
from app.wording.report.over_time import compared, trend
from app.wording.report.words import JUDGED, KINDS, indicator_name, is_share

USERS = ("used_hours", "share_of_use", "share_of_capacity", "bookings")
VISITS = ("women", "men", "other", "share_women")


def sections(report: Line, tables: Tables, language: str) -> Iterator[Section]:
    """Those that the report has: one frozen by an older version of the program has fewer."""
    if measured := _measured(report):
        yield _targets(report, measured, language)
    if report.get("trend"):
        yield trend(report, tables)
    if report.get("goals"):
        yield goals_section(report)
    if report.get("compared"):
        yield compared(report, tables)
    if report.get("by_office"):
        yield _offices(report, tables)
    yield _users(
        report,
        tables,
        "category",
        gettext("Who used the office"),
        gettext("Category"),
        lambda line: name_of(line, "category", language),
    )
    yield _resources(report, tables)
    yield _users(
        report,
        tables,
        "activity",
        gettext("What the time was for"),
        gettext("Activity"),
        lambda line: name_of(line, "activity", language),
    )
    if report.get("by_funder"):
        yield _funders(report, tables)
    if report.get("by_municipality"):
        yield _municipalities(report, tables)
    yield _attendance(report, tables, language)


def annex(report: Line, tables: Tables) -> Iterator[Section]:
    """What names companies, and so comes last and can be left out."""
    if report["by_organisation"]:
        table = tables.list(
            "by_organisation",
            report["by_organisation"],
            "organisation",
            gettext("Organisation"),
            USERS,
            label=lambda line: line.get("name") or line["organisation"] or gettext("Not stated"),
            caption=gettext("Organisations"),
            total=_whole(report),
            about="organisation",
        )
        yield Section(
            "by_organisation",
            gettext("Organisations"),
            lead=gettext("This annex names companies. It is for those who run and pay for the office."),
            charts=[charts.bars(table, "share_of_use", gettext("Share of use by organisation"))],
            tables=[table],
            annex=True,
        )


def _whole(report: Line) -> dict[str, Any]:
    """The totals, by the names of the columns that are shares of them."""
    totals = report["totals"]
    return {
        **totals,
        "share_of_use": 1.0 if totals["used_hours"] else None,
        "share_of_capacity": totals["utilisation"],
    }


def _users(report: Line, tables: Tables, what: str, title: str, heading: str, label: Any) -> Section:
    name = f"by_{what}"
    if not report[name]:
        return Section(name, title, lead=gettext("No use in this period."))
    table = tables.list(
        name, report[name], what, heading, USERS, label=label, caption=title, total=_whole(report), about=what
    )
    return Section(name, title, charts=[charts.bars(table, "share_of_use", title)], tables=[table])


def _resources(report: Line, tables: Tables) -> Section:
    columns = ("available_hours", "used_hours", "utilisation")
    title = gettext("Resources")
    table = tables.list(
        "by_resource",
        report["by_resource"],
        "resource",
        gettext("Resource"),
        columns,
        label=lambda line: line["name"],
        caption=title,
        total=report["totals"],
        about="resource",
    )
    by_kind = tables.list(
        "by_kind",
        report["by_kind"],
        "kind",
        gettext("Kind"),
        columns,
        label=_kind,
        caption=gettext("By kind"),
    )
    several = len(report["by_kind"]) > 1
    if not report["by_resource"]:
        return Section("by_resource", title, lead=gettext("Nothing was in service."))
    return Section(
        "by_resource",
        title,
        charts=[charts.bars(table, "utilisation", gettext("Utilisation by resource"))],
        tables=[table, *([by_kind] if several else [])],
    )


def _kind(line: Line) -> str:
    name = str(KINDS[line["kind"]])
    return name if line["counted"] else gettext("%(kind)s (not counted in the whole)", kind=name)


def _offices(report: Line, tables: Tables) -> Section:
    title = gettext("The offices")
    table = tables.list(
        "by_office",
        report["by_office"],
        "office",
        gettext("Office"),
        ("available_hours", "used_hours", "utilisation", "bookings"),
        label=lambda line: line["name"],
        caption=title,
        total=report["totals"],
    )
    chart = charts.bars(table, "utilisation", gettext("Utilisation by office"))
    return Section("by_office", title, charts=[chart], tables=[table])


def _funders(report: Line, tables: Tables) -> Section:
    title = gettext("Co-funders")
    table = tables.list(
        "by_funder",
        report["by_funder"],
        "organisation",
        gettext("Organisation"),
        USERS,
        label=lambda line: line["name"],
        caption=title,
    )
    chart = charts.bars(
        table, "share_of_use", gettext("Share of use of those who run and pay for the project")
    )
    return Section("by_funder", title, charts=[chart], tables=[table])


def _municipalities(report: Line, tables: Tables) -> Section:
    title = gettext("Home municipalities")
    table = tables.list(
        "by_municipality",
        report["by_municipality"],
        "municipality",
        gettext("Municipality"),
        USERS,
        label=lambda line: line["municipality"] or gettext("Not stated"),
        caption=title,
        total=_whole(report),
        about="municipality",
    )
    chart = charts.bars(table, "share_of_use", gettext("Share of use by home municipality"))
    return Section("by_municipality", title, charts=[chart], tables=[table])


def _attendance(report: Line, tables: Tables, language: str) -> Section:
    visits = report["attendance"]
    title = gettext("People who came")
    if not report.get("tells_persons", True):
        return Section("attendance", title, lead=public_note(report))
    chart = charts.heads(visits)
    found = [
        tables.facts(
            "attendance",
            gettext("Visits"),
            [
                ("women", gettext("Women"), cell(visits["women"], "count")),
                ("men", gettext("Men"), cell(visits["men"], "count")),
                ("other", gettext("Other or not stated"), cell(visits["other"], "count")),
                (
                    "share_women",
                    gettext("Share of women"),
                    cell(visits["share_women"], "share", ("women", "(women+men)")),
                ),
                (
                    "share_men",
                    gettext("Share of men"),
                    cell(visits["share_men"], "share", ("men", "(women+men)")),
                ),
            ],
        )
    ]
    for what, caption in (("category", gettext("Category")), ("activity", gettext("Activity"))):
        lines = [
            line
            for line in report[f"by_{what}"]
            if any(line[sex] or f"by_{what}.{line[what] or ''}.{sex}" in tables.hidden for sex in VISITS[:3])
        ]
        if lines:
            found.append(
                tables.list(
                    f"by_{what}",
                    [{**line, "share_women": _share_women(line)} for line in lines],
                    what,
                    caption,
                    VISITS,
                    label=lambda line, what=what: name_of(line, what, language),
                    caption=gettext("Women and men: %(by)s", by=caption),
                )
            )
    uncounted = list(_uncounted(report))
    if not chart and visits["women"] is not None and visits["men"] is not None:
        return Section(
            "attendance", title, lead=" ".join([gettext("No head counts in this period."), *uncounted])
        )
    return Section(
        "attendance", title, lead=" ".join(uncounted), charts=[chart] if chart else [], tables=found
    )


def _uncounted(report: Line) -> Iterator[str]:
    """Bookings without any open time: neither they nor who came is counted."""
    found = report.get("quality") or {}
    if n := found.get("outside_bookings"):
        yield ngettext(
            "%(num)d booking was wholly outside opening hours and is not counted.",
            "%(num)d bookings were wholly outside opening hours and are not counted.",
            n,
        )
    if n := found.get("closed_bookings"):
        yield ngettext(
            "%(num)d booking was wholly lost to closures and is not counted.",
            "%(num)d bookings were wholly lost to closures and are not counted.",
            n,
        )
    if n := (found.get("outside_visits") or 0) + (found.get("closed_visits") or 0):
        yield ngettext("%(num)d visit to them is not counted.", "%(num)d visits to them are not counted.", n)


def _share_women(line: Line) -> float | None:
    if line["women"] is None or line["men"] is None:
        return None
    both = line["women"] + line["men"]
    return line["women"] / both if both else None


def _measured(report: Line) -> list[Line]:
    """The targets that people do not judge; in a report frozen by an older version, all."""
    apart = bool(report.get("goals"))
    return [line for line in report.get("targets", ()) if not (apart and is_goal(line["indicator"]))]


def _targets(report: Line, lines: Sequence[Line], language: str) -> Section:
    categories = category_names(report, language)
    heading = [
        Column("indicator", gettext("Target")),
        Column("target", gettext("Promised"), "decimal"),
        Column("outcome", gettext("This period"), "decimal"),
        Column("to_date", gettext("Project to date"), "decimal"),
        Column("status", gettext("Judgement")),
    ]
    rows = []
    if lacks_data(report):
        lines = [{**each, "outcome": None, "to_date": None, "status": "open"} for each in lines]
    for target in lines:
        kind = "share" if is_share(target["indicator"]) else "count"
        rows.append(
            Row(
                [
                    cell(indicator_name(target["indicator"], categories)),
                    *(cell(target.get(each), kind) for each in ("target", "outcome", "to_date")),
                    _judgement(target),
                ],
                key=target["indicator"],
            )
        )
    title = gettext("Promised and reached")
    table = Table("targets", title, heading, rows, most=99)
    return Section("targets", title, lead=_counted_from(report), tables=[table], front=True)


def _counted_from(report: Line) -> str:
    """From when the project to date is counted, where that is not its first day."""
    data_from = report.get("data_from")
    begun = (report.get("companies") or {}).get("project_from")
    if not data_from or not begun or data_from[:7] <= begun[:7]:
        return ""
    return gettext(
        "Project to date is counted from %(month)s, when the bookings begin.",
        month=month(date.fromisoformat(data_from)),
    )


def _judgement(target: Line) -> Cell:
    """With the figure that was judged, where the other one does not come to the same."""
    text = str(JUDGED[judgement_of(target)])
    return Cell(text, text, code=target["status"])
