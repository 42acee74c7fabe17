"""A booking's dates as one recurring event, where a rule says exactly what is booked."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, TypeVar

from calendars.event import Event, occurrences, outlook_safe, rule_dates
from calendars.recurrence import RuleError
from calendars.zones import ZoneError

T = TypeVar("T")
Status = Literal["TENTATIVE", "CONFIRMED"]

# Cancelled, declined and no-shows are left out: Outlook shows cancelled events as if they were live.
STATUSES: Mapping[str, Status] = {
    "requested": "TENTATIVE",
    "confirmed": "CONFIRMED",
    "checked_in": "CONFIRMED",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What is the same on all dates of a booking."""

    uid: str
    title: str
    timezone: str
    recurrence: str
    version: int
    stamp: datetime
    """When any of it last changed."""
    url: str | None
    conference: str | None


@dataclass(frozen=True, slots=True)
class Date:
    """One date that stands, as its reader sees it."""

    original_start_at: datetime
    starts_at: datetime
    ends_at: datetime
    status: Status
    sequence: int
    location: str

    @property
    def length(self) -> timedelta:
        return self.ends_at - self.starts_at


def series_event(facts: Facts, dates: Sequence[Date]) -> Event | None:
    """The dates as one event with a rule; what of the rule is not among them is taken out.

    Dates that were moved, or that are elsewhere or of another status than most, stand beside the rule.
    None where Outlook cannot show the rule, or it would say anything else than these dates.
    """
    if not dates:
        return None
    ordered = sorted(dates, key=lambda date: date.original_start_at)
    usual = replace(
        ordered[0],
        starts_at=ordered[0].original_start_at,
        ends_at=ordered[0].original_start_at + _most_common(date.length for date in ordered),
        status=_most_common(date.status for date in ordered),
        sequence=0,
        location=_most_common(date.location for date in ordered),
    )
    try:
        plain = replace(_event(facts, usual), recurrence=facts.recurrence)
        booked = {date.original_start_at for date in ordered}
        series = replace(
            plain,
            exdates=tuple(at for at in rule_dates(plain) if at not in booked),
            overrides=tuple(_overrides(facts, usual, ordered)),
        )
        says = occurrences(series) if outlook_safe(series) else None
    except (RuleError, ZoneError):
        return None
    # A rule that says other dates than those booked is worse than none.
    return series if says == sorted((date.starts_at, date.ends_at) for date in ordered) else None


def _overrides(facts: Facts, usual: Date, dates: Iterable[Date]) -> Iterator[Event]:
    for date in dates:
        moved = date.starts_at != date.original_start_at or date.length != usual.length
        if moved or (date.status, date.location) != (usual.status, usual.location):
            yield replace(_event(facts, date), original_start=date.original_start_at)


def _event(facts: Facts, date: Date) -> Event:
    return Event(
        uid=facts.uid,
        start=date.starts_at,
        end=date.ends_at,
        timezone=facts.timezone,
        summary=facts.title,
        stamp=facts.stamp,
        # The version of the booking never falls, also where the date that was changed most often leaves it.
        sequence=facts.version - 1 + date.sequence,
        status=date.status,
        location=date.location,
        url=facts.url,
        conference=facts.conference,
    )


def _most_common(values: Iterable[T]) -> T:
    return Counter(values).most_common(1)[0][0]
