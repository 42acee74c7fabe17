"""Which leaves each line takes, what overlaps, and what clashes.

Past dates are history: they may overlap, which is marked, and block nothing. Coming ones that hold
time must be free, buffers included. A pool gives the first member that is free, past or coming.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import islice, product

from sqlalchemy import select

from app.extensions import db
from app.models import BookingDate, Slot
from app.models.booking import LIVE_STATUSES
from app.services.booking_file.directory import Directory
from app.services.booking_file.parse import BookingLine
from app.services.booking_file.problems import LineProblem

HOLDING = (*LIVE_STATUSES, "no_show")
MOST_COMBINATIONS = 1000
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Held:
    """Time held on a resource, by a line of the file or (0) by a stored booking."""

    start: datetime
    end: datetime
    line: int
    used: bool = True  # a no-show holds its time, but overlaps nothing


@dataclass(slots=True)
class Occupancy:
    """Who holds which time, looked up by resource and day."""

    days: defaultdict[tuple[int, date], list[Held]] = field(default_factory=lambda: defaultdict(list))

    def add(self, resource_id: int, held: Held) -> None:
        for day in _days(held.start, held.end):
            self.days[resource_id, day].append(held)

    def overlapping(self, resource_id: int, start: datetime, end: datetime, line: int) -> Iterator[Held]:
        """Held by others in this time; one that lasts for days may come more than once."""
        for day in _days(start, end):
            for held in self.days.get((resource_id, day), ()):
                if held.start < end and start < held.end and held.line != line:
                    yield held


@dataclass(slots=True)
class Placing:
    """Places the lines of one file, among themselves and what is stored."""

    known: Directory
    now: datetime
    use: Occupancy = field(default_factory=Occupancy)
    blocks: Occupancy = field(default_factory=Occupancy)  # with buffers, live only
    problems: list[LineProblem] = field(default_factory=list)

    def place(self, lines: Sequence[BookingLine]) -> list[BookingLine]:
        """The lines, each with the leaves that its row holds; who named a resource comes before pools."""
        self._load(lines)
        placed = [
            self._place(line) for line in sorted(lines, key=lambda line: any(t.is_pool for t in line.asked))
        ]
        return [self._marked(each) for each in sorted(placed, key=lambda each: each.number)]

    def _place(self, line: BookingLine) -> BookingLine:
        live = line.row.end > self.now and line.row.status in LIVE_STATUSES
        choices = self._choices(line)
        free = next((choice for choice in choices if self._is_free(line, choice, live)), None)
        leaves = free or choices[0]
        if live and not free:
            self._tell_clashes(line, leaves)
        if line.row.status in HOLDING:
            self._hold(line, leaves, live)
        return replace(line, row=replace(line.row, resources=leaves, live=live))

    def _choices(self, line: BookingLine) -> list[tuple[int, ...]]:
        """Every way to serve the line: any member of the pools it asks for."""
        ways = islice(product(*(thing.choices for thing in line.asked)), MOST_COMBINATIONS)
        return [tuple(sorted({leaf for leaves in way for leaf in leaves})) for way in ways]

    def _is_free(self, line: BookingLine, leaves: Iterable[int], live: bool) -> bool:
        if live:
            return not any(self._clashes(line, leaf) for leaf in leaves)
        return not any(True for leaf in leaves for _ in self._in_use(line, leaf))

    def _in_use(self, line: BookingLine, leaf: int) -> Iterator[Held]:
        return self.use.overlapping(leaf, line.row.start, line.row.end, line.number)

    def _clashes(self, line: BookingLine, leaf: int) -> list[Held]:
        start, end = self._block(line, leaf)
        return list(self.blocks.overlapping(leaf, start, end, line.number))

    def _tell_clashes(self, line: BookingLine, leaves: Iterable[int]) -> None:
        pools = [thing.slug for thing in line.asked if thing.is_pool]
        if pools:
            self._refuse(line, "pool_full", {"slug": ", ".join(pools)})
            return
        for leaf in leaves:
            for held in self._clashes(line, leaf)[:1]:
                slug, zone = self.known.slugs[leaf], line.asked[0].timezone
                if held.line:
                    self._refuse(line, "clash_in_file", {"slug": slug, "line": held.line})
                else:
                    times = {"start": held.start.astimezone(zone), "end": held.end.astimezone(zone)}
                    self._refuse(line, "clash", {"slug": slug, **times})

    def _hold(self, line: BookingLine, leaves: Iterable[int], live: bool) -> None:
        for leaf in leaves:
            used = line.row.status in LIVE_STATUSES
            self.use.add(leaf, Held(line.row.start, line.row.end, line.number, used))
            if live:
                self.blocks.add(leaf, Held(*self._block(line, leaf), line.number))

    def _marked(self, line: BookingLine) -> BookingLine:
        if line.row.live or line.row.status not in LIVE_STATUSES:
            return line
        overlaps = any(held.used for leaf in line.row.resources for held in self._in_use(line, leaf))
        return replace(line, row=replace(line.row, overlapping=overlaps))

    def _block(self, line: BookingLine, leaf: int) -> tuple[datetime, datetime]:
        before, after = self.known.buffers[leaf]
        return line.row.start - before, line.row.end + after

    def _refuse(self, line: BookingLine, code: str, params: dict[str, object]) -> None:
        self.problems.append(LineProblem(line.number, "start", code, params))

    def _load(self, lines: Sequence[BookingLine]) -> None:
        """What is stored in the time and on the resources of the file."""
        leaves = {
            leaf for line in lines for thing in line.asked for choice in thing.choices for leaf in choice
        }
        if not leaves:
            return
        query = (
            select(Slot.resource_id, Slot.starts_at, Slot.ends_at, Slot.blocks_from, Slot.blocks_until)
            .add_columns(Slot.live, BookingDate.status)
            .join(BookingDate, BookingDate.id == Slot.date_id)
            .where(Slot.resource_id.in_(leaves), BookingDate.status.in_(HOLDING))
            .where(Slot.blocks_until > min(line.row.start for line in lines) - 2 * DAY)
            .where(Slot.blocks_from < max(line.row.end for line in lines) + 2 * DAY)
        )
        for leaf, start, end, blocks_from, blocks_until, live, status in db.session.execute(query):
            self.use.add(leaf, Held(start, end, 0, status in LIVE_STATUSES))
            if live:
                self.blocks.add(leaf, Held(blocks_from, blocks_until, 0))


def _days(start: datetime, end: datetime) -> Iterator[date]:
    day, last = start.date(), end.date()
    while day <= last:
        yield day
        day += DAY
