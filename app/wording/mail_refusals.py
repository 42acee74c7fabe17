"""Why what a calendar mails cannot be done, told to who sent it; `mail_reasons` tells hosts."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _

REFUSALS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "mail_endless": lambda p: _(
        "A series needs an end. Send it again with a last date, or a number of times."
    ),
    "mail_rule": lambda p: _(
        "The series cannot be booked as it is: it needs dates that Outlook can repeat, and the office's own"
        " time zone."
    ),
    "mail_has_begun": lambda p: _("It has begun. Change it on the pages of the office."),
    "mail_unknown_date": lambda p: _(
        "That date of the series is not booked. Invite the room to a meeting of its own for it."
    ),
    "mail_series_not_booked": lambda p: _(
        "The series is not booked here, so none of its dates can be moved. Invite the room to a meeting of"
        " its own."
    ),
    "mail_cancelled_here": lambda p: _("It was cancelled here."),
    "mail_too_many_missing": lambda p: _(
        "%(missing)s of %(of)s dates cannot be booked. Where that is more than a fifth, nothing is booked.",
        missing=p["missing"],
        of=p["of"],
    ),
}
