"""Why what a calendar mails cannot be done, told to who sent it; `mail_reasons` tells hosts."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _

from calendars.incoming import MAX_BYTES

REFUSALS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "mail_endless": lambda p: _(
        "A series needs an end. Send it again with a last date, or a number of times."
    ),
    "mail_rule": lambda p: _(
        "The series repeats in a way that rooms do not understand. Let it repeat by days, weeks, months or"
        " years."
    ),
    "mail_zone": lambda p: _(
        "The series goes by the clock of another time zone than the office's, so its hours would not stay the"
        " same here. Send it again with the office's time zone."
    ),
    "mail_same_time": lambda p: _("Two dates of the series are at the same time. Move one of them."),
    "mail_has_begun": lambda p: _("It has begun. Change it on the pages of the office."),
    "mail_unknown_date": lambda p: _(
        "That date of the series is not booked. Invite the room to a meeting of its own for it."
    ),
    "mail_series_not_booked": lambda p: _(
        "The series is not booked here, so none of its dates can be moved. Invite the room to a meeting of"
        " its own."
    ),
    "unreadable": lambda p: _(
        "The invitation in it could not be read. Invite the room to a new meeting, or book on the pages of"
        " the office."
    ),
    "too_large": lambda p: _(
        "The invitation is larger than %(size)s. Send it again without attachments and long text.",
        size=f"{MAX_BYTES // 1000} kB",
    ),
    "mail_cancelled_here": lambda p: _("It was cancelled here."),
    "mail_too_many_missing": lambda p: _(
        "%(missing)s of %(of)s dates cannot be booked. Where that is more than a fifth, nothing is booked.",
        missing=p["missing"],
        of=p["of"],
    ),
}
