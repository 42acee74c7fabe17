"""Why a revision differs from the one before, and what became of the dates that a frozen report counted."""

from collections.abc import Sequence

from flask_babel import gettext, ngettext

from app.services.reports.since import Difference
from app.wording.formats import day_span, hours, number
from app.wording.report.cells import Line

Heads = Sequence[int | None]


def causes_told(report: Line) -> list[str]:
    """Each cause with how many there were: 3 head counts entered afterwards, …"""
    return [_cause(line["cause"], line["count"]) for line in report.get("causes", ())]


def _cause(cause: str, n: int) -> str:
    match cause:
        case "heads_counted":
            return ngettext(
                "%(num)d head count entered afterwards", "%(num)d head counts entered afterwards", n
            )
        case "heads_corrected":
            return ngettext("%(num)d head count corrected", "%(num)d head counts corrected", n)
        case "added":
            return ngettext("%(num)d booking added", "%(num)d bookings added", n)
        case "cancelled":
            return ngettext("%(num)d booking cancelled", "%(num)d bookings cancelled", n)
        case "moved":
            return ngettext("%(num)d booking moved", "%(num)d bookings moved", n)
        case "no_show":
            return ngettext(
                "%(num)d booking that nobody came to after all",
                "%(num)d bookings that nobody came to after all",
                n,
            )
        case "attended":
            return ngettext(
                "%(num)d booking that was used after all", "%(num)d bookings that were used after all", n
            )
        case "relabelled":
            return ngettext(
                "%(num)d booking with another category, activity or organisation",
                "%(num)d bookings with another category, activity or organisation",
                n,
            )
        case "hours":
            return ngettext(
                "%(num)d booking that counts for other hours",
                "%(num)d bookings that count for other hours",
                n,
            )
        case "closures":
            return ngettext("%(num)d closure entered afterwards", "%(num)d closures entered afterwards", n)
        case "closures_lifted":
            return ngettext(
                "%(num)d closure taken away afterwards", "%(num)d closures taken away afterwards", n
            )
        case "revalued":
            return ngettext(
                "%(num)d booking worth another amount", "%(num)d bookings worth another amount", n
            )
        case "decided":
            return ngettext(
                "whether %(num)d booking is aid decided otherwise",
                "whether %(num)d bookings are aid decided otherwise",
                n,
            )
        case "caps":
            return ngettext("%(num)d company with another cap", "%(num)d companies with another cap", n)
        case "currency":
            return gettext("another currency of the values or of the cap")
        case "words":
            return gettext("the host's own words")
        case "judgements":
            return gettext("how the goals were judged")
    return gettext("other opening hours, resources or places")


def difference_told(each: Difference, timezone: str) -> str:
    """What became of one date since it was counted."""
    return ", ".join(_told(what, each, timezone) for what in each.what)


def _told(what: str, each: Difference, timezone: str) -> str:
    before, after = each.before, each.after
    match what:
        case "added":
            return gettext("added, or moved here")
        case "cancelled":
            return gettext("cancelled")
        case "no_show":
            return gettext("nobody came after all")
        case "attended":
            return gettext("used after all")
        case "moved" if after:
            return gettext("moved, now %(when)s", when=day_span(after.start, after.end, timezone))
        case "moved":
            return gettext("moved out of the period")
        case "heads_counted" | "heads_corrected" if before and after:
            return gettext(
                "head count %(before)s → %(after)s", before=_heads(before.heads), after=_heads(after.heads)
            )
        case "relabelled":
            return gettext("another category, activity or organisation")
    then, now = (sum(one.used.values()) / 3600 if one else 0 for one in (before, after))
    return gettext("counts for %(now)s instead of %(then)s", then=hours(then), now=hours(now))


def _heads(heads: Heads) -> str:
    return number(None) if all(each is None for each in heads) else number(sum(each or 0 for each in heads))
