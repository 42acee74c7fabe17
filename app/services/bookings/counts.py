"""The rules about all that an organisation holds, asked of a wish: quotas, and how many at once."""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from operator import attrgetter

from app.domain.errors import Refusal
from app.domain.interval import Interval
from app.domain.localtime import zone
from app.domain.policy import AtOnce, MonthOfUse, broken_counts, most_at_once
from app.models import Office, Organisation, Resource
from app.services.directory import directory
from app.services.rules.limits import Limits, StandingRules, counts
from app.services.rules.quotas import Held, counted_ids, held_by, month_around, months_of, time_in

# Hours a month, and the resource that they are of; None: all of the office.
Pot = tuple[int, int | None]


@dataclass(frozen=True, slots=True)
class Counter:
    """What an organisation holds at an office around the dates of a wish: read once, however many."""

    office: Office
    organisation: Organisation
    dates: Sequence[Interval]
    held: Sequence[Held]  # in order of time
    beside: Sequence[Held] = ()  # what the same change asks for on other dates

    @classmethod
    def load(
        cls,
        office: Office,
        organisation: Organisation,
        dates: Sequence[Interval],
        but_dates: Collection[int],
        beside: Sequence[Held] = (),
    ) -> "Counter | None":
        """None where no rule counts what it holds, which costs nothing. `but_dates` do not count."""
        if not counts(office.id, organisation):
            return None
        tz = zone(office.timezone)
        months = [month_around(month, tz) for month in months_of(dates, tz)]
        span = Interval(months[0].start, months[-1].end)
        held = held_by(organisation.id, office.id, span, but_dates)
        mine = sorted(held.get(organisation.id, ()), key=lambda each: each.use.start)
        return cls(office, organisation, dates, mine, beside)

    def refusals_of(self, resource: Resource, leaves: Sequence[Resource]) -> list[Refusal]:
        """What a quota of one resource alone says to booking it."""
        pots = self._pots([resource])
        return broken_counts((), (self._month(pot, month, leaves) for pot, month in pots if pot[1]))

    def refusals(self, resources: Iterable[Resource], leaves: Sequence[Resource]) -> list[Refusal]:
        """What the rules of the whole office say to all that is asked for, and the leaves that it takes."""
        pots = self._pots(resources)
        months = (self._month(pot, month, leaves) for pot, month in pots if not pot[1])
        return broken_counts(self._moments(len(leaves)), months)

    def _pots(self, resources: Iterable[Resource]) -> list[tuple[Pot, date]]:
        """Every quota that stands for one of these, with each month it is asked about."""
        tz = zone(self.office.timezone)
        found: dict[tuple[Pot, date], None] = {}
        for resource in resources:
            for each, limits in limits_by_date(StandingRules.of(resource, self.organisation), self.dates):
                if limits.hours_per_month is not None:
                    pot = (limits.hours_per_month, limits.quota_resource_id)
                    found |= dict.fromkeys((pot, month) for month in months_of([each], tz))
        return sorted(found, key=lambda each: each[1])

    def _month(self, pot: Pot, month: date, leaves: Sequence[Resource]) -> MonthOfUse:
        hours, resource_id = pot
        within = month_around(month, zone(self.office.timezone))
        ids = counted_ids(self.office.id, resource_id)
        own = (Held(leaf.id, each, True) for leaf in leaves for each in self.dates)
        asked = [each for each in (*own, *self.beside) if each.resource_id in ids]
        place = directory().of_id(Resource, resource_id).name if resource_id else self.office.name
        return MonthOfUse(
            organisation=self.organisation.name,
            place=place,
            month=month,
            allowed=timedelta(hours=hours),
            spent=time_in((each for each in self.held if each.resource_id in ids), within),
            asked=time_in(asked, within),
        )

    def _moments(self, asked: int) -> Iterator[AtOnce]:
        rules = StandingRules.of_office(self.office.id, self.organisation)
        live = [each for each in self.held if each.live]
        longest = max((each.use.duration for each in live), default=timedelta())
        for each, limits in limits_by_date(rules, self.dates):
            if limits.at_once is None:
                continue
            first = bisect_left(live, each.start - longest, key=lambda held: held.use.start)
            last = bisect_left(live, each.end, key=lambda held: held.use.start)
            held, at = most_at_once((held.use for held in live[first:last]), each)
            yield AtOnce(
                organisation=self.organisation.name,
                office=self.office.name,
                most=limits.at_once,
                held=held,
                asked=asked,
                at=at,
                timezone=self.office.timezone,
            )


def limits_by_date(rules: StandingRules, dates: Sequence[Interval]) -> Iterator[tuple[Interval, Limits]]:
    """Each date with what holds for it: worked out once, where no rule is for a time."""
    span = Interval(dates[0].start, max(map(attrgetter("end"), dates)))
    near = rules.within(span)
    always = None if near.change else near.on(dates[0])
    for each in dates:
        yield each, always or near.on(each)
