"""The lines of a booking's history as sentences."""

from collections.abc import Mapping

from flask_babel import gettext, lazy_gettext

ACTIONS = {
    "booked": lazy_gettext("Booked"),
    "changed": lazy_gettext("Changed"),
    "cancelled": lazy_gettext("Cancelled"),
    "undone": lazy_gettext("Undone at once"),
    "restored": lazy_gettext("Cancellation taken back"),
    "approved": lazy_gettext("Approved"),
    "declined": lazy_gettext("Declined"),
    "checked_in": lazy_gettext("Checked in"),
    "no_show": lazy_gettext("Marked as no-show"),
    "presence_undone": lazy_gettext("Check-in or no-show taken back"),
    "ended_early": lazy_gettext("Ended early"),
    "heads_counted": lazy_gettext("Head count saved"),
    "split": lazy_gettext("The dates from here on were changed and go on as a booking of their own"),
    "continued": lazy_gettext("Changed, and made a booking of its own"),
}


def history_line(action: str, details: Mapping[str, object]) -> str:
    """What happened, with what belongs to it."""
    text = str(ACTIONS.get(action, action))
    if action == "declined" and details.get("reason"):
        return gettext("Declined: %(reason)s", reason=details["reason"])
    if action == "heads_counted":
        heads = {name: details.get(name) or 0 for name in ("women", "men", "other")}
        return gettext("Head count saved: %(women)s women, %(men)s men, %(other)s other", **heads)
    return text
