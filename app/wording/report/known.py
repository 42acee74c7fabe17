"""What is said where a report begins before its data, or later than its project."""

from collections.abc import Iterator
from datetime import date

from flask_babel import gettext

from app.reports.layout import Remark
from app.services.reports.document import period_of
from app.wording.formats import date_plain, month, number, percent
from app.wording.report.cells import Line


def known_from(report: Line) -> Iterator[Remark]:
    """From when anything is known, where the first figure would mislead without it."""
    if since := report.get("since_data"):
        yield Remark("since_data", f"{_unknown(report, since)} {_counted_since(report, since)}")
    elif begun := _project_begun(report):
        told = gettext(
            "Counted from %(month)s, when the bookings begin: no bookings are known from the project's first "
            "day, %(day)s, until then.",
            month=month(period_of(report).first),
            day=date_plain(begun),
        )
        yield Remark("since_data", told)


def _unknown(report: Line, since: Line) -> str:
    offices = [line for line in report.get("by_office") or () if _is_late(line, report)]
    if not offices:
        return gettext(
            "No bookings are known before %(month)s. The hours that were open before then are counted in.",
            month=month(date.fromisoformat(since["from"])),
        )
    return gettext(
        "The bookings begin later than the period: %(offices)s. The hours that were open before then are "
        "counted in.",
        offices=", ".join(_office(line) for line in offices),
    )


def _counted_since(report: Line, since: Line) -> str:
    told = {
        "share": percent(since["utilisation"], 1),
        "used": number(since["used_hours"], 1),
        "available": number(since["available_hours"], 1),
    }
    if report.get("so_far"):
        return gettext(
            "Without them utilisation so far is %(share)s: %(used)s of %(available)s available hours.", **told
        )
    return gettext(
        "Without them utilisation is %(share)s: %(used)s of %(available)s available hours.", **told
    )


def _is_late(line: Line, report: Line) -> bool:
    begun = line.get("data_from")
    return begun is None or begun[:7] > report["period"]["from"][:7]


def _office(line: Line) -> str:
    begun = line.get("data_from")
    when = month(date.fromisoformat(begun)) if begun else gettext("no bookings")
    return f"{line['name']} ({when})"


def _project_begun(report: Line) -> date | None:
    """The first day of the project, in a report of the project to date that begins later, with the data."""
    first, data_from = period_of(report).first, report.get("data_from")
    begun = (report.get("companies") or {}).get("project_from")
    if not begun or not data_from or ".." not in period_of(report).label:
        return None
    is_to_date = first == date.fromisoformat(data_from).replace(day=1) > date.fromisoformat(begun)
    return date.fromisoformat(begun) if is_to_date else None
