"""The further sections of a report: when, how reliably, how long ahead, how good the data is."""

from collections.abc import Iterator

from flask_babel import gettext

from app.reports.layout import Cell, Chart, Column, Row, Section, Table
from app.wording.formats import percent
from app.wording.report import charts
from app.wording.report.cells import Line, Tables, cell
from app.wording.report.changes import changes_table
from app.wording.report.words import AHEAD, COUNTS, HOURS, SHARES
from app.wording.reports import lead_time_text


def further(report: Line, tables: Tables) -> Iterator[Section]:
    """Those that the report has."""
    if report.get("by_hour"):
        yield _hours(report)
    if report.get("no_shows"):
        yield _no_shows(report, tables)
    if report.get("lead_time"):
        yield _lead_time(report, tables)
    if report.get("companies"):
        yield _companies(report, tables)
    if report.get("video"):
        yield _video(report, tables)
    yield _figures(report, tables)
    if report.get("quality"):
        yield _quality(report, tables)
    if told := changes_table(report):
        yield told


def _hours(report: Line) -> Section:
    heat = charts.heat(report["by_hour"])
    weekdays = sorted({line["weekday"] for line in report["by_hour"]})
    known = {line["cell"]: line["utilisation"] for line in report["by_hour"]}
    first = min(line["hour"] for line in report["by_hour"])
    rows = [
        Row(
            [cell(name), *(cell(known.get(f"{weekday}-{hour:02}"), "share") for weekday in weekdays)],
            key=f"{hour:02}",
        )
        for hour, name in enumerate(heat.rows, first)
    ]
    columns = [
        Column("hour", gettext("Hour")),
        *(Column(str(each), charts.weekday_short(each), "share") for each in weekdays),
    ]
    table = Table("by_hour", heat.title, columns, rows, most=24)
    title = gettext("When it was used")
    return Section("by_hour", title, lead=heat.alt, charts=[heat], tables=[table])


def _no_shows(report: Line, tables: Tables) -> Section:
    found = report["no_shows"]
    facts = [
        ("no_shows", gettext("Bookings that nobody came to"), cell(found["no_shows"], "count")),
        ("no_show_rate", gettext("Of all bookings"), cell(found["no_show_rate"], "share")),
        ("held_hours", gettext("Hours that they held"), cell(found["held_hours"], "hours")),
        (
            "rebooked_hours",
            gettext("Released, and used by others"),
            cell(found["rebooked_hours"], "hours", ("(held_hours-empty_hours)", "1")),
        ),
        ("empty_hours", gettext("Left empty"), cell(found["empty_hours"], "hours")),
    ]
    title = gettext("No-shows and time released")
    return Section("no_shows", title, tables=[tables.facts("no_shows", title, facts)])


def _lead_time(report: Line, tables: Tables) -> Section:
    median = report["totals"]["lead_time_hours"]
    table = tables.list(
        "lead_time",
        report["lead_time"],
        "ahead",
        gettext("Booked"),
        ("bookings", "share"),
        label=lambda line: str(AHEAD[line["ahead"]]),
        caption=gettext("How long ahead"),
    )
    lead = gettext("Median: %(time)s.", time=lead_time_text(median)) if median is not None else ""
    known = any(line["bookings"] for line in report["lead_time"] if line["ahead"] != "unknown")
    title = gettext("How long ahead")
    drawn = Table(table.name, table.caption, table.columns, table.rows[:-1])
    shown: list[Chart] = [charts.bars(drawn, "share", title)] if known else []
    return Section("lead_time", title, lead=lead, charts=shown, tables=[table])


def _companies(report: Line, tables: Tables) -> Section:
    found = report["companies"]
    facts = [("in_period", gettext("In the period"), cell(found["in_period"], "count"))]
    if found["in_project"] is not None:
        facts += [
            (
                "new_in_period",
                gettext("Of them for the first time in the project"),
                cell(found["new_in_period"], "count"),
            ),
            ("in_project", gettext("In the project to date"), cell(found["in_project"], "count")),
        ]
    title = gettext("Unique companies")
    return Section("companies", title, tables=[tables.facts("companies", title, facts)])


def _video(report: Line, tables: Tables) -> Section:
    found = report["video"]
    facts = [
        ("units", gettext("Video units"), cell(found["units"], "count")),
        ("bookings", gettext("Bookings of them"), cell(found["bookings"], "count")),
        ("used_hours", gettext("Hours that they were used"), cell(found["used_hours"], "hours")),
        (
            "conferences",
            gettext("Conferences that held rooms in several offices"),
            cell(found["conferences"], "count"),
        ),
        (
            "conference_hours",
            gettext("Hours of these in this office"),
            cell(found["conference_hours"], "hours"),
        ),
    ]
    title = gettext("Video conferences")
    shown = [tables.facts("video", title, facts)]
    if report.get("conferences"):
        shown.append(
            tables.list(
                "conferences",
                report["conferences"],
                "office",
                gettext("Office that took part"),
                ("conferences", "used_hours"),
                label=lambda line: line["name"],
                caption=gettext("Offices that took part"),
            )
        )
    return Section("video", title, tables=shown)


def _figures(report: Line, tables: Tables) -> Section:
    """All totals; the spreadsheet's formulas are made of the names of these rows."""
    totals = report["totals"]
    formulas = {
        "utilisation": ("used_hours", "available_hours"),
        "booked_share": ("booked_hours", "available_hours"),
        "no_show_rate": ("no_shows", "(bookings+no_shows)"),
        "day_frequency": ("days_used", "days_open"),
    }
    names: list[tuple[str, object, str]] = [
        ("available_hours", HOURS["available_hours"], "hours"),
        ("booked_hours", HOURS["booked_hours"], "hours"),
        ("used_hours", HOURS["used_hours"], "hours"),
        ("utilisation", SHARES["utilisation"], "share"),
        ("booked_share", SHARES["booked_share"], "share"),
        ("bookings", COUNTS["bookings"], "count"),
        ("no_shows", gettext("Bookings that nobody came to"), "count"),
        ("no_show_rate", gettext("No-shows, of all bookings"), "share"),
        ("days_open", gettext("Open days"), "count"),
        ("days_used", gettext("Days with any use"), "count"),
        ("day_frequency", SHARES["day_frequency"], "share"),
        ("outside_hours", HOURS["outside_hours"], "hours"),
        ("lost_hours", HOURS["lost_hours"], "hours"),
        ("persons_hours", gettext("Persons times hours"), "hours"),
        ("occupancy", SHARES["occupancy"], "share"),
        ("seat_fill", SHARES["seat_fill"], "share"),
    ]
    facts = [(key, str(name), cell(totals[key], kind, formulas.get(key))) for key, name, kind in names]
    median = totals["lead_time_hours"]
    text = lead_time_text(median)
    facts.append(("lead_time_hours", gettext("Booked ahead, median"), Cell(median, text, "hours")))
    title = gettext("All key figures")
    return Section("totals", title, tables=[tables.facts("totals", title, facts)])


def _quality(report: Line, tables: Tables) -> Section:
    found = report["quality"]
    names: list[tuple[str, str, str]] = [
        ("bookings", gettext("Bookings with time in the period"), "count"),
        ("head_counts_missing", gettext("Bookings without a head count"), "count"),
        ("head_counts_missing_share", gettext("The same, of all bookings that people came to"), "share"),
        ("registered_late", gettext("Entered after they were over"), "count"),
        ("registration_unknown", gettext("Nobody knows when they were made"), "count"),
        ("overlapping", gettext("Old bookings that overlap others"), "count"),
        ("outside_bookings", gettext("Bookings wholly outside opening hours, not counted"), "count"),
        ("outside_visits", gettext("Visits of these, not counted"), "count"),
        ("closed_bookings", gettext("Bookings wholly lost to closures, not counted"), "count"),
        ("closed_visits", gettext("Visits of these, not counted either"), "count"),
        (
            "out_of_service_bookings",
            gettext("Bookings of resources that were not in service, not counted"),
            "count",
        ),
        ("out_of_service_hours", gettext("Hours of these"), "hours"),
        ("corrections", gettext("Corrections after the period was over"), "count"),
        ("holidays", gettext("Public holidays"), "count"),
        ("closures", gettext("Closures"), "count"),
        ("closures_late", gettext("Closures entered afterwards"), "count"),
        (
            "suppressed_cells",
            gettext("Cells hidden, since they would tell of few persons or of one organisation"),
            "count",
        ),
    ]
    facts = [(key, name, cell(found[key], kind)) for key, name, kind in names if key in found]
    missing = found.get("head_counts_missing_share")
    lead = ""
    if missing is not None and report.get("so_far"):
        lead = gettext(
            "%(share)s of the bookings have no head count yet: also those to come.", share=percent(missing, 1)
        )
    elif missing is not None:
        lead = gettext("%(share)s of the bookings have no head count.", share=percent(missing, 1))
    title = gettext("Quality of the data")
    return Section("quality", title, lead=lead, tables=[tables.facts("quality", title, facts)])
