"""What became of the dates that a frozen report was counted from."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from app.domain.interval import Interval
from app.domain.utilisation.records import USED_STATUSES
from app.extensions import db
from app.models import BookingDate, Closure, Office
from app.services.reports.changes import is_about_money, is_about_targets
from app.services.reports.origin import Origin, OriginDate

GONE = ("cancelled", "declined")
ORDER = (
    *("heads_counted", "heads_corrected", "added", "cancelled", "moved"),
    *("no_show", "attended", "relabelled", "hours"),
)
MONEY_CAUSES = ("revalued", "decided", "caps", "currency")
Cause = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """One date then and now; None where it was not counted. `what` happened, in the order of telling:

    added, cancelled, moved, no_show, attended, heads_counted, heads_corrected, relabelled, hours.
    """

    date_id: int
    before: OriginDate | None
    after: OriginDate | None
    what: tuple[str, ...]

    @property
    def date(self) -> OriginDate:
        """As it was counted first."""
        known = self.before or self.after
        assert known is not None
        return known


def differences_between(before: Origin, after: Origin) -> list[Difference]:
    """Every date that is not as it was counted, by start."""
    gone = _now([each for each in before.dates if each not in after.dates])
    found = []
    for number in {**before.dates, **after.dates}:
        old, new = before.dates.get(number), after.dates.get(number)
        if old != new and (what := _what(old, new, gone.get(number))):
            found.append(Difference(number, old, new, what))
    return sorted(found, key=lambda each: (each.date.start, each.date_id))


def causes_of(
    differences: Iterable[Difference] | None,
    closures: Mapping[str, int],
    figures: Sequence[Mapping[str, Any]],
    money: dict[str, int],
) -> list[Cause]:
    """Why a revision differs: each cause with how many there were.

    `differences` None: the dates counted were not kept. `figures`: what it changed. `money`: the causes
    that concern the annex about money alone, which explain no other figure.
    """
    counts = Counter(what for each in differences or () for what in each.what)
    if any(closures.values()):
        del counts["hours"]  # they are what a closure does
    said = {change["figure"].partition(".")[0] for change in figures}
    found = {
        **{what: counts[what] for what in ORDER if what in counts},
        **{what: number for what, number in closures.items() if number},
        **{what: 1 for what in ("words", "judgements") if what in said},
    }
    others = [each for each in figures if not (is_about_money(each) or is_about_targets(each))]
    if differences is not None and not found and others:
        found = {"opening": 1}  # nothing else is left that figures depend on
    return [{"cause": what, "count": number} for what, number in (found | money).items()]


def money_causes(
    before: Mapping[str, Any] | None, after: Mapping[str, Any], differences: Iterable[Difference]
) -> dict[str, int]:
    """Why the annex about money differs although these dates do not: how many are worth another amount

    (`revalued`) or decided otherwise (`decided`); how many companies have other `caps`; another `currency`.
    """
    if before is None:
        return {}
    told = {each.date_id for each in differences}
    then, now = (
        {use["date"]: use for use in each["uses"] if use["date"] not in told} for each in (before, after)
    )
    both = then.keys() & now.keys()
    caps = before.get("caps", {}), after.get("caps", {})
    currencies = [[each.get(name) for name in ("currency", "cap_currency")] for each in (before, after)]
    found = {
        "revalued": len(then.keys() ^ now.keys())
        + sum(then[each]["amount"] != now[each]["amount"] for each in both),
        "decided": sum(then[each]["is_aid"] != now[each]["is_aid"] for each in both),
        "caps": sum(caps[0][each] != caps[1][each] for each in caps[0].keys() & caps[1].keys()),
        "currency": int(bool(before["uses"] and after["uses"]) and currencies[0] != currencies[1]),
    }
    return {cause: number for cause, number in found.items() if number}


def closures_since(office: Office, within: Interval, since: datetime) -> dict[str, int]:
    """Closures of the period that were entered, and those that were taken away, after that instant."""
    query = select(func.count(Closure.id)).where(
        Closure.office_id == office.id, Closure.starts_at < within.end, Closure.ends_at > within.start
    )
    entered = query.where(Closure.entered_at > since, Closure.retired_at.is_(None))
    taken_away = query.where(Closure.entered_at <= since, Closure.retired_at > since)
    return {
        "closures": db.session.scalar(entered) or 0,
        "closures_lifted": db.session.scalar(taken_away) or 0,
    }


def _now(numbers: Sequence[int]) -> dict[int, tuple[str, datetime, datetime]]:
    """The status and time of dates that are not counted any more."""
    query = select(BookingDate.id, BookingDate.status, BookingDate.starts_at, BookingDate.ends_at)
    rows = db.session.execute(query.where(BookingDate.id.in_(numbers)))
    return {number: (status, start, end) for number, status, start, end in rows}


def _what(
    old: OriginDate | None, new: OriginDate | None, now: tuple[str, datetime, datetime] | None
) -> tuple[str, ...]:
    if old is None:
        return ("added",)
    if new is None:
        if now is None or now[0] in GONE:
            return ("cancelled",)
        return ("hours",) if now[1:] == (old.start, old.end) else ("moved",)
    found = []
    if (old.start, old.end, old.places) != (new.start, new.end, new.places):
        found.append("moved")
    came, comes = (each.status in USED_STATUSES for each in (old, new))
    if came != comes:
        found.append("attended" if comes else "no_show")
    if old.heads != new.heads:
        found.append("heads_corrected" if old.has_heads else "heads_counted")
    if (old.category, old.activity, old.organisation) != (new.category, new.activity, new.organisation):
        found.append("relabelled")
    if not found and (old.used, old.missed) != (new.used, new.missed):
        found.append("hours")
    return tuple(found)
