"""What a booking would hold, before it holds it; `book` carries out the same plan."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from app.domain.errors import Clash, Refusal, Refused
from app.domain.interval import Interval
from app.models import Office, Person, Pool, Resource
from app.services.bookings.asked import Asked, Wish
from app.services.bookings.choose import Choice, choose
from app.services.bookings.instead import Instead
from app.services.bookings.occupied import Occupied
from app.services.bookings.terms import held_against_rules
from app.services.bookings.things import whole_of
from app.services.bookings.wish import Understood, understand


@dataclass(frozen=True, slots=True)
class Planned:
    """A date with the leaves it holds. `moved`: another resource than the one asked for is among them."""

    interval: Interval
    resources: tuple[Resource, ...]
    moved: bool = False


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A date of the series that is not booked, because it is "closed" or "taken"."""

    interval: Interval
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that a booking would do.

    `clashes` empty: it can be booked. Else all that is in the way, date by date (`Clash.wanted`), and
    `dates` holds those that are free. `same_member`: every pool and every office serves all dates with
    one and the same. `set_aside`: the rules that a host books past. `asked`: what is kept as asked for.
    """

    dates: tuple[Planned, ...]
    left_out: tuple[LeftOut, ...]
    clashes: tuple[Clash, ...]
    needs_approval: bool
    same_member: bool
    set_aside: tuple[Refusal, ...]
    asked: tuple[Resource | Pool, ...]


def plan(wish: Wish, *, by: Person, now: datetime) -> Plan:
    """Says what `book` would do, and does nothing. Refused with every broken rule."""
    return plan_of(wish, understand(wish, by=by, now=now), by=by, now=now)


def plan_of(
    wish: Wish, understood: Understood, *, by: Person, now: datetime, but_dates: Collection[int] = ()
) -> Plan:
    """The plan of a wish that the rules let through, as things are in the caller's transaction.

    `but_dates` are those that a change is about: what they hold now is free for it.
    """
    dates = understood.dates
    occupied = Occupied(dates, but_dates=but_dates)
    instead = Instead(wish, understood.organisation, occupied, by=by, now=now) if wish.move else None
    choice = choose(understood.asked, dates, occupied, instead)
    left_out = [LeftOut(date, "closed") for date in understood.closed]
    if "taken" in wish.skip and 0 < len(choice.taken) < len(dates):
        left_out += [LeftOut(dates[each], "taken") for each in choice.taken]
        kept = [date for number, date in enumerate(dates) if number not in set(choice.taken)]
        choice = choose(understood.asked, kept, occupied, instead)  # the same member for what is left
    taken = set(choice.taken)
    wanted, too_few = choice.wanted(occupied)
    if too_few:  # nobody else is in the way: two of the things asked for are one
        raise Refused(*(Refusal("pool_too_small", "resources", {"name": each.name}) for each in too_few))
    return Plan(
        dates=tuple(
            Planned(date, choice.leaves(number), number in choice.moved)
            for number, date in enumerate(choice.dates)
            if number not in taken
        ),
        left_out=tuple(sorted(left_out, key=lambda each: each.interval)),
        clashes=tuple(occupied.clashes(wanted)) if wanted else (),
        needs_approval=(
            (instead is not None and instead.needs_approval)
            or _needs_approval(choice, understood, wish, by, now)
        ),
        same_member=choice.same_member,
        set_aside=(*understood.set_aside, *(instead.set_aside if instead else ())),
        asked=tuple(_kept_as_asked(choice)),
    )


def _needs_approval(choice: Choice, understood: Understood, wish: Wish, by: Person, now: datetime) -> bool:
    """Of a pool or an office only what serves is asked about."""
    if not understood.needs_approval or all(isinstance(each.thing, Resource) for each in choice.asked):
        return understood.needs_approval
    serving = [
        Asked(each.thing, tuple(dict.fromkeys(leaves for leaves in choice.serving(place) if leaves)))
        for place, each in enumerate(choice.asked)
    ]
    return held_against_rules(
        [each for each in serving if each.choices],
        choice.dates,
        wish=wish,
        organisation=understood.organisation,
        by=by,
        now=now,
    ).needs_approval


def _kept_as_asked(choice: Choice) -> Iterable[Resource | Pool]:
    """An office is asked for a room, so it is the room that was asked for."""
    for place, asked in enumerate(choice.asked):
        if isinstance(asked.thing, Office):
            yield from dict.fromkeys(whole_of(leaves) for leaves in choice.serving(place) if leaves)
        else:
            yield asked.thing
