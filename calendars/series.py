"""From an event to the VEVENTs it needs.

Readers part ways at three things: a wall clock that shows a time twice or never, a length counted by
the wall clock or exactly, and a rule they do not know. So a date that a clock change makes longer or
shorter is written in UTC as an override; where that is the first date, which gives the rest their
length, it becomes an event of its own. And a series becomes single events where Outlook cannot show the
rule, or where a date is to start at a time that comes twice or never: libical then moves the day after
too, and nobody agrees which date a RECURRENCE-ID means.
"""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from calendars.record import Event, instant, uid_of_date
from calendars.recurrence import Rule, RuleError, outlook_can_show
from calendars.zones import ZoneError, is_plain, is_representable, is_utc, to_utc, wall_time


@dataclass(frozen=True)
class ClockTime:
    """A naive time as it is written: by the wall clock of a zone, or in UTC (`tzid` None)."""

    value: datetime
    tzid: str | None


@dataclass(frozen=True)
class Part:
    """One VEVENT: whose words it carries, and its times as written."""

    event: Event
    uid: str
    start: ClockTime
    end: ClockTime
    rule: Rule | None = None
    exdates: tuple[ClockTime, ...] = ()
    recurrence_id: ClockTime | None = None


def parts(event: Event) -> list[Part]:
    """The VEVENTs of an event: master first, then overrides and further events by time.

    Empty when every date of a series is cancelled. Raises `RuleError` for a recurrence that cannot
    be expanded or does not begin with the event, `UnknownZone` for a series in an unknown zone.
    """
    if event.recurrence is None:
        return [_single(event)]
    return _Series(event).parts()


def needed_zones(events: Iterable[Event]) -> frozenset[str]:
    """The zones whose VTIMEZONE the written events need."""
    return frozenset(
        time.tzid
        for event in events
        for part in parts(event)
        for time in (part.start, part.end, part.recurrence_id)
        if time is not None and time.tzid is not None
    )


def occurrences(event: Event) -> list[tuple[datetime, datetime]]:
    """Every interval of the event in UTC as its VEVENTs say, sorted: to be held against the bookings.

    Raises as `parts` does.
    """
    if event.recurrence is None:
        return [(instant(event.start), instant(event.end))]
    return sorted((instant(date.start), instant(date.end)) for date in _Series(event).single_events())


def rule_dates(event: Event) -> list[datetime]:
    """Every date of the event's rule in UTC, those taken out or moved too. Raises as `parts` does."""
    return sorted(_Series(event).dates)


def outlook_safe(event: Event) -> bool:
    """Whether a series is written as a rule, rather than as one event for each date."""
    return event.recurrence is None or _Series(event).is_rule


def _written_zone(event: Event) -> str | None:
    """The zone in which times are written, None for UTC."""
    try:
        usable = not is_utc(event.timezone) and is_representable(event.timezone)
    except ZoneError:
        return None  # a single event is right in UTC whatever its zone is called
    return event.timezone if usable else None


def _in_utc(at: datetime) -> ClockTime:
    return ClockTime(instant(at).replace(tzinfo=None), None)


def _times(event: Event) -> tuple[ClockTime, ClockTime]:
    """Start and end by the wall clock, or both in UTC where the wall clock shows one of them twice."""
    tzid = _written_zone(event)
    if tzid is not None:
        walls = [wall_time(instant(at), tzid) for at in (event.start, event.end)]
        if all(is_plain(wall, tzid) for wall in walls) and _wall_length_is_exact(walls, event):
            return ClockTime(walls[0], tzid), ClockTime(walls[1], tzid)
    return _in_utc(event.start), _in_utc(event.end)


def _wall_length_is_exact(walls: list[datetime], event: Event) -> bool:
    return walls[1] - walls[0] == instant(event.end) - instant(event.start)


def _single(event: Event, uid: str | None = None) -> Part:
    start, end = _times(event)
    recurrence_id = None
    if event.original_start is not None and uid is None:
        recurrence_id = _recurrence_id(event.original_start, event)
    return Part(event, uid or event.uid, start, end, recurrence_id=recurrence_id)


def _recurrence_id(original_start: datetime, event: Event) -> ClockTime:
    tzid = _written_zone(event)
    if tzid is None:
        return _in_utc(original_start)
    return ClockTime(wall_time(original_start, tzid), tzid)


@dataclass(frozen=True)
class _Series:
    event: Event

    @property
    def zone(self) -> str:
        return self.event.timezone

    @cached_property
    def rule(self) -> Rule:
        return Rule.parse(self.event.recurrence or "")

    @cached_property
    def length(self) -> timedelta:
        return instant(self.event.end) - instant(self.event.start)

    @cached_property
    def dates(self) -> dict[datetime, datetime]:
        """Every date of the rule: instant to wall time."""
        first = wall_time(self.event.start, self.zone).replace(microsecond=0)
        walls = self.rule.dates(first, self.zone)
        if not walls or walls[0] != first:
            raise RuleError(f"{first} is no date of {self.rule}")
        rest = {to_utc(wall, self.zone): wall for wall in walls[1:]}
        return {instant(self.event.start): first} | rest

    @cached_property
    def cancelled(self) -> set[datetime]:
        return {instant(at) for at in self.event.exdates}

    @cached_property
    def moved(self) -> dict[datetime, Event]:
        """Overrides by the instant at which the date was to start."""
        return {instant(o.original_start): o for o in self.event.overrides if o.original_start}

    @cached_property
    def is_rule(self) -> bool:
        if not is_utc(self.zone) and not is_representable(self.zone):
            return False
        walls = list(self.dates.values())
        # The first date may be touched: it stands alone then.
        return outlook_can_show(self.rule, walls[0]) and all(is_plain(w, self.zone) for w in walls[1:])

    def parts(self) -> list[Part]:
        kept = self._in_rule() if self.is_rule else []
        if not kept:
            return [_single(date, self._uid_of(date)) for date in self.single_events()]
        in_rule = set(kept)
        alone = [
            _single(date, self._uid_of(date))
            for date in self.single_events()
            if date.original_start and instant(date.original_start) not in in_rule
        ]
        if len(kept) == 1:  # a rule of one date says nothing
            return [_single(self.moved.get(kept[0]) or self._date(kept[0]), self.event.uid), *alone]
        return [self._master(kept), *self._overrides(kept), *alone]

    def _in_rule(self) -> list[datetime]:
        """The dates that the rule is written for: from the first that it can begin with to the last."""
        known = list(itertools.dropwhile(lambda at: not self._can_begin(at), self.dates))
        while known and known[-1] in self.cancelled:
            known.pop()
        return known

    def _can_begin(self, at: datetime) -> bool:
        return at not in self.cancelled and self._is_ordinary(at)

    def single_events(self) -> Iterator[Event]:
        """Every date that is not cancelled, as an event with its `original_start`.

        An override that hits no date of the rule is kept too: it is a date somebody booked.
        """
        for at in sorted(self.dates.keys() | self.moved.keys()):
            if at not in self.cancelled:
                yield self.moved.get(at) or self._date(at)

    def _date(self, at: datetime) -> Event:
        end = at + self.length
        return replace(
            self.event, start=at, end=end, original_start=at, recurrence=None, exdates=(), overrides=()
        )

    def _uid_of(self, date: Event) -> str:
        return uid_of_date(self.event.uid, date.original_start or date.start)

    def _is_ordinary(self, at: datetime) -> bool:
        """Whether every reader finds this date by the rule alone: plain times, and a length that is
        the same by the wall clock and exactly."""
        wall = self.dates[at]
        end = wall + self.length
        return (
            is_plain(wall, self.zone)
            and is_plain(end, self.zone)
            and to_utc(end, self.zone) == at + self.length
        )

    def _master(self, kept: list[datetime]) -> Part:
        first = self.dates[kept[0]]
        exdates = tuple(self._clock_time(at) for at in kept if at in self.cancelled)
        start, end = self._written(first), self._written(first + self.length)
        return Part(self.event, self.event.uid, start, end, self._written_rule(kept), exdates)

    def _written_rule(self, kept: list[datetime]) -> Rule:
        """The rule with UNTIL in UTC, also in place of a COUNT where the first dates stand alone."""
        until = self.rule.until(self.zone)
        if len(kept) < len(self.dates):
            return self.rule.ending(max(kept))
        return self.rule.ending(until) if until else self.rule

    def _overrides(self, kept: list[datetime]) -> Iterator[Part]:
        for at in kept:
            if at in self.cancelled:
                continue
            if at in self.moved or not self._is_ordinary(at):
                part = _single(self.moved.get(at) or self._date(at))
                yield replace(part, recurrence_id=self._clock_time(at))

    def _clock_time(self, at: datetime) -> ClockTime:
        """An original start in the form that DTSTART has."""
        return self._written(self.dates[at])

    def _written(self, wall: datetime) -> ClockTime:
        if is_utc(self.zone):
            return ClockTime(wall, None)
        return ClockTime(wall, self.zone)
