"""What a change would do, before it does it; `change` carries out the same plan."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from operator import attrgetter

from app.domain.errors import Clash, NotFound, Refusal, Refused, without_repetition
from app.domain.interval import Interval, overlaps
from app.models import BookingDate, Person
from app.services.bookings.anew import Anew
from app.services.bookings.asked import Wish
from app.services.bookings.besides import in_the_way_besides
from app.services.bookings.cancel import SCOPES, load_slots
from app.services.bookings.meant import Change, NewUse, Things
from app.services.bookings.occupied import Given, Held, Occupied, block_of, held_on
from app.services.bookings.plan import Found, Plan, find
from app.services.bookings.standing import date_for
from app.services.bookings.terms import left_out_by
from app.services.bookings.things import asked_of
from app.services.bookings.wish import Understood, understand
from app.services.directory import directory


@dataclass(frozen=True, slots=True)
class Stays:
    """A date that keeps its time and room, because what it was to have is shut or "taken"."""

    date: BookingDate
    wanted: Interval
    reason: str


@dataclass(frozen=True, slots=True)
class ChangePlan(Plan):
    """Everything that a change would do. Of `dates` each is one that comes to hold something else.

    `anew` says which date that is, once nothing is in the way. `rules` are those of the dates before the
    change and of those in it.
    """

    understood: Understood
    anew: tuple[Anew, ...]
    stays: tuple[Stays, ...]
    rules: tuple[str | None, str | None]


@dataclass(frozen=True, slots=True)
class _Together:
    """Dates that are to hold the same things, and what was found for them, in the same order."""

    wish: Wish
    understood: Understood
    dates: tuple[BookingDate, ...]
    found: Found

    def taken(self) -> Iterator[int]:
        return (self.dates[place].id for place in self.found.choice.taken)

    def given(self) -> Iterator[Given]:
        """What the dates come to hold that are served."""
        choice = self.found.choice
        for place, date in enumerate(self.dates):
            if place not in choice.taken:
                yield from (Given(leaf, choice.dates[place], date) for leaf in choice.leaves(place))


def plan_change(date_id: int, wish: Wish, *, scope: str = "this", by: Person, now: datetime) -> ChangePlan:
    """Says what `change` would do, and does nothing. Refused with every broken rule."""
    if scope not in SCOPES:
        raise NotFound()
    date = date_for(date_id, by, "change_booking")
    load_slots(date.booking)
    return plan_of_change(Change(date, wish, scope, now), by=by, now=now)


def plan_of_change(change: Change, *, by: Person, now: datetime) -> ChangePlan:
    """The plan, as things are in the caller's transaction.

    With "taken", "closed" or "hours" in `skip`, dates that cannot have what they are to keep what they have.
    """
    change.refuse_what_stands()
    if change.wish.end <= change.wish.start:  # said with all else that is wrong
        understand(change.wish, by=by, now=now, dates=())
    change.refuse_other_words()
    rules, uses = change.rules, change.uses()
    if any(one.end > other.start for one, other in pairwise(sorted(new.use for new in uses.values()))):
        raise Refused(Refusal("series_overlaps_itself", "end"))
    if not uses:  # other words alone: then no rule is asked
        wish = replace(change.wish, resources=change.things[change.date.id], sites=())
        understood = understand(wish, by=by, now=now, dates=())
        return ChangePlan((), (), (), True, (), (), understood, (), (), rules)
    try:
        return _settled(change, uses, by=by, now=now)
    except Refused:
        # What stayed before is not to be in the way of the others.
        others = {number: new for number, new in uses.items() if number not in change.may_stay}
        if not 0 < len(others) < len(uses):
            raise
        return _settled(change, others, by=by, now=now)


def _settled(change: Change, uses: Mapping[int, NewUse], *, by: Person, now: datetime) -> ChangePlan:
    """The plan of dates that come to hold something else, once it is known which of them stay."""
    skip = change.wish.skip if change.of_series else frozenset()
    stays = _shut(change, uses, skip)
    yielding = {number: uses[number] for number in uses if number in change.may_stay}
    stays |= _shut(change, yielding, ("closed", "hours"))
    while True:
        moving = {number: new for number, new in uses.items() if number not in stays}
        if not moving:
            raise Refused(Refusal("no_date_left", "date"))
        together = _found(change, moving, by=by, now=now)
        taken = {number for each in together for number in each.taken()}
        if "taken" in skip:
            # What they keep holding may be in the way of others of the series.
            taken = _with_those_behind(taken, moving, together)
        else:
            taken &= change.may_stay
        # Where nothing is left that could change, what is in the way is told.
        if not taken or len(taken) == len(moving):
            break
        stays |= dict.fromkeys(taken, "taken")
    return _put_together(change, uses, stays, together, by=by)


def _shut(change: Change, uses: Mapping[int, NewUse], skip: Collection[str]) -> dict[int, str]:
    known = directory()
    shut: dict[int, str] = {}
    if not uses or not skip:
        return shut
    for things, news in _by_things(uses.values()).items():
        asked, wrong = asked_of(_wish_for(change, things), known)
        if not wrong:
            reasons = left_out_by(skip, asked, [new.use for new in news])
            shut |= {new.date.id: reasons[new.use] for new in news if new.use in reasons}
    return shut


def _found(change: Change, moving: Mapping[int, NewUse], *, by: Person, now: datetime) -> list[_Together]:
    """What serves the dates, those of the same things together. Refused with all that is broken."""
    refusals: list[Refusal] = []
    besides: list[Clash] = []
    together: list[_Together] = []
    for things, news in _by_things(moving.values()).items():
        wish, dates = _wish_for(change, things), [new.use for new in news]
        try:
            understood = understand(wish, by=by, now=now, dates=dates, but_dates=moving)
        except Refused as refused:
            refusals += refused.refusals
            besides += _besides(change, wish, dates, moving, by=by, now=now)
            continue
        given = [one for each in together for one in each.given()]
        occupied = Occupied(dates, but_dates=moving, given=given, heeds_outside=True)
        found = find(wish, understood, dates, occupied, by=by, now=now)
        together.append(_Together(wish, understood, tuple(new.date for new in news), found))
    if refusals:
        if "taken" not in change.wish.skip:
            besides += (clash for each in together for clash in each.found.clashes())
        raise Refused(*without_repetition(refusals), clashes=tuple(sorted(besides, key=_in_time)))
    return together


def _besides(
    change: Change,
    wish: Wish,
    dates: Sequence[Interval],
    moving: Collection[int],
    *,
    by: Person,
    now: datetime,
) -> Iterable[Clash]:
    """What is in the way of dates that the rules refuse already."""
    known = directory()
    asked, wrong = asked_of(wish, known)
    if wrong:
        return ()
    wish = replace(wish, skip=change.wish.skip)
    organisation = known.organisations.get(wish.organisation)
    return in_the_way_besides(
        asked, dates, wish=wish, organisation=organisation, by=by, now=now, but_dates=moving
    )


def _wish_for(change: Change, things: Things | None) -> Wish:
    """Nothing is counted thing by thing: that is done for the whole change at once."""
    wish = replace(change.wish, skip=frozenset({"taken"}))
    return wish if things is None else replace(wish, resources=things, sites=())


def _by_things(news: Iterable[NewUse]) -> Mapping[Things | None, list[NewUse]]:
    found: defaultdict[Things | None, list[NewUse]] = defaultdict(list)
    for new in news:
        found[new.things].append(new)
    return found


def _with_those_behind(
    taken: Collection[int], moving: Mapping[int, NewUse], together: Iterable[_Together]
) -> set[int]:
    """With the dates that would have come where those that stay are, and so on: at once, not one by one.

    Only where no other resource would do.
    """
    named: dict[int, list[tuple[int, Interval]]] = {}
    for each in together:
        single = [asked.choices[0] for asked in each.understood.asked if len(asked.choices) == 1]
        for date in () if each.wish.move else each.dates:
            use = moving[date.id].use
            named[date.id] = [(leaf.id, block_of(leaf, use)) for leaves in single for leaf in leaves]
    stay, look = set(taken), list(taken)
    while look:
        kept = [
            (slot.resource_id, Interval(slot.blocks_from, slot.blocks_until))
            for slot in moving[look.pop()].date.slots
        ]
        behind = [
            number
            for number, blocks in named.items()
            if number not in stay
            and any(leaf == other and overlaps(block, own) for leaf, block in blocks for other, own in kept)
        ]
        stay.update(behind)
        look += behind
    return stay


def _put_together(
    change: Change,
    uses: Mapping[int, NewUse],
    stays: Mapping[int, str],
    together: list[_Together],
    *,
    by: Person,
) -> ChangePlan:
    clashes = [clash for each in together for clash in each.found.clashes()]
    moving = [number for number in uses if number not in stays]
    set_aside = _counted(change, together, moving, by=by)
    plans = [
        each.found.plan(each.understood, (), aside) for each, aside in zip(together, set_aside, strict=True)
    ]
    anew = (
        [
            Anew(date, planned)
            for each, plan in zip(together, plans, strict=True)
            for date, planned in zip(each.dates, plan.dates, strict=True)
        ]
        if not clashes
        else []
    )
    kept = sorted(
        (Stays(uses[each].date, uses[each].use, why) for each, why in stays.items()), key=attrgetter("wanted")
    )
    return ChangePlan(
        dates=tuple(sorted((date for plan in plans for date in plan.dates), key=lambda each: each.interval)),
        left_out=(),
        clashes=tuple(sorted(clashes, key=_in_time)),
        same_member=all(plan.same_member for plan in plans),
        set_aside=tuple(without_repetition(each for plan in plans for each in plan.set_aside)),
        asked=tuple(thing for plan in plans for thing in plan.asked),
        understood=together[0].understood,
        anew=tuple(anew),
        stays=tuple(kept),
        rules=change.rules,
    )


def _counted(
    change: Change, together: list[_Together], moving: Collection[int], *, by: Person
) -> list[tuple[Refusal, ...]]:
    """What is set aside of the rules that count, which are asked about the whole change at once. Refused."""
    held = [[*each.found.held()] for each in together]
    kept = [] if change.same_organisation else [*_kept(change, moving)]
    refusals: list[Refusal] = []
    set_aside = []
    for place, each in enumerate(together):
        beside = [*kept, *(one for other, of in enumerate(held) if other != place for one in of)]
        try:
            set_aside.append(
                each.found.counted(each.wish, each.understood, by=by, but_dates=moving, beside=beside)
            )
        except Refused as refused:
            refusals += refused.refusals
    if refusals:
        raise Refused(*without_repetition(refusals))
    return set_aside


def _kept(change: Change, moving: Collection[int]) -> Iterator[Held]:
    """What the organisation that the booking is for from now on gets as it is."""
    for date in change.scope:
        if date.id not in moving and date.status not in ("cancelled", "declined"):
            yield from held_on(date)


def _in_time(clash: Clash) -> tuple[datetime, datetime, str]:
    return (clash.wanted.start if clash.wanted else clash.start, clash.start, clash.resource)
