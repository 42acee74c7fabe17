"""What a rule says of days: of one, or of all of a series that break it."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _

from app.wording.formats import date_near, day, day_span, span
from app.wording.formats import sentence as capitalised

Params = Mapping[str, Any]
WHOLE_DAY = " 00:00–24:00"  # what need not be said of one day
DAYS_NAMED = 20  # days of a series in one sentence; the rest is counted


def of_date(sentence: Callable[[Params], str]) -> Callable[[Params], str]:
    """Of a series with the date that breaks the rule in front, unless the sentence names that day."""

    def told(p: Params) -> str:
        text = sentence(p)
        date = day(p["date_on"]) if "date_on" in p else ""
        if date in text:
            return text
        return _("%(day)s: %(sentence)s", day=capitalised(date), sentence=text)

    return told


def open_else(p: Params) -> str:
    """When it is open; of a series for every day on which that is too short."""
    if "also" not in p:
        return of_date(_open)(p)
    days: dict[str, list[str]] = {}
    for each in (p, *p["also"]):
        days.setdefault(_open(each), []).append(date_near(each["date_on"]))
    told = (_("%(day)s: %(sentence)s", day=_several(dates), sentence=text) for text, dates in days.items())
    return " ".join(told)


def closed_then(p: Params) -> str:
    """When it is closed; of a series every day, with why."""
    if "also" not in p:
        return of_date(_closed)(p)
    days = _several([_day_and_why(each) for each in (p, *p["also"])])
    return _("%(resource)s is closed %(time)s.", resource=p["resource"], time=days)


def closed_already(p: Params) -> str:
    """The closure that stands already, and what can be done about it."""
    known = {
        "file": _("That stands in the office's file already."),
        "holiday": _("That is known already, as a public holiday."),
    }
    again = _("That is entered already: open it again first to give another reason.")
    return f"{_closed(p)} {known.get(p['source'], again)}"


def _open(p: Params) -> str:
    if not p["hours"]:
        return _("%(resource)s is not open that day.", resource=p["resource"])
    hours = ", ".join(span(each.start, each.end, p["timezone"]) for each in p["hours"])
    return _("%(resource)s is open %(hours)s.", resource=p["resource"], hours=hours)


def _closed(p: Params) -> str:
    when = day_span(p["start"], p["end"], p["timezone"]).removesuffix(WHOLE_DAY)
    told = {"resource": p["resource"], "time": when}
    if p["reason"]:
        return _("%(resource)s is closed %(time)s: %(reason)s.", reason=p["reason"], **told)
    return _("%(resource)s is closed %(time)s.", **told)


def _day_and_why(p: Params) -> str:
    return f"{date_near(p['date_on'])} ({p['reason']})" if p["reason"] else date_near(p["date_on"])


def _several(days: list[str]) -> str:
    more = len(days) - DAYS_NAMED
    if more <= 1:
        return ", ".join(days)
    return _("%(days)s and %(count)s more", days=", ".join(days[:DAYS_NAMED]), count=more)
