"""Dates in mails: when, and where; each with its own place where they do not all have the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext, ngettext

from app.services.dated import Dated
from app.wording.formats import Zone, date_long, sentence, span

LISTED = 12  # dates in one mail; the rest are a number


@dataclass(frozen=True, slots=True)
class Said:
    """The dates that are listed, how many more there are, and what holds for all: the place, whose yes
    lacks. Each is empty where it does not.
    """

    dates: Sequence[str]
    more: int
    where: str
    waiting: str = ""

    @property
    def lines(self) -> list[str]:
        """All but `waiting`, for a mail that is plain text."""
        more = [gettext("and %(n)s more dates", n=self.more)] if self.more else []
        return [*self.dates, *more, *([self.where] if self.where else [])]


def said(dates: Sequence[Dated], tz: Zone) -> Said:
    """These dates, in their order."""
    same_place = len({tuple(each.places) for each in dates}) == 1
    same_office = len({tuple(each.offices) for each in dates}) == 1
    waits = {tuple(each.awaited) for each in dates}
    apart = len(waits) > 1
    named = any(len(each.offices) > 1 for each in dates)
    lines = []
    for each in dates[:LISTED]:
        line = day_and_time(each.start, each.end, tz)
        if not same_place:
            line = f"{line} · {_where(each, with_office=not same_office)}"
        if apart and each.awaited:
            line = f"{line} ({_lacks(each.awaited, named)})"
        lines.append(line)
    shared = [*(dates[0].places if same_place else ()), *(dates[0].offices if same_office else ())]
    return Said(lines, max(0, len(dates) - LISTED), ", ".join(shared), _waiting(waits, named))


def day_and_time(start: datetime, end: datetime, tz: Zone) -> str:
    """Tisdag 24 november 2026, 10:00–11:00"""
    return f"{sentence(date_long(start, tz))}, {span(start, end, tz)}"


def _where(each: Dated, *, with_office: bool) -> str:
    return ", ".join([*each.places, *(each.offices if with_office else ())])


def _lacks(offices: Sequence[str], named: bool) -> str:
    if named:
        return gettext("awaits the yes of %(offices)s", offices=", ".join(offices))
    return gettext("awaits the host's yes")


def _waiting(waits: set[tuple[str, ...]], named: bool) -> str:
    """Whose yes lacks for all of them, or that it lacks for some."""
    lacking = [each for each in waits if each]
    if not lacking:
        return ""
    settled = gettext("You get another mail when that is settled.")
    if len(waits) > 1:
        told = gettext("The host has yet to say yes where it says so.")
        return f"{told} {settled}"
    if named:
        offices = ", ".join(lacking[0])
        told = ngettext(
            "The host of %(offices)s has yet to say yes.",
            "The hosts of %(offices)s have yet to say yes.",
            len(lacking[0]),
            offices=offices,
        )
        return f"{told} {settled}"
    return gettext("The host has yet to say yes. You get another mail when that is settled.")
