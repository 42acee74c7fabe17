"""What is said of a spreadsheet that is brought in: its columns, the file, and what is wrong in its rows."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from app.services.booking_file import LineProblem
from app.wording.formats import Zone, date_short, number, span

Params = Mapping[str, Any]

COLUMNS = {
    "date": lazy_gettext("Date"),
    "start": lazy_gettext("Start"),
    "end_date": lazy_gettext("Last day"),
    "end": lazy_gettext("End"),
    "duration": lazy_gettext("Length"),
    "resource": lazy_gettext("Room or other"),
    "title": lazy_gettext("Title"),
    "organisation": lazy_gettext("Organisation"),
    "activity": lazy_gettext("Activity"),
    "category": lazy_gettext("User category"),
    "status": lazy_gettext("Status"),
    "women": lazy_gettext("Women"),
    "men": lazy_gettext("Men"),
    "other": lazy_gettext("Other or not stated"),
    "heads": lazy_gettext("People in all"),
    "id": lazy_gettext("Booking number"),
    "organiser_email": lazy_gettext("E-mail of who booked"),
    "created_at": lazy_gettext("When it was booked"),
}
_FILE: Mapping[str, Callable[[Params], str]] = {
    "too_large": lambda _p: _("The file is too large. Save a year at a time, and without pictures."),
    "too_many_rows": lambda p: _(
        "There are more than %(most)s rows. Bring in a year at a time.", most=number(p["most"])
    ),
    "too_slow": lambda _p: _("The file takes too long to read. Save a year at a time."),
    "no_table": lambda _p: _(
        "This is no spreadsheet. Save it as Excel (.xlsx) or CSV, and choose that file."
    ),
    "old_excel": lambda _p: _("This is the old Excel format. Save it as .xlsx, and choose that file."),
    "empty": lambda _p: _("Nothing is in the file."),
    "not_excel": lambda _p: _(
        "This is no Excel file, though it is called one. Save it again as .xlsx or .csv."
    ),
    "broken": lambda _p: _("The file could not be read. Save it anew as Excel (.xlsx) or CSV."),
}
_ROW: Mapping[str, Callable[[Params], str]] = {
    "missing": lambda _p: _("is missing"),
    "no_time": lambda p: _("“%(text)s” is no time", text=p["text"]),
    "no_day": lambda p: _("“%(text)s” is no date", text=p["text"]),
    "no_length": lambda p: _("“%(text)s” is no length", text=p["text"]),
    "not_chosen": lambda p: _("it is not said what “%(text)s” is here", text=p["text"]),
    "bad_heads": lambda p: _("“%(text)s” is no number of people", text=p["value"]),
    "fewer_than_told": lambda _p: _("it is less than women and men together"),
    "is_start": lambda _p: _("it ends when it begins"),
    "before_start": lambda _p: _("it ends before it begins"),
    "bad_id": lambda _p: _("it is too long"),
    "id_twice": lambda p: _("line %(line)s has the same", line=p["line"]),
    "known_with_other_content": lambda _p: _(
        "it was brought in before and has been changed in the file since; it stays here as it is"
    ),
    "twice": lambda _p: _("it is named twice"),
    "empty_pool": lambda _p: _("nothing belongs to it"),
    "retired": lambda _p: _("it cannot be booked any more, and this is to come"),
    "bad_time": lambda p: _("“%(text)s” is no time", text=p["value"]),
    "year_out_of_range": lambda p: _("it is not between %(low)s and %(high)s", low=p["low"], high=p["high"]),
    "time_does_not_exist": lambda _p: _("that time does not exist: the clock goes forward then"),
    "time_is_ambiguous": lambda _p: _("that time comes twice: the clock goes back then"),
    "title_line_break": lambda _p: _("it cannot be read"),
    "clash_in_file": lambda p: _("it is to come, and line %(line)s has the same time", line=p["line"]),
    "pool_full": lambda _p: _("it is to come, and nothing is free then"),
}
# Of the import's own columns, what ours are called.
_OWN_COLUMN = {"resources": "resource"}


def about_sheet(params: Params) -> str:
    """Why nothing of a file can be read."""
    return _FILE[params["reason"]](params)


def about_row(problem: LineProblem, tz: Zone) -> str:
    """What is wrong in a row, with the column in front."""
    if problem.code == "clash":
        return _("It is to come, and the time is taken here: %(time)s", time=_when(problem.params, tz))
    said = _ROW[problem.code](problem.params) if problem.code in _ROW else _("it cannot be read")
    column = COLUMNS.get(_OWN_COLUMN.get(problem.column, problem.column))
    return _("%(column)s: %(what)s", column=column, what=said) if column else said


def _when(params: Params, tz: Zone) -> str:
    start: datetime = params["start"]
    return f"{date_short(start, tz)} {span(start, params['end'], tz)}"
