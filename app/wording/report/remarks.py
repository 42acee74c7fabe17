"""What is said above the figures of a report: what replaced it, what it corrects, that there is no data."""

from collections.abc import Iterator
from datetime import date

from flask_babel import gettext

from app.models import ReportSnapshot
from app.reports.layout import Remark
from app.wording.formats import date_plain, month
from app.wording.report.cells import Line, lacks_data
from app.wording.report.changes import correction


def remarks(report: Line, replaced_by: ReportSnapshot | None) -> Iterator[Remark]:
    """The weightiest first. `replaced_by`: the revision that stands instead of it."""
    if replaced_by:
        yield _replaced(report["revision"], replaced_by)
    if lacks_data(report):
        yield _no_data(report["data_from"])
    if corrected := correction(report):
        yield corrected


def _replaced(number: int, by: ReportSnapshot) -> Remark:
    told = gettext(
        "Revision %(number)s was replaced by revision %(last)s on %(day)s.",
        number=number,
        last=by.revision,
        day=date_plain(by.frozen_at, by.office.timezone),
    )
    return Remark("replaced", told)


def _no_data(begun: str | None) -> Remark:
    if begun is None:
        return Remark("no_data", gettext("No data: nothing has been booked yet."))
    when = month(date.fromisoformat(begun))
    return Remark("no_data", gettext("No data: the bookings begin in %(month)s.", month=when))
