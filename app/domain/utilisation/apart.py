"""What is told beside the figures, since none counts it: time outside the hours, and out of service."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain

from app.domain.interval import Interval, clip, overlaps
from app.domain.utilisation.measure import Measurement
from app.domain.utilisation.ownership import Piece, left, overlapping, owned
from app.domain.utilisation.records import DateId, ResourceFacts, UseRow

OUTSIDE, OUT_OF_SERVICE = "outside", "out_of_service"
APART = (OUTSIDE, OUT_OF_SERVICE)


@dataclass(frozen=True, slots=True)
class Unvisited:
    """Dates that people came to, without any open time: so neither they nor their heads are counted.

    `outside`: all of it is outside the opening hours; `closed`: it lies under closures, or partly so.
    """

    outside: Sequence[UseRow]
    closed: Sequence[UseRow]


def apart(measurement: Measurement, what: str) -> Iterator[tuple[str, Piece]]:
    """Time that is not counted, in pieces with their resources: OUTSIDE the hours, or OUT_OF_SERVICE."""
    if what == OUTSIDE:
        for one in measurement.counted:
            yield from ((one.facts.slug, piece) for piece in one.outside)
        return
    for facts, rows in _held(measurement):
        if rows and facts.service:
            in_service = clip(facts.service, measurement.period)
            pieces = left(owned(rows, measurement.period), [in_service] if in_service else [])
            yield from ((facts.slug, piece) for piece in pieces)


def time_of(pieces: Iterator[tuple[str, Piece]]) -> tuple[int, timedelta]:
    """How many dates it is of, and how much in all."""
    dates, time = set(), timedelta()
    for _, piece in pieces:
        dates.add(piece.row.date_id)
        time += piece.end - piece.start
    return len(dates), time


def unvisited(measurement: Measurement) -> Unvisited:
    """Of the dates that begin in the period, and are on resources that the totals count."""
    seen = set(chain.from_iterable(one.attended for one in measurement.counted))
    outside: dict[DateId, UseRow] = {}
    closed: dict[DateId, UseRow] = {}
    for one in measurement.counted:
        for row in measurement.held[one.facts.slug]:
            if row.date_id in seen or not row.is_used or not measurement.period.holds(row.date_start):
                continue
            if row.start < row.end and (use := _in_service(row, one.facts)):
                within_hours = any(overlaps(use, hours) for hours in one.facts.hours)
                (closed if within_hours else outside)[row.date_id] = row
    only_outside = [row for date_id, row in outside.items() if date_id not in closed]
    return Unvisited(only_outside, list(closed.values()))


def dates_overlapping(measurement: Measurement) -> int:
    """How many of the dates that begin in the period share time on a resource with another, both used."""
    found = {
        row.date_id
        for _, rows in _held(measurement, every=True)
        for row in overlapping(each for each in rows if each.is_used)
        if measurement.period.holds(row.date_start)
    }
    return len(found)


def _in_service(row: UseRow, facts: ResourceFacts) -> Interval | None:
    use = Interval(row.start, row.end)
    return clip(use, facts.service) if facts.service else use


def _held(measurement: Measurement, every: bool = False) -> Iterator[tuple[ResourceFacts, list[UseRow]]]:
    """Each resource that the totals count, or every one, with what held it; also those out of service."""
    others, rows = measurement.beside
    held: Mapping[str, list[UseRow]] = measurement.held
    for facts in (*(one.facts for one in measurement.measured), *others):
        if every or measurement.kinds is None or facts.kind in measurement.kinds:
            known = held.get(facts.slug)
            yield facts, [row for row in rows if row.resource == facts.slug] if known is None else known
