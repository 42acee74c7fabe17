"""A report as a file. Every format is made from the same report JSON, live or frozen.

Map:
    document     JSON, as in the contract
    table        CSV for programs, one figure a line
    layout       the report laid out for reading; `app/wording/report` fills it
    excel_csv    CSV for Excel in Swedish, from the layout
    spreadsheet  XLSX, from the layout and the bookings behind it
    pdf          PDF, from the layout, with the JSON attached
    charts       what the PDF draws
    behind       which bookings a figure is made of
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from app.domain.period import Period
from app.reports.behind import Address
from app.reports.document import as_json
from app.reports.excel_csv import as_excel_csv
from app.reports.layout import Layout, RawRows
from app.reports.table import as_csv

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "xlsx": XLSX,
    "excel-csv": "text/csv; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}
FORMATS = tuple(MEDIA_TYPES)
ENDINGS = {"excel-csv": "excel.csv"}


def render(
    report: Mapping[str, Any],
    form: str,
    layout: Layout,
    rows: RawRows | None = None,
    progress: Callable[[int], None] | None = None,
    address: Address | None = None,
) -> bytes:
    """The file. `layout` is the same report laid out; `rows` are the bookings, for the spreadsheet.

    `address` gives the PDF links to the bookings behind its figures; None where nobody may see them.
    What writes XLSX and PDF takes 9 MB, and is loaded when it is asked for.
    """
    match form:
        case "json":
            return as_json(report)
        case "csv":
            return as_csv(report)
        case "excel-csv":
            return as_excel_csv(layout)
        case "xlsx":
            from app.reports.spreadsheet import as_xlsx

            return as_xlsx(layout, rows, progress)
        case "pdf":
            from app.reports.pdf import as_pdf

            return as_pdf(report, layout, address)
    raise ValueError(form)


def file_name(report: Mapping[str, Any], form: str, *, is_replaced: bool = False) -> str:
    """What a download is called: stockholm-2026-10-revision-2.pdf; of other days the first and the last."""
    period, revision = report["period"], report["revision"]
    days = Period(date.fromisoformat(period["from"]), date.fromisoformat(period["to"]))
    parts = [report["office"], days_named(days)]
    if revision:
        parts.append(f"revision-{revision}-replaced" if is_replaced else f"revision-{revision}")
    if report.get("audience") == "public":
        parts.append("public")
    return f"{'-'.join(parts)}.{ending_of(form)}"


def ending_of(form: str) -> str:
    """How the name of a file ends: that for Excel is told apart from that for programs."""
    return ENDINGS.get(form, form)


def days_named(period: Period) -> str:
    """2026-10, or 2026-10-05-2026-10-09: days in the name of a file."""
    if ".." not in period.label:
        return period.label
    return f"{period.first}" if period.first == period.last else f"{period.first}-{period.last}"


__all__ = ["FORMATS", "MEDIA_TYPES", "as_csv", "as_json", "days_named", "ending_of", "file_name", "render"]
