"""What is said of the entries of a calendar that is brought in."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from app.wording.formats import number

# How an entry was understood; a series needs no saying.
NOTES = {
    "all_day": lazy_gettext("All day: holds the room from 00:00 to 24:00"),
    "floating": lazy_gettext("No time zone in the file: read by the office's clock"),
    "own_zone": lazy_gettext("Time zone as the file itself describes it"),
    "moved": lazy_gettext("A moved date of a series"),
    "tentative": lazy_gettext("Only tentative in the old calendar"),
    "private": lazy_gettext("Private: its title is not brought along"),
    "cut": lazy_gettext("The title is shortened"),
}
SKIPPED = {
    "cancelled": lazy_gettext("cancelled"),
    "free": lazy_gettext("shown as free: it holds no time"),
    "no_length": lazy_gettext("it begins and ends at the same time"),
    "superseded": lazy_gettext("an older version of an entry that is there too"),
}
_UNREADABLE: Mapping[str, Callable[[str], str]] = {
    "no_start": lambda _detail: _("it has no start"),
    "bad_time": lambda detail: _("“%(text)s” is no time", text=detail),
    "year_out_of_range": lambda detail: _("%(text)s is too far away", text=detail),
    "unknown_zone": lambda detail: _("nobody knows the time zone “%(text)s”", text=detail),
    "end_before_start": lambda _detail: _("it ends before it begins"),
    "too_long": lambda _detail: _("it lasts for more than a year"),
    "bad_rule": lambda detail: _("its repetition cannot be followed: %(text)s", text=detail),
    "this_and_future": lambda _detail: _("it changes “this and all following” dates, which cannot be read"),
    "line_too_long": lambda _detail: _("a line of it is too long"),
    "too_many_properties": lambda _detail: _("it is too large"),
    "cut_off": lambda _detail: _("the file ends in the middle of it"),
}
_FILE: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "too_large": lambda p: _(
        "The file is larger than %(size)s MB. Export a shorter time.", size=number(p["most"] / 1_000_000)
    ),
    "no_calendar": lambda _p: _(
        "This is no calendar file. Export the room's calendar as iCalendar (.ics) and choose that file."
    ),
    "too_many_dates": lambda p: _(
        "There are more than %(most)s dates from that day on. Choose a later day, or export a shorter time.",
        most=number(p["most"]),
    ),
    "too_slow": lambda _p: _("The file takes too long to read. Export a shorter time."),
    "broken": lambda _p: _("The file could not be read."),
}


def notes_of(notes: tuple[str, ...]) -> list[str]:
    """How an entry was understood, a sentence each."""
    return [str(NOTES[each]) for each in notes if each in NOTES]


def why_unreadable(code: str, detail: str) -> str:
    """Why an entry cannot be read; goes on after a colon."""
    return _UNREADABLE[code](detail) if code in _UNREADABLE else _("it cannot be read")


def why_skipped(code: str) -> str:
    """Why an entry means nothing here; goes on after a colon."""
    return str(SKIPPED.get(code, code))


def about_file(params: Mapping[str, Any]) -> str:
    """Why nothing of a file can be read."""
    return _FILE[params["reason"]](params)
