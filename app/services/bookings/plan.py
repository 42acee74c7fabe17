"""What a booking would hold, before it holds it; `book` carries out the same plan."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from app.domain.errors import Clash, Refusal, Refused, without_repetition
from app.domain.interval import Interval
from app.models import Office, Person, Pool, Resource
from app.services.bookings.asked import Wish
from app.services.bookings.choose import Choice, choose
from app.services.bookings.instead import Instead
from app.services.bookings.occupied import Occupied
from app.services.bookings.terms import counted_again
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
    like = Instead(wish, understood.organisation, occupied, by=by, now=now)
    choice = choose(understood.asked, dates, occupied, like if wish.move else None)
    left_out = [LeftOut(date, "closed") for date in understood.closed]
    taken = choice.taken
    if "taken" in wish.skip and 0 < len(taken) < len(dates):
        left_out += [LeftOut(dates[each], "taken") for each in sorted(taken)]
        kept = [date for number, date in enumerate(dates) if number not in taken]
        like = Instead(wish, understood.organisation, occupied, by=by, now=now)
        # Once more, for the same member on all that are left.
        choice = choose(understood.asked, kept, occupied, like if wish.move else None)
    wanted, too_few = choice.wanted(occupied)
    if too_few:  # nobody else is in the way: two of the things asked for are one
        raise Refused(*(Refusal("pool_too_small", "resources", {"name": each.name}) for each in too_few))
    refusals, counted = counted_again(
        choice.serving(),
        choice.dates,
        wish=wish,
        organisation=understood.organisation,
        by=by,
        but_dates=but_dates,
    )
    if refusals:
        raise Refused(*without_repetition(refusals))
    taken = choice.taken
    planned = tuple(
        Planned(date, choice.leaves(number), number in choice.moved)
        for number, date in enumerate(choice.dates)
        if number not in taken
    )
    held = {leaf.id for each in planned for leaf in each.resources}
    return Plan(
        dates=planned,
        left_out=tuple(sorted(left_out, key=lambda each: each.interval)),
        clashes=tuple(occupied.clashes(wanted)) if wanted else (),
        needs_approval=like.needs_approval or bool(held & understood.with_approval),
        same_member=choice.same_member,
        set_aside=tuple(without_repetition([*understood.set_aside, *counted, *like.set_aside])),
        asked=tuple(_kept_as_asked(choice)),
    )


def _kept_as_asked(choice: Choice) -> Iterable[Resource | Pool]:
    """An office is asked for a room, so it is the room that was asked for."""
    for place, asked in enumerate(choice.asked):
        if isinstance(asked.thing, Office):
            yield from dict.fromkeys(whole_of(leaves) for leaves in choice.serving_one(place) if leaves)
        else:
            yield asked.thing
