"""The rules that a host books past, as what a booking then is."""

from collections.abc import Iterable

from flask_babel import lazy_gettext

NAMES = {
    "outside_opening_hours": lazy_gettext("outside the opening hours"),
    "closed": lazy_gettext("although it is closed"),
    "blacked_out": lazy_gettext("in a time that is kept free"),
    "not_for_you": lazy_gettext("for an organisation that may not book it"),
    "too_little_notice": lazy_gettext("at too short notice"),
    "too_far_ahead": lazy_gettext("too far ahead"),
    "too_short": lazy_gettext("shorter than allowed"),
    "too_long": lazy_gettext("longer than allowed"),
    "too_many_at_once": lazy_gettext("too many at the same time"),
    "outside_calendar": lazy_gettext("although another calendar has the time"),
    "quota_spent": lazy_gettext("beyond the hours of the month"),
}


def set_aside_names(codes: Iterable[str]) -> list[str]:
    """ "outside the opening hours", each once; a code without a name is left out."""
    return [str(NAMES[code]) for code in dict.fromkeys(codes) if code in NAMES]
