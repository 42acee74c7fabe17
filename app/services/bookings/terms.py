"""What the rules of every resource say to every date of a wish."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from operator import attrgetter
from typing import NamedTuple

from sqlalchemy import select

from app.domain.errors import Refusal, without_repetition
from app.domain.interval import Interval, clip, overlaps, subtract
from app.domain.localtime import day_bounds, local_date, zone
from app.domain.policy import HOST_MAY_SET_ASIDE, Closed, EnoughNotice, Terms, broken
from app.domain.policy import Wish as DateWish
from app.extensions import db
from app.models import BookingDate, Office, Organisation, Person, Resource
from app.models.booking import LONGEST_USE
from app.services.authorize import may
from app.services.bookings.asked import Asked, Wish
from app.services.bookings.counts import Counter, limits_by_date
from app.services.bookings.occupied import held_on, use_of
from app.services.opening import ClosedTime, OfficeHours
from app.services.rules.limits import Limits, StandingRules, counts, parts_below
from app.services.rules.quotas import Held
from app.services.transaction import UNDER_WAY

Choice = tuple[Resource, ...]
SHUT = frozenset({"closed", "outside_opening_hours"})  # the rules that leaving out answers
WithApproval = frozenset[tuple[int, Interval]]  # a leaf's number, and the date that it is held on


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is left of the choices; what refuses the wish; what a host books past; what needs a yes."""

    asked: tuple[Asked, ...]
    refusals: tuple[Refusal, ...]
    set_aside: tuple[Refusal, ...] = ()
    # Of which leaf a host has to say yes on which date, should it be the one.
    with_approval: WithApproval = frozenset()


class Judged(NamedTuple):
    """What the rules say to one choice: refusals, and those that a host sets aside."""

    refused: list[Refusal]
    set_aside: list[Refusal]
    ask: list[Interval]  # the dates on which a host has to say yes to it
    choice: Choice


def held_against_rules(
    asked: Sequence[Asked],
    dates: Sequence[Interval],
    *,
    wish: Wish,
    organisation: Organisation | None,
    by: Person,
    now: datetime,
    but_dates: Collection[int] = (),
) -> Verdict:
    """Of a pool only the members that refuse nothing; where all do, the one that refuses least speaks.

    `but_dates` are those that a change is about: what they hold now does not count against it.
    Where dates that are taken may be left out, nothing is counted: `counted_again` does, when it is
    known which are left.
    """
    if not dates:
        return Verdict(tuple(asked), ())
    counting = organisation if "taken" not in wish.skip else None
    counters = _counters(asked, dates, counting, but_dates)
    judge = _Judge(dates, organisation, _hours_around(asked, dates), counters, now)
    least: list[Asked] = []
    refused: list[Refusal] = []
    set_aside: list[Refusal] = []
    with_approval: set[tuple[int, Interval]] = set()
    for each in asked:
        hosted = may(by, "host", _office_of(each))
        aside = _set_aside_by(hosted, wish.override, begun=dates[0].start <= now)
        judged = [judge.say(each, choice, aside) for choice in each.choices]
        best = min(judged, key=lambda each: (len(each.refused), len(each.set_aside)))
        alike = [each for each in judged if each[:2] == best[:2]]
        least.append(Asked(each.thing, tuple(each.choice for each in alike)))
        refused += (_as_asked(refusal, each) for refusal in best.refused)
        set_aside += (_as_asked(refusal, each) for refusal in best.set_aside)
        if not hosted:
            with_approval |= {(leaf.id, date) for each in alike for leaf in each.choice for date in each.ask}
    of_offices = _of_offices(least, counters, by, wish.override)
    return Verdict(
        tuple(least),
        (*refused, *of_offices[0]),
        (*set_aside, *of_offices[1]),
        frozenset(with_approval),
    )


def counted_again(
    asked: Sequence[Asked],
    dates: Sequence[Interval],
    *,
    wish: Wish,
    organisation: Organisation,
    by: Person,
    but_dates: Collection[int] = (),
    beside: Iterable[tuple[Resource, Interval]] = (),
) -> tuple[tuple[Refusal, ...], tuple[Refusal, ...]]:
    """What quotas and the like say to what will be held: refusals, and those that are set aside.

    `beside` is what will be held at the same time on other terms: hours of a month are those of all.
    In a writing transaction two bookings of one organisation wait for each other here, so that both
    cannot take what is left for one. Where no rule counts, nothing is read and nobody waits.
    """
    return _count(asked, dates, organisation, by, wish.override, but_dates, beside)


def counted_back(dates: Sequence[BookingDate], *, by: Person) -> tuple[Refusal, ...]:
    """The same of dates that are to be held again as they were, which a host may do past these rules."""
    together: dict[tuple[int, ...], list[BookingDate]] = {}
    for date in dates:
        together.setdefault(tuple(slot.resource_id for slot in date.slots), []).append(date)
    found: list[Refusal] = []
    for held, alike in together.items():
        asked = [Asked(slot.resource, ((slot.resource,),)) for slot in alike[0].slots]
        times = sorted(use_of(date) for date in alike)
        others = [date for each, more in together.items() if each != held for date in more]
        beside = [one for date in others for one in held_on(date)]
        found += _count(asked, times, alike[0].booking.organisation, by, True, (), beside)[0]
    return tuple(without_repetition(found))


def _count(
    asked: Sequence[Asked],
    dates: Sequence[Interval],
    organisation: Organisation,
    by: Person,
    override: bool,
    but_dates: Collection[int],
    beside: Iterable[tuple[Resource, Interval]] = (),
) -> tuple[tuple[Refusal, ...], tuple[Refusal, ...]]:
    if not dates or not any(counts(office.id, organisation) for office in _offices(asked)):
        return (), ()
    if UNDER_WAY in db.session.info:
        _wait_for_others(organisation)
    others = [Held(leaf.id, use, True) for leaf, use in beside]
    counters = _counters(asked, dates, organisation, but_dates, others)
    refused, set_aside = _of_offices(asked, counters, by, override)
    for each in asked:
        counter = counters.get(_office_of(each).id)
        if counter:
            by_choice = (counter.refusals_of(_speaking(each, choice), choice) for choice in each.choices)
            aside = _set_aside_by(may(by, "host", _office_of(each)), override)
            found = _apart(min(by_choice, key=len), aside)
            refused, set_aside = [*refused, *found[0]], [*set_aside, *found[1]]
    return tuple(refused), tuple(set_aside)


def left_out_by(
    skip: Collection[str], asked: Sequence[Asked], dates: Sequence[Interval]
) -> dict[Interval, str]:
    """The dates on which something that is asked for is shut, with which of `skip` says so; of a pool one
    open member is enough.

    "closed" is what lies under a closure, and a day on which it never opens, as a Sunday; "hours" is what
    reaches beyond the opening hours.
    """
    if not dates or not {"closed", "hours"} & set(skip):
        return {}
    hours = _hours_around(asked, dates)
    leaves = {leaf.id: leaf for each in asked for choice in each.choices for leaf in choice}
    opened = {leaf.id: _Opened.of(leaf, hours[leaf.office_id]) for leaf in leaves.values()}

    def closed(leaf: Resource, date: Interval) -> bool:
        when = opened[leaf.id]
        if any(overlaps(closure, date) for closure, _ in when.closures):
            return True
        if when.service and clip(date, when.service) != date:
            return False  # not in use then: a rule of its own says so
        return not _within(when.hours, Interval(*_day_around(date, leaf.office.timezone)))

    def outside(leaf: Resource, date: Interval) -> bool:
        when = opened[leaf.id]
        if when.service and clip(date, when.service) != date:
            return False
        return bool(subtract([date], _within(when.hours, date)))

    def bars(shut: Callable[[Resource, Interval], bool], date: Interval) -> bool:
        return any(all(any(shut(leaf, date) for leaf in choice) for choice in each.choices) for each in asked)

    reasons = {"hours": outside, "closed": closed}
    return {
        date: reason
        for reason, shut in reasons.items()
        if reason in skip
        for date in dates
        if bars(shut, date)
    }


def _wait_for_others(organisation: Organisation) -> None:
    # SQLite has one writer at a time and no word for it. A mere reference to the row is not held up.
    row = select(Organisation.id).where(Organisation.id == organisation.id)
    db.session.execute(row.with_for_update(key_share=True))


def too_long(asked: Asked) -> Refusal:
    """Longer than anything can be booked."""
    speaking = _speaking(asked, asked.choices[0])
    longest = min(timedelta(minutes=speaking.max_minutes), LONGEST_USE)
    return Refusal("too_long", "end", {"resource": speaking.name, "minutes": longest // timedelta(minutes=1)})


class _Opened(NamedTuple):
    """When a leaf is open, closed and in service: laid out once, however many dates there are."""

    hours: Sequence[Interval]
    closures: Sequence[ClosedTime]
    service: Interval | None

    @classmethod
    def of(cls, leaf: Resource, office: OfficeHours) -> "_Opened":
        return cls(office.hours(leaf), office.closures(leaf), office.service(leaf))


@dataclass(frozen=True, slots=True)
class _Judge:
    """Asks the rules about all dates at once; what is read for one choice serves the next."""

    dates: Sequence[Interval]
    organisation: Organisation | None
    hours: Mapping[int, OfficeHours]
    counters: Mapping[int, Counter]
    now: datetime

    def say(self, asked: Asked, choice: Choice, aside: Collection[str]) -> Judged:
        speaking = _speaking(asked, choice)
        limits = self._limits(speaking)
        below = self._limits_below(speaking)
        refusals = [each for leaf in choice for each in self._refusals(speaking, leaf, limits, below)]
        counter = self.counters.get(speaking.office_id)
        if counter:
            refusals += counter.refusals_of(speaking, choice)
        by_date = zip(self.dates, limits, below, strict=True)
        ask = [date for date, own, parts in by_date if any(each.approval for each in (own, *parts))]
        return Judged(*_apart(refusals, aside), ask, choice)

    def _limits(self, resource: Resource, *, own: bool = False) -> list[Limits]:
        rules = StandingRules.of(resource, self.organisation, own=own)
        return [limits for _, limits in limits_by_date(rules, self.dates)]

    def _limits_below(self, whole: Resource) -> list[tuple[Limits, ...]]:
        """By date, what is said of the very parts of a composite: who takes them needs their leave."""
        parts = {each.id: each for each in parts_below(whole)}.values()
        by_part = [self._limits(part, own=True) for part in parts]
        return list(zip(*by_part, strict=True)) or [()] * len(self.dates)

    def _refusals(
        self,
        speaking: Resource,
        leaf: Resource,
        limits: Sequence[Limits],
        below: Sequence[Sequence[Limits]],
    ) -> Iterator[Refusal]:
        """A composite's own lengths and notice hold, its parts' opening hours, closures and blackouts."""
        when = _Opened.of(leaf, self.hours[leaf.office_id])
        for date, own, parts in zip(self.dates, limits, below, strict=True):
            around = Interval(*_day_around(date, leaf.office.timezone))
            terms = Terms(
                name=speaking.name,
                timezone=leaf.office.timezone,
                min_length=own.min_length,
                max_length=own.max_length,
                days_ahead=own.days_ahead,
                hours=_within(when.hours, around),
                closures=[Closed(i, reason) for i, reason in when.closures if overlaps(i, around)],
                service=when.service,
                organisation=self.organisation.name if self.organisation else "",
                may_book=own.may_book,
                why_not=own.why_not,
                blackout=next((each.blackout for each in (own, *parts) if each.blackout), None),
                notice=own.notice,
            )
            found = broken(DateWish(date.start, date.end, self.now), terms)
            yield from found if len(self.dates) == 1 else _told_of(date, found, leaf.office.timezone)


def _counters(
    asked: Sequence[Asked],
    dates: Sequence[Interval],
    organisation: Organisation | None,
    but_dates: Collection[int],
    beside: Sequence[Held] = (),
) -> dict[int, Counter]:
    if organisation is None:
        return {}
    loaded = {each.id: Counter.load(each, organisation, dates, but_dates, beside) for each in _offices(asked)}
    return {office_id: counter for office_id, counter in loaded.items() if counter}


def _of_offices(
    asked: Sequence[Asked], counters: Mapping[int, Counter], by: Person, override: bool
) -> tuple[list[Refusal], list[Refusal]]:
    """What each office says to all that is asked of it together. Any member stands for its pool."""
    refused: list[Refusal] = []
    set_aside: list[Refusal] = []
    for counter in counters.values():
        here = [each for each in asked if _office_of(each).id == counter.office.id]
        leaves = {
            leaf.id: leaf for each in here for leaf in each.choices[0] if isinstance(each.thing, Resource)
        }
        members = [leaf for each in here for leaf in each.choices[0] if not isinstance(each.thing, Resource)]
        speaking = [_speaking(each, each.choices[0]) for each in here]
        found = counter.refusals(speaking, [*leaves.values(), *members])
        apart = _apart(found, _set_aside_by(may(by, "host", counter.office), override))
        refused, set_aside = [*refused, *apart[0]], [*set_aside, *apart[1]]
    return refused, set_aside


def _set_aside_by(hosted: bool, override: bool, *, begun: bool = False) -> Collection[str]:
    """The codes of the rules that do not hold up this booking. Of who stands before the host already
    nobody asks for notice."""
    if not hosted:
        return ()
    return HOST_MAY_SET_ASIDE if override else (EnoughNotice.code,) if begun else ()


def _as_asked(refusal: Refusal, asked: Asked) -> Refusal:
    """What is shut says so by the name that it was asked for: of a pool and of an office all are. With the
    office, which says the same of all that is there.
    """
    if refusal.code not in SHUT:
        return refusal
    named = {} if isinstance(asked.thing, Resource) else {"resource": asked.thing.name}
    return replace(refusal, params={**refusal.params, **named, "office": _office_of(asked).name})


def _apart(refusals: Sequence[Refusal], aside: Collection[str]) -> tuple[list[Refusal], list[Refusal]]:
    """What refuses, and what is set aside."""
    return (
        [each for each in refusals if each.code not in aside],
        [each for each in refusals if each.code in aside],
    )


def _told_of(date: Interval, refusals: Iterable[Refusal], timezone: str) -> Iterator[Refusal]:
    """With the local date that each is about, which a series has to say."""
    on = local_date(date.start, zone(timezone))
    for each in refusals:
        yield replace(each, params={**each.params, "date_on": on})


def _within(laid_out: Sequence[Interval], around: Interval) -> list[Interval]:
    """Those of sorted, disjoint intervals that reach into `around`, clipped to it."""
    first = max(0, bisect_right(laid_out, around.start, key=attrgetter("start")) - 1)
    end = bisect_left(laid_out, around.end, key=attrgetter("start"))
    return [piece for each in laid_out[first:end] if (piece := clip(each, around))]


def _day_around(date: Interval, timezone: str) -> tuple[datetime, datetime]:
    """From the local midnight before the start to the one after the end: what a refusal speaks of."""
    tz = zone(timezone)
    last = date.end - timedelta(microseconds=1)
    return day_bounds(local_date(date.start, tz), tz).start, day_bounds(local_date(last, tz), tz).end


def _hours_around(asked: Sequence[Asked], dates: Sequence[Interval]) -> dict[int, OfficeHours]:
    span = Interval(dates[0].start - timedelta(days=1), dates[-1].end + timedelta(days=1))
    offices = {leaf.office_id: leaf.office for each in asked for choice in each.choices for leaf in choice}
    return {office_id: OfficeHours.load(office, span) for office_id, office in offices.items()}


def _speaking(asked: Asked, choice: Choice) -> Resource:
    """Whose rules hold: those of what is asked for; of a pool, those of the member."""
    return asked.thing if isinstance(asked.thing, Resource) else choice[0]


def _offices(asked: Iterable[Asked]) -> list[Office]:
    return list({_office_of(each).id: _office_of(each) for each in asked}.values())


def _office_of(asked: Asked) -> Office:
    return asked.choices[0][0].office
