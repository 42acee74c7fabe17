"""The schedule: from places and days to bookings, the same every time for the same days."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from random import Random

from app.demo.layout import CELL, Use, fill, gaps, usual_length
from app.demo.making import Maker, Part
from app.demo.rhythm import plan
from app.demo.standing import Standing, standing_on
from app.demo.world import Place, Span, World
from app.services.booking_file import BookingRow

NO_SHOWS, CANCELLED = 0.03, 0.06  # for each booking that takes place
COMING_DAYS = 28
LONGEST_NO_SHOW = 120
FULL_TODAY = 0.9  # of its aim, even in July: a board to look at, with room left to try things out
CATCH_UP = 0.05  # of what an office is behind, on each place and day

Taken = Mapping[int, list[Use]]  # by place


def rows_of(world: World, part: Part) -> list[BookingRow]:
    """All bookings of the part, in order of days.

    `part.now` only says what has happened by then, so it changes nothing for days long past.
    """
    schedule = _Schedule(world, part)
    return [row for day in part.days() for row in schedule.day(day)]


class _Schedule:
    """How far each office is from its aim, day by day."""

    def __init__(self, world: World, part: Part) -> None:
        self.world, self.part = world, part
        self.rng = Random(f"{part.name} {part.first} {part.last_exclusive}")
        self.maker = Maker(world, part, self.rng)
        self.by_slug = {place.slug: place for place in world.places}
        self.behind: defaultdict[str, float] = defaultdict(float)  # minutes of use, by office
        self.planned: dict[tuple[int, date], float] = {}
        for office, aim in part.aims.items():
            places = [place for place in world.places if place.office == office]
            self.planned |= plan(places, part.days(), aim.utilisation)

    def day(self, day: date) -> Iterator[BookingRow]:
        taken: defaultdict[int, list[Use]] = defaultdict(list)
        for standing in standing_on(day):
            yield from self._standing(day, standing, taken)
        for place in self.world.places:
            for span in place.open.get(day, ()):
                yield from self._filled(day, place, span, taken[place.id])

    def _standing(self, day: date, standing: Standing, taken: Taken) -> Iterator[BookingRow]:
        places = [self.by_slug[slug] for slug in standing.places]
        uses = {_time_of(standing, place, day, taken[place.id]) for place in places}
        use = uses.pop()
        if use is None or uses:  # one of the places is closed then, or taken
            return
        for place in places:
            taken[place.id].append(use)
            self.behind[place.office] -= use[1] - use[0]
        yield self.maker.used(day, places, use, standing)

    def _filled(self, day: date, place: Place, span: Span, taken: Sequence[Use]) -> Iterator[BookingRow]:
        """The rest of a place's open time, beside what is taken."""
        before = [use for use in taken if span.start <= use[0] < span.end]
        uses = fill(self.rng, place, span, self._goal(day, place, span, before), before)
        self.behind[place.office] -= sum(end - start for start, end in uses)
        rows = [self.maker.used(day, [place], use) for use in uses]
        if place.approval and rows and day == self.part.today:
            rows[-1] = replace(rows[-1], status="requested", women=None, men=None, other=None)
        yield from rows
        held = len(before) + len(uses)
        if self.rng.random() < NO_SHOWS * held and day < self.part.today:
            yield from self._no_show(day, place, gaps(span, [*before, *uses]))
        if self.rng.random() < CANCELLED * held:
            yield self._cancelled(day, place, span)

    def _goal(self, day: date, place: Place, span: Span, before: Sequence[Use]) -> float:
        """Minutes to fill; what came out differently so far is caught up with bit by bit."""
        planned = self._share(day, place) * span.minutes
        self.behind[place.office] += planned
        goal = planned * self.rng.uniform(0.75, 1.25) + CATCH_UP * (self.behind[place.office] - planned)
        return min(goal, 0.96 * span.minutes) - sum(end - start for start, end in before)

    def _share(self, day: date, place: Place) -> float:
        planned = self.planned[place.id, day]
        ahead = (day - self.part.today).days
        if ahead == 0:
            return max(planned, FULL_TODAY * self.part.aims[place.office].utilisation)
        return planned * max(0.3, 1 - ahead / COMING_DAYS) if ahead > 0 else planned

    def _no_show(self, day: date, place: Place, free: Sequence[Use]) -> Iterator[BookingRow]:
        """Of a time that nobody else had."""
        if not free or place.rest:
            return
        start, end = self.rng.choice(free)
        until = min(end, start + min(usual_length(self.rng, place), LONGEST_NO_SHOW))
        yield self.maker.idle(day, place, (start, until), "no_show")

    def _cancelled(self, day: date, place: Place, span: Span) -> BookingRow:
        """At any time: others may have it now."""
        minutes = min(usual_length(self.rng, place), span.minutes)
        start = span.start + self.rng.randrange(0, span.minutes - minutes + 1, CELL)
        return self.maker.idle(day, place, (start, start + minutes), "cancelled")


def _time_of(standing: Standing, place: Place, day: date, taken: Sequence[Use]) -> Use | None:
    """When it is in this place on this day; None if the place is closed then or taken."""
    for span in place.open.get(day, ()):
        start = span.start + standing.at - span.local
        end = start + standing.minutes
        if span.start <= start and end <= span.end:
            free = all(end + place.rest <= a or b + place.rest <= start for a, b in taken)
            return (start, end) if free else None
    return None
