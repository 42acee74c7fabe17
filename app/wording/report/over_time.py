"""The sections of a report that look beyond its period: the trend, and the comparisons."""

from collections.abc import Iterator, Mapping
from datetime import date

from flask_babel import gettext

from app.domain.period import Period
from app.reports.layout import Column, Section, Table
from app.wording.formats import number, percent
from app.wording.report import charts
from app.wording.report.cells import Line, Tables, lacks_data, without_data
from app.wording.reports import period_name, period_title


def trend(report: Line, tables: Tables) -> Section:
    """At least 13 months, with the target where the project has one."""
    goals = [each["target"] for each in report["targets"] if each["indicator"] == "utilisation"]
    title = gettext("Utilisation by month")
    table = tables.list(
        "trend",
        report["trend"],
        "month",
        gettext("Month"),
        ("available_hours", "used_hours", "utilisation"),
        label=lambda line: period_title(_period(line)),
        caption=title,
    )
    table = without_data(table, report["trend"])
    goal = goals[0] if goals and report["project"] else None
    chart = charts.months(report["trend"], report["period"]["from"], goal)
    return Section("trend", title, charts=[chart], tables=[table], front=True)


def compared(report: Line, tables: Tables) -> Section:
    """The period beside the one before, the year before and the project to date."""
    columns = (
        "available_hours",
        "used_hours",
        "utilisation",
        "bookings",
        "day_frequency",
        "no_show_rate",
        "share_women",
    )
    this = {
        **report["totals"],
        **report["attendance"],
        "from": report["period"]["from"],
        "to": report["period"]["to"],
        "compared": "this",
        "no_data": lacks_data(report),
    }
    names = {
        "before": gettext("The period before"),
        "year_before": gettext("A year before"),
        "project_to_date": gettext("Project to date"),
    }

    def label(line: Line) -> str:
        kind = names.get(line["compared"])
        return f"{kind}: {period_name(_period(line))}" if kind else period_title(_period(line))

    lines = [this, *report["compared"]]
    table = tables.list(
        "compared",
        lines,
        "compared",
        gettext("Period"),
        columns,
        label=label,
        caption=gettext("Compared"),
    )
    plain = [
        Column(each.key, each.heading, each.kind) if each.key == "share_women" else each
        for each in table.columns
    ]
    return Section(
        "compared",
        gettext("Compared with other periods"),
        lead=" ".join(_differences(report, names)),
        tables=[without_data(Table(table.name, table.caption, plain, table.rows), lines)],
    )


def _differences(report: Line, names: Mapping[str, str]) -> Iterator[str]:
    if lacks_data(report) or report.get("so_far"):
        return  # nothing, or a part only, to set beside the others
    now = report["totals"]["utilisation"]
    for line in report["compared"]:
        then = line["utilisation"]
        if line["compared"] == "project_to_date" or now is None or then is None or line.get("no_data"):
            continue
        points = round(now * 100, 1) - round(then * 100, 1)
        words = {"kind": names[line["compared"]], "points": number(abs(points), 1), "share": percent(then, 1)}
        if abs(points) < 0.05:
            yield gettext("%(kind)s: the same utilisation, %(share)s.", **words)
        elif points > 0:
            yield gettext("%(kind)s: %(share)s, so up by %(points)s percentage points.", **words)
        else:
            yield gettext("%(kind)s: %(share)s, so down by %(points)s percentage points.", **words)


def _period(line: Line) -> Period:
    return Period(date.fromisoformat(line["from"]), date.fromisoformat(line["to"]))
