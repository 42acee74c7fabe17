"""The time of one resource: what was open, held, used, outside and lost."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from app.domain.interval import Interval, clip, intersect, total
from app.domain.utilisation.ownership import Piece, cut, left, owned
from app.domain.utilisation.records import DateId, ResourceFacts, ResourceFigures, UseRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One resource in the period. `booked` are its pieces of B, `used` of N, `attended` its used dates.

    Attended are those that have open time, also where an overlapping date owns all of it.
    `seats_by_date` is capacity times used time, of the dates with a head count. `outside` are the pieces
    outside the hours, in service.
    """

    facts: ResourceFacts
    figures: ResourceFigures
    open: Sequence[Interval]
    booked: Sequence[Piece]
    used: Sequence[Piece]
    used_by_date: dict[DateId, timedelta]
    seats_by_date: dict[DateId, timedelta]
    attended: dict[DateId, UseRow]
    no_shows: dict[DateId, UseRow]
    outside: Sequence[Piece]

    @property
    def seats_available(self) -> timedelta:
        return sum((self.facts.seat_time(time.start, time.end) for time in self.open), timedelta())


def measure_resource(facts: ResourceFacts, rows: Sequence[UseRow], period: Interval) -> Measured:
    """Counts the rows of this resource; they must all be used or no-shows."""
    within = clip(period, facts.service) if facts.service else period
    # Open time is within the hours and both are within the service, whatever the caller laid out.
    hours = intersect(facts.hours, [within] if within else [])
    open_time = intersect(facts.open, hours)
    pieces = list(owned(rows, within)) if within else []
    booked = list(cut(pieces, open_time))
    used = [piece for piece in booked if piece.row.is_used]
    used_by_date, seats_by_date = _by_date(used, facts)
    held_time, booked_time = _total(pieces), _total(booked)
    hours_time = booked_time if held_time == booked_time else _total(cut(pieces, hours))
    return Measured(
        facts=facts,
        figures=ResourceFigures(
            resource=facts.slug,
            kind=facts.kind,
            available=total(open_time),
            booked=booked_time,
            used=sum(used_by_date.values(), timedelta()),
            outside=held_time - hours_time,
            lost=hours_time - booked_time,
            bookings=len(used_by_date),
        ),
        open=open_time,
        booked=booked,
        used=used,
        used_by_date=used_by_date,
        seats_by_date=seats_by_date,
        attended=dict(_attended(rows, open_time)),
        no_shows={piece.row.date_id: piece.row for piece in booked if not piece.row.is_used},
        outside=list(left(pieces, hours)) if held_time != hours_time else (),
    )


def _by_date(
    used: Iterable[Piece], facts: ResourceFacts
) -> tuple[dict[DateId, timedelta], dict[DateId, timedelta]]:
    time: defaultdict[DateId, timedelta] = defaultdict(timedelta)
    seats: defaultdict[DateId, timedelta] = defaultdict(timedelta)
    for row, start, end in used:
        time[row.date_id] += end - start
        if row.has_heads:
            seats[row.date_id] += facts.seat_time(start, end)
    return dict(time), dict(seats)


def _attended(rows: Iterable[UseRow], open_time: Sequence[Interval]) -> Iterator[tuple[DateId, UseRow]]:
    # By the rows and not the pieces: people came, even if an overlapping date owns all of the time.
    starts = [interval.start for interval in open_time]
    for row in rows:
        last = bisect_left(starts, row.end) - 1  # the last open interval that begins before the row ends
        if row.is_used and row.start < row.end and last >= 0 and open_time[last].end > row.start:
            yield row.date_id, row


def _total(pieces: Iterable[Piece]) -> timedelta:
    return sum((piece.end - piece.start for piece in pieces), timedelta())
