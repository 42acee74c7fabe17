"""Hours, days and seats side by side, with the one that the project counts by."""

from flask_babel import gettext

from app.reports.layout import Cell, Column, Row, Section, Table
from app.wording.report.cells import Line, Tables, cell, lacks_data
from app.wording.report.words import SHARES

FIGURES = {"hours": "utilisation", "days": "day_frequency", "seats": "seat_fill"}


def measures(report: Line, tables: Tables) -> Section:
    """Stands with the definitions. The version for the public has no seats: they tell of persons."""
    divided = {
        "hours": gettext("Hours: used, of available"),
        "days": gettext("Days: with any use, of open"),
        "seats": gettext("Seats: persons times hours, of capacity times available hours"),
    }
    columns = [
        Column("measure", gettext("Counted by")),
        Column("name", gettext("Figure")),
        Column("share", gettext("Share"), "share"),
        Column("headline", gettext("First figure")),
    ]
    rows = [
        Row([cell(divided[what]), cell(str(SHARES[name])), _share(report, name), _mark(report, what)], what)
        for what, name in FIGURES.items()
        if tables.tells(name, report["totals"][name], f"totals.{name}")
    ]
    title = gettext("Hours, days and seats")
    return Section("measures", title, tables=[Table("measures", title, columns, rows)])


def _share(report: Line, name: str) -> Cell:
    return cell(gettext("no data")) if lacks_data(report) else cell(report["totals"][name], "share")


def _mark(report: Line, what: str) -> Cell:
    """In words, not by colour alone."""
    if what != report["headline"]["counts"]:
        return cell("")
    told = gettext("The project's") if report["project"] else gettext("This report's")
    return Cell(told, told, code="headline")
