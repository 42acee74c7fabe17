"""Utilisation counted minute by minute, on purpose slow and unlike the product: sets of minutes, no interval.

Minutes are numbered from the period's start. It knows nothing of how the product lays out hours or sweeps.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from app.domain.interval import Interval
from app.domain.opening import OpeningRow
from app.domain.utilisation import UseRow

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Room:
    slug: str
    capacity: int
    rows: Sequence[OpeningRow]
    closures: Sequence[Interval]
    service: Interval | None


@dataclass
class Count:
    available: int = 0
    booked: int = 0
    used: int = 0
    outside: int = 0
    lost: int = 0
    by_category: Counter[str] = field(default_factory=Counter)
    by_room: dict[str, tuple[int, int]] = field(default_factory=dict)
    used_dates: set[int | str] = field(default_factory=set)
    no_shows: set[int | str] = field(default_factory=set)
    days_open: int = 0
    days_used: int = 0
    women: int = 0
    visits_counted: int = 0
    visits_missing: int = 0
    persons_minutes: Fraction = Fraction()
    seat_minutes_used: int = 0
    seat_minutes_open: int = 0


def count(rooms: Sequence[Room], rows: Sequence[UseRow], period: Interval, tz: ZoneInfo) -> Count:
    length = _number(period.end, period)
    clock = [(period.start + number * MINUTE).astimezone(tz) for number in range(length)]
    result = Count()
    open_days, used_days = set(), set()
    visited: dict[int | str, UseRow] = {}
    capacities = {room.slug: room.capacity for room in rooms}
    rooms_of: defaultdict[int | str, set[str]] = defaultdict(set)
    for row in rows:
        rooms_of[row.date_id].add(row.resource)

    for room in rooms:
        service = _minutes(room.service, period) if room.service else set(range(length))
        hours = {number for number in service if any(_is_open(row, clock[number]) for row in room.rows)}
        closed = set().union(*(_minutes(closure, period) for closure in room.closures))
        opened = hours - closed

        taken: set[int] = set()
        used: set[int] = set()
        for row in sorted((row for row in rows if row.resource == room.slug), key=_precedence):
            if row.status not in ("confirmed", "checked_in", "no_show"):
                continue
            time = _minutes_of(row.start, row.end, period)
            own = (time - taken) & opened
            taken |= time
            if row.status == "no_show":
                result.no_shows |= {row.date_id} if own else set()
                continue
            used |= own
            result.used_dates |= {row.date_id} if own else set()
            result.by_category[row.category] += len(own)
            if row.women is not None:
                share = Fraction(room.capacity, sum(capacities[slug] for slug in rooms_of[row.date_id]))
                result.persons_minutes += row.women * share * len(own)
                result.seat_minutes_used += room.capacity * len(own)
            if time & opened and period.start <= row.date_start < period.end:
                visited[row.date_id] = row

        held = taken & service
        result.available += len(opened)
        result.booked += len(held & opened)
        result.used += len(used)
        result.outside += len(held - hours)
        result.lost += len(held & hours & closed)
        result.by_room[room.slug] = (len(opened), len(used))
        result.seat_minutes_open += room.capacity * len(opened)
        open_days |= {clock[number].date() for number in opened}
        used_days |= {clock[number].date() for number in used}

    result.days_open, result.days_used = len(open_days), len(used_days)
    result.women = sum(row.women or 0 for row in visited.values())
    result.visits_missing = sum(row.women is None for row in visited.values())
    result.visits_counted = len(visited) - result.visits_missing
    return result


def _precedence(row: UseRow) -> tuple[bool, datetime, int]:
    return (row.status == "no_show", row.date_start, int(row.key))


def _is_open(row: OpeningRow, clock: datetime) -> bool:
    return (
        clock.weekday() == row.weekday
        and row.opens_minute <= clock.hour * 60 + clock.minute < row.closes_minute
        and (row.valid_from is None or clock.date() >= row.valid_from)
        and (row.valid_to is None or clock.date() < row.valid_to)
    )


def _number(instant: datetime, period: Interval) -> int:
    return (instant - period.start) // MINUTE


def _minutes(interval: Interval, period: Interval) -> set[int]:
    return _minutes_of(interval.start, interval.end, period)


def _minutes_of(start: datetime, end: datetime, period: Interval) -> set[int]:
    inside = range(_number(period.end, period))
    return set(inside[max(_number(start, period), 0) : max(_number(end, period), 0)])
