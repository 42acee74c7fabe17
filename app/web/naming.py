"""Names that pages give to the domain's codes."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache

from babel.lists import format_list
from flask_babel import get_locale, gettext, lazy_gettext, ngettext

from app.models import Resource
from app.wording.formats import date_plain, day_and_month, sentence, week, weekday
from app.wording.repetition import weekday_name

STATUSES = {
    "requested": lazy_gettext("Awaits approval"),
    "confirmed": lazy_gettext("Confirmed"),
    "declined": lazy_gettext("Declined"),
    "cancelled": lazy_gettext("Cancelled"),
    "checked_in": lazy_gettext("Checked in"),
    "no_show": lazy_gettext("No-show"),
    "closed": lazy_gettext("Closed"),
}
KINDS = {
    "room": lazy_gettext("Room"),
    "desk": lazy_gettext("Desk"),
    "video": lazy_gettext("Video unit"),
    "adviser": lazy_gettext("Adviser"),
}
KIND_HEADINGS = {
    "room": lazy_gettext("Rooms"),
    "desk": lazy_gettext("Desks"),
    "video": lazy_gettext("Video units"),
    "adviser": lazy_gettext("Advisers"),
}
EQUIPMENT = {
    "screen": lazy_gettext("screen"),
    "whiteboard": lazy_gettext("whiteboard"),
    "video": lazy_gettext("video"),
    "projector": lazy_gettext("projector"),
    "hearing-loop": lazy_gettext("hearing loop"),
    "hybrid": lazy_gettext("hybrid meetings"),
    "stage": lazy_gettext("stage"),
    "dock": lazy_gettext("docking station"),
    "monitor": lazy_gettext("monitor"),
    "phone": lazy_gettext("phone"),
    "kitchen": lazy_gettext("kitchen"),
    "wheelchair": lazy_gettext("step-free access"),
}


def one_of_kinds(kinds: Iterable[str]) -> str:
    """ "Room, desk or video unit", of the kinds that there are."""
    names = [str(name).lower() for kind, name in KINDS.items() if kind in set(kinds)]
    return sentence(format_list(names, "or", get_locale())) if names else ""


def equipment_names(resource: Resource) -> list[str]:
    """The equipment in words; what we have no word for stands as the office wrote it."""
    return [str(EQUIPMENT.get(each, each)) for each in resource.equipment]


def seats(count: int) -> str:
    return ngettext("%(num)d seat", "%(num)d seats", count)


def facts(resource: Resource, language: str | None = None) -> str:
    """The short line under a resource's name: "6 seats · video, screen", in the reader's language."""
    return _facts(language or get_locale().language, resource.capacity, tuple(resource.equipment))


# The language is what gettext reads anyway.
@lru_cache(maxsize=1000)
def _facts(_language: str, capacity: int, equipment: tuple[str, ...]) -> str:
    named = ", ".join(str(EQUIPMENT.get(each, each)) for each in equipment)
    return " · ".join(part for part in (seats(capacity), named) if part)


def week_title(day: date) -> str:
    return gettext("week %(number)s", number=week(day))


def weekday_title(day: date) -> str:
    return sentence(weekday(day))


def date_range(first: date, last: date) -> str:
    """7–13 september 2026; with both months, and years, where they differ."""
    if first.year != last.year:
        return f"{date_plain(first)} – {date_plain(last)}"
    if first.month != last.month:
        return f"{day_and_month(first)} – {date_plain(last)}"
    return f"{first.day}–{date_plain(last)}"


def day_names(numbers: Sequence[int]) -> str:
    """Weekdays (Monday is 0) in words, runs of them drawn together: "måndag–torsdag, lördag"."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    name = {number: weekday_name(number) for number in numbers}
    return ", ".join(name[run[0]] if len(run) == 1 else f"{name[run[0]]}–{name[run[-1]]}" for run in runs)
