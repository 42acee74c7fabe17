"""What is said above the figures of a report: what replaced it, what it corrects, that there is no data."""

from collections.abc import Iterator
from datetime import date

from flask_babel import gettext

from app.models import ReportSnapshot
from app.reports.layout import Remark
from app.wording.formats import date_plain, month, number, percent
from app.wording.report.cells import Line, lacks_data
from app.wording.report.changes import correction
from app.wording.report.figures import headline
from app.wording.report.known import known_from
from app.wording.report.measures import FIGURES


def remarks(report: Line, replaced_by: ReportSnapshot | None) -> Iterator[Remark]:
    """The weightiest first. `replaced_by`: the revision that stands instead of it."""
    if replaced_by:
        yield _replaced(report["revision"], replaced_by)
    if lacks_data(report):
        yield _no_data(report["data_from"])
    elif so_far := report.get("so_far"):
        yield _so_far(report, so_far)
    yield from known_from(report)
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


def _so_far(report: Line, so_far: Line) -> Remark:
    """How much of the period is over and what it comes to: the figures are of all of it."""
    if not so_far["days_over"]:
        told = gettext("No day of this period is over yet: coming bookings are counted as they stand now.")
        return Remark("so_far", told)
    over = gettext("%(over)s of %(days)s days are over.", over=so_far["days_over"], days=so_far["days"])
    value = so_far[FIGURES[report["headline"]["counts"]]]
    reached = gettext(
        "%(figure)s so far: %(share)s, %(used)s of %(available)s hours.",
        figure=headline(report).term,
        share=percent(value, 1),
        used=number(so_far["used_hours"], 1),
        available=number(so_far["available_hours"], 1),
    )
    whole = gettext("Below: the whole period, with coming bookings.")
    return Remark("so_far", f"{over} {reached} {whole}")


def _no_data(begun: str | None) -> Remark:
    if begun is None:
        return Remark("no_data", gettext("No data: nothing has been booked yet."))
    when = month(date.fromisoformat(begun))
    return Remark("no_data", gettext("No data: the bookings begin in %(month)s.", month=when))
