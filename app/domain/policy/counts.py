"""The rules about all that one organisation holds: how many at the same moment, how long in a month."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.domain.errors import Refusal
from app.domain.interval import Interval, overlaps
from app.domain.policy.rule import Rule


@dataclass(frozen=True, slots=True)
class AtOnce:
    """How many resources of an office an organisation would hold at the moment it holds most."""

    organisation: str  # its name
    office: str  # its name
    most: int  # that it may hold
    held: int
    asked: int
    at: datetime
    timezone: str


@dataclass(frozen=True, slots=True)
class MonthOfUse:
    """The resource-hours of an organisation in a calendar month of the office's clock."""

    organisation: str  # its name
    place: str  # of what: the name of the office, or of one resource
    month: date  # its first day
    allowed: timedelta
    spent: timedelta
    asked: timedelta

    @property
    def left(self) -> timedelta:
        return max(self.allowed - self.spent, timedelta())


class NotTooManyAtOnce(Rule):
    code = "too_many_at_once"
    host_may_set_aside = True

    def refuses(self, count: AtOnce) -> Refusal | None:
        if count.held + count.asked <= count.most:
            return None
        params: dict[str, object] = {
            "organisation": count.organisation,
            "office": count.office,
            "most": count.most,
            "held": count.held,
            "asked": count.asked,
            "at": count.at,
            "timezone": count.timezone,
        }
        return Refusal(self.code, "resources", params)


class WithinQuota(Rule):
    code = "quota_spent"
    host_may_set_aside = True

    def refuses(self, month: MonthOfUse) -> Refusal | None:
        if month.spent + month.asked <= month.allowed:
            return None
        params: dict[str, object] = {
            "organisation": month.organisation,
            "place": month.place,
            "month": month.month,
            "hours": int(month.allowed / timedelta(hours=1)),
            "left": _minutes(month.left),
            "asked": _minutes(month.asked),
        }
        return Refusal(self.code, "organisation", params)


COUNTING_RULES = (NotTooManyAtOnce(), WithinQuota())


def most_at_once(held: Iterable[Interval], during: Interval) -> tuple[int, datetime]:
    """How many are held at the moment of a time at which most are, and when that is first."""
    beside = [each for each in held if overlaps(each, during)]
    # The most are held when one of them begins, or the time does.
    moments = sorted({during.start, *(each.start for each in beside if each.start > during.start)})
    found = ((sum(each.holds(moment) for each in beside), moment) for moment in moments)
    return max(found, key=lambda each: each[0])


def broken_counts(moments: Iterable[AtOnce], months: Iterable[MonthOfUse]) -> list[Refusal]:
    """Every moment and every month that is too much."""
    at_once, quota = COUNTING_RULES
    refusals = [*map(at_once.refuses, moments), *map(quota.refuses, months)]
    return [refusal for refusal in refusals if refusal]


def _minutes(length: timedelta) -> int:
    return int(length / timedelta(minutes=1))
